import { quote } from '../../lang/go/quote.js'
import type { IPAddress, ServiceCIDR } from '../../api/networking/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { Draft } from '../../api/kind/draft.js'
import {
  formatIp,
  formatIpRange,
  parseIp,
  parseIpRange,
  rangeHolds,
  type IpFamily,
  type IpRange,
  lastOf,
  type IpAddress,
} from '../../lang/go/ip.js'
import { formatTime } from '../../lang/go/time.js'
import type { Clock } from '../../sim/clock.js'
import type { RandomStream } from '../../sim/random.js'
import { creatorsOf, setManagers } from '../registry/managed-fields.js'
import { type Resource, keyOfObject, storageKey, type Resources } from '../registry/resources.js'
import { save, seal } from '../registry/stored.js'
import { type Storage, prefixEnd } from '../storage/storage.js'
import type { ServicesInUse } from './in-use.js'

/** The dependencies of {@link ClusterIps}. */
export interface ClusterIpDependencies {
  readonly storage: Storage
  readonly resources: Resources
  readonly clock: Clock
  readonly uids: RandomStream
  readonly random: RandomStream
  readonly inUse: ServicesInUse
  /** `--service-cluster-ip-range`: one range for each family, the default family first. */
  readonly ranges: readonly IpRange[]
  /** Whether writes are tracked in metadata.managedFields. */
  readonly managedFields: boolean
}

/** Why an address cannot be allocated; the message is upstream's. */
export class AllocationError extends Error {}

/** The Service that gets the address. */
export interface AddressOwner {
  readonly namespace: string
  readonly name: string
}

/**
 * Allocates cluster IPs. Since v1.33 an address is taken if an IPAddress of that name exists, and the ranges
 * are those of the ready ServiceCIDRs. Before, it is taken if a Service has it, and the ranges are those of
 * the flag. Source: pkg/registry/core/service/ipallocator (ipallocator.go, cidrallocator.go; bitmap.go
 * before).
 */
export class ClusterIps {
  readonly #dependencies: ClusterIpDependencies
  readonly #addresses: Resource | undefined
  readonly #cidrs: Resource | undefined

  constructor(dependencies: ClusterIpDependencies) {
    this.#dependencies = dependencies
    const isCurrent = dependencies.resources.release.has('serviceCidrs')
    this.#addresses = isCurrent ? dependencies.resources.find('ipaddresses') : undefined
    this.#cidrs = isCurrent ? dependencies.resources.find('servicecidrs') : undefined
  }

  /** The families of the cluster, the default first. */
  get families(): readonly IpFamily[] {
    return this.#dependencies.ranges.map(({ family }) => family)
  }

