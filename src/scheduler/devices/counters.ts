import { parseQuantity } from '../../api/quantity.js'
import type { Device } from '../../api/resource/generated.js'
import { deviceId, type DeviceView } from './device-view.js'
import type { CandidateDevice } from './requests.js'
import type { Pool } from './pools.js'

/** Amounts by counter set and counter. */
type Amounts = Map<string, bigint>

const nanosOf = (value: string): bigint => parseQuantity(value).nanos

function* consumptionOf({ consumesCounters = [] }: Device): Generator<readonly [string, bigint]> {
  for (const { counterSet, counters } of consumesCounters)
    for (const [name, { value }] of Object.entries(counters ?? {}))
      yield [`${counterSet}/${name}`, nanosOf(value)]
}

/** The counters that devices of pools share, while devices are chosen. Source: checkAvailableCounters. */
export class SharedCounters {
  readonly #view: DeviceView
  readonly #left = new Map<Pool, Amounts>()

  constructor(view: DeviceView) {
    this.#view = view
  }

  /** Takes what a device consumes; returns false, and takes nothing, if there is not enough. */
  take({ device, pool }: CandidateDevice): boolean {
    const left = this.#leftIn(pool)
    const wanted = new Map<string, bigint>()
    for (const [name, amount] of consumptionOf(device)) wanted.set(name, (wanted.get(name) ?? 0n) + amount)
    for (const [name, amount] of wanted) if ((left.get(name) ?? 0n) < amount) return false
    for (const [name, amount] of wanted) left.set(name, (left.get(name) ?? 0n) - amount)
    return true
  }

  giveBack({ device, pool }: CandidateDevice): void {
    const left = this.#leftIn(pool)
    for (const [name, amount] of consumptionOf(device)) left.set(name, (left.get(name) ?? 0n) + amount)
  }

  #leftIn(pool: Pool): Amounts {
    let left = this.#left.get(pool)
    if (left === undefined) this.#left.set(pool, (left = this.#available(pool)))
    return left
  }

  #available({ all }: Pool): Amounts {
    const left: Amounts = new Map()
    for (const { spec } of all)
      for (const { name: set, counters } of spec.sharedCounters ?? [])
        for (const [name, { value }] of Object.entries(counters ?? {}))
          left.set(`${set}/${name}`, nanosOf(value))
    for (const { spec } of all)
      for (const device of spec.devices ?? []) {
        const id = deviceId({ driver: spec.driver, pool: spec.pool.name, device: device.name })
        if (device.consumesCounters === undefined || this.#view.heldOf(id).length === 0) continue
        for (const [name, amount] of consumptionOf(device)) left.set(name, (left.get(name) ?? 0n) - amount)
      }
    return left
  }
}
