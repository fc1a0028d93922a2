import { formatIp, lastOf, parseIp, parseIpRange } from '../../api/ip.js'
import type { Slice } from '../../sim/module.js'

/** Where a simulated provider has its addresses from, unless told otherwise. */
export const DEFAULT_BALANCER_RANGE = '198.51.100.0/24'

/**
 * The load balancers of a simulated provider: one address for each Service, the lowest that is free. Its
 * state is plain data.
 */
export class LoadBalancers {
  /** Service (`namespace/name`) to address. */
  readonly #addresses: Slice<Map<string, string>>
  readonly #range: string

  /** @throws RangeError when the range is none. */
  constructor(addresses: Slice<Map<string, string>>, range: string) {
    if (parseIpRange(range) === undefined)
      throw new RangeError(`${JSON.stringify(range)} is no range of addresses`)
    this.#addresses = addresses
    this.#range = range
  }

  of(service: string): string | undefined {
    return this.#addresses.value.get(service)
  }

  /** The address of a Service, the wished one if it is free; undefined when none is left. */
  ensure(service: string, wished: string | undefined): string | undefined {
    const addresses = this.#addresses.value
    const has = addresses.get(service)
    if (has !== undefined && (wished === undefined || has === wished)) return has
    const taken = new Set([...addresses].filter(([other]) => other !== service).map(([, ip]) => ip))
    const ip =
      wished === undefined
        ? this.#lowest(taken)
        : parseIp(wished) === undefined || taken.has(wished)
          ? undefined
          : wished
    if (ip === undefined) return undefined
    addresses.set(service, ip)
    return ip
  }

  release(service: string): boolean {
    return this.#addresses.value.delete(service)
  }

  #lowest(taken: ReadonlySet<string>): string | undefined {
    const range = parseIpRange(this.#range)
    if (range === undefined) return undefined
    const last = lastOf(range)
    for (let value = range.first + 1n; value < last; value++) {
      const ip = formatIp({ family: range.family, value })
      if (!taken.has(ip)) return ip
    }
    return undefined
  }
}