  /**
   * Returns a free address of the family, of any range that has one: upstream takes them in the order of a Go
   * map. Throws AllocationError `range is full`.
   */
  next(family: IpFamily): string {
    const ranges = this.#rangesOf(family)
    const start = ranges.length > 1 ? this.#dependencies.random.int(0, ranges.length - 1) : 0
    for (const range of [...ranges.slice(start), ...ranges.slice(0, start)]) {
      const ip = freeAddress(range, this.#dependencies.random, (text) => this.#isTaken(text))
      if (ip !== undefined) return ip
    }
    throw new AllocationError('range is full')
  }

  /** Throws AllocationError if a requested address cannot be allocated. */
  check(text: string, dryRun: boolean): void {
    const address = parseIp(text)
    if (address === undefined) throw new AllocationError(`failed to parse service IP ${quote(text)}`)
    const range = this.#rangesOf(address.family).find((candidate) => rangeHolds(candidate, address))
    if (range === undefined) throw new AllocationError(this.#outsideText(text, address.family, dryRun))
    const { from, to } = usableSpan(range)
    if (address.value < from || address.value > to) throw new AllocationError(notInRange(text, range))
    if (this.#isTaken(formatIp(address))) throw new AllocationError('provided IP is already allocated')
  }

  /** Stores the IPAddress of an allocated address. */
  take(text: string, { namespace, name }: AddressOwner): void {
    const address = parseIp(text)
    if (this.#addresses === undefined || address === undefined) return
    const { storage, resources, clock, uids, managedFields } = this.#dependencies
    const time = formatTime(clock.now())
    const draft = {
      kind: 'IPAddress',
      apiVersion: 'networking.k8s.io/v1',
      metadata: {
        name: formatIp(address),
        uid: uids.uuid(),
        creationTimestamp: time,
        labels: {
          'ipaddress.kubernetes.io/ip-family': address.family,
          'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
        },
      },
      spec: { parentRef: { resource: 'services', namespace, name } },
    } satisfies Draft<IPAddress> as unknown as Draft<KubeObject>
    if (managedFields)
      setManagers(draft, creatorsOf(resources, this.#addresses, draft, { manager: 'kube-apiserver', time }))
    save({ storage }, this.#addresses, seal({ storage }, draft), undefined)
  }

  /** Removes the IPAddress of an address. */
  giveBack(text: string): void {
    const address = parseIp(text)
    if (this.#addresses === undefined || address === undefined) return
    const { storage } = this.#dependencies
    const stored = storage.get(storageKey(this.#addresses, undefined, formatIp(address)))
    if (stored !== undefined)
      storage.remove(keyOfObject(this.#addresses, stored), Number(stored.metadata.resourceVersion))
  }

  #isTaken(ip: string): boolean {
    const { storage, inUse } = this.#dependencies
    if (this.#addresses === undefined) return inUse.hasAddress(ip)
    return storage.get(storageKey(this.#addresses, undefined, ip)) !== undefined
  }

  /** Versions with a single range name it in the error, and so do dry runs, which ask the default range. */
  #outsideText(text: string, family: IpFamily, dryRun: boolean): string {
    const [range] = this.#rangesOf(family)
    const isCurrent = (this.#cidrs !== undefined && !dryRun) || range === undefined
    return isCurrent ? 'the provided network does not match the current range' : notInRange(text, range)
  }

  #rangesOf(family: IpFamily): readonly IpRange[] {
    const own = this.#dependencies.ranges.filter((range) => range.family === family)
    if (this.#cidrs === undefined) return own
    const { storage } = this.#dependencies
    const { prefix } = this.#cidrs
    const stored = storage.list({ from: prefix, to: prefixEnd(prefix) }) as unknown as readonly ServiceCIDR[]
    // until the server has created its ServiceCIDR, the flag counts
    if (stored.length === 0) return own
    return stored.filter(isReady).flatMap(({ spec }) =>
      (spec.cidrs ?? []).flatMap((cidr) => {
        const range = parseIpRange(cidr)
        return range?.family === family ? [range] : []
      }),
    )
  }
}

/** A range without a condition is ready, too: no controller needs to run. */
const isReady = ({ metadata, status }: ServiceCIDR): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'True') === 'True'

const notInRange = (text: string, range: IpRange): string =>
  `the provided IP (${text}) is not in the valid range. The range of valid IPs is ${formatIpRange(range)}`

/** In a larger range, the random start is drawn from this many first addresses. */
const MOST_DRAWN = 2n ** 31n

interface Span {
  readonly from: bigint
  readonly to: bigint
}

/**
 * Returns the first and last address that can be allocated: not the network's own nor the IPv4 broadcast
 * address.
 */
function usableSpan(range: IpRange): Span {
  const last = lastOf(range)
  return { from: range.first + 1n, to: range.family === 'IPv4' ? last - 1n : last }
}

/**
 * Returns how many addresses at the start of a range are allocated only if the rest is full, so that they are
 * free for fixed addresses. Source: pkg/registry/core/service/ipallocator calculateRangeOffset.
 */
function staticBand({ from, to }: Span): bigint {
  const size = to - from + 1n
  if (size <= 16n) return 0n
  const offset = size / 16n
  return offset < 16n ? 16n : offset > 256n ? 256n : offset
}

/**
 * Returns the first free address after a random one, in the dynamic band, then in the static one. Returns
 * undefined if all are taken.
 */
function freeAddress(
  range: IpRange,
  random: RandomStream,
  isTaken: (ip: string) => boolean,
): string | undefined {
  const { from, to } = usableSpan(range)
  const middle = from + staticBand({ from, to })
  return (
    freeWithin(range, { from: middle, to }, random, isTaken) ??
    freeWithin(range, { from, to: middle - 1n }, random, isTaken)
  )
}

function freeWithin(
  { family }: IpRange,
  { from, to }: Span,
  random: RandomStream,
  isTaken: (ip: string) => boolean,
): string | undefined {
  const size = to - from + 1n
  if (size <= 0n) return undefined
  const start = BigInt(random.int(0, Number(size < MOST_DRAWN ? size : MOST_DRAWN) - 1))
  for (let step = 0n; step < size; step++) {
    const address: IpAddress = { family, value: from + ((start + step) % size) }
    const text = formatIp(address)
    if (!isTaken(text)) return text
  }
  return undefined
}
