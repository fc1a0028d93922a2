import { findCondition } from '../../api/core/conditions.js'
import type { Node } from '../../api/core/generated.js'
import type { Endpoint, EndpointSlice } from '../../api/discovery/generated.js'
import { quantityMilliValue } from '../../api/quantity.js'
import type { ComponentHost } from '../../client/component.js'
import type { Change, Informer } from '../../client/informers/informer.js'
import type { Slice } from '../../sim/modules/module.js'
import type { AddressType } from './desired.js'
import { type PlannedSlice, withoutHint } from './slices.js'
import { byKey } from '../../lang/text/order.js'

const ZONE = 'topology.kubernetes.io/zone'
/** Labels of nodes whose cpu does not count. */
const EXCLUDED = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master']
/** How much more than its share an endpoint may have to serve. */
const OVERLOAD = 0.2

/** What an event says about the hints of a Service. */
export interface HintEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: 'TopologyAwareHintsEnabled' | 'TopologyAwareHintsDisabled'
  readonly message: string
}

/** The writes for the slices of one address family, with hints. */
interface HintedPlan {
  readonly write: readonly PlannedSlice[]
  readonly event: HintEvent | undefined
}

/** Endpoints by the zone that they should serve. */
type ZoneCounts = Readonly<Record<string, number>>

/** What is remembered of a Service. */
interface Hinted {
  readonly isAnnounced: boolean
  readonly zones: Readonly<Partial<Record<AddressType, ZoneCounts>>>
}

/** How many endpoints a zone should have. */
interface Share {
  readonly minimum: number
  readonly maximum: number
  readonly desired: number
}

/**
 * Gives the endpoints of annotated Services the zones that they should serve, so that each zone has endpoints
 * in proportion to the cpu of its ready nodes. Where a Go map decides upstream, zones come in the order of
 * their names. Source: k8s.io/endpointslice/topologycache.
 */
export class TopologyHints {
  readonly #nodes: Informer<Node>
  /** By the key of the Service. */
  readonly #hinted: Slice<Map<string, Hinted>>
  /** The part of the cpu that each zone has; null if the nodes do not tell. Computed when it is needed. */
  #ratios: ReadonlyMap<string, number> | null | undefined

  constructor(host: ComponentHost, nodes: Informer<Node>) {
    this.#nodes = nodes
    this.#hinted = host.state('hinted', () => new Map<string, Hinted>())
  }

  /** Returns the keys of the Services of which a zone has too few endpoints after a change of a node. */
  overloadedAfter({ type, object, old }: Change<Node>): readonly string[] {
    this.#ratios = undefined
    if (this.#hinted.peek.size === 0) return []
    if (type === 'MODIFIED' && old && isReady(old) === isReady(object) && zoneOf(old) === zoneOf(object))
      return []
    const ratios = this.#cpuRatios()
    return [...this.#hinted.peek]
      .filter(([, { zones }]) => Object.values(zones).some((counts) => isOverloaded(counts, ratios)))
      .map(([key]) => key)
  }

  /** Forgets the hints of a Service that has none any more. Returns what to tell of it. */
  remove(key: string, type: AddressType): HintEvent | undefined {
    const isAnnounced = this.#hinted.peek.get(key)?.isAnnounced === true
    this.#forget(key, type)
    return isAnnounced ? disabled('Topology Aware Hints has been disabled', type) : undefined
  }

  /** Forgets a Service that is gone. */
  forget(key: string): void {
    if (this.#hinted.peek.has(key)) this.#hinted.value.delete(key)
  }

  /** Plans hints for the slices that are `written` anyway and for the others, of which few are written. */
  plan(
    key: string,
    type: AddressType,
    written: readonly PlannedSlice[],
    others: readonly EndpointSlice[],
  ): HintedPlan {
    const refused = (why: string): HintedPlan => {
      this.#forget(key, type)
      return { write: withoutHints(written, others), event: disabled(why, type) }
    }
    const ready = [...written, ...others].reduce(
      (sum, { endpoints }) => sum + (endpoints ?? []).filter(isEndpointReady).length,
      0,
    )
    const shares = sharesOf(this.#cpuRatios(), ready)
    if (typeof shares === 'string') return refused(shares)
    const counts = new Map<string, number>()
    const open = [...written]
    for (const slice of others) {
      const held = countsOf(slice, counts, shares)
      if (held === undefined) open.push(update(slice, slice.endpoints ?? []))
      else for (const [zone, count] of held) add(counts, zone, count)
    }
    for (const { zone } of open.flatMap(({ endpoints }) => endpoints.filter(isEndpointReady))) {
      if (zone === undefined || zone === '')
        return refused('One or more endpoints do not have a zone specified')
      add(counts, zone, 1)
    }
    const write = hinted(open, exchange(shares, counts), counts)
    if (counts.size === 0) return refused('No hints allocated for zones')
    const before = this.#hinted.peek.get(key)
    const zones = { ...before?.zones, [type]: Object.fromEntries(counts) }
    this.#hinted.value.set(key, { isAnnounced: true, zones })
    const event = { type: 'Normal', reason: 'TopologyAwareHintsEnabled' } as const
    const message = `Topology Aware Hints has been enabled, addressType: ${type}`
    return { write, event: before?.isAnnounced === true ? undefined : { ...event, message } }
  }

  #forget(key: string, type: AddressType): void {
    const known = this.#hinted.peek.get(key)
    if (known === undefined) return
    const { [type]: _, ...zones } = known.zones
    if (Object.keys(zones).length === 0) this.#hinted.value.delete(key)
    else this.#hinted.value.set(key, { isAnnounced: false, zones })
  }

  /** Source: SetNodes. */
  #cpuRatios(): ReadonlyMap<string, number> | null {
    if (this.#ratios === undefined) this.#ratios = ratiosOf(this.#nodes.list())
    return this.#ratios
  }
}

const zoneOf = ({ metadata }: Node): string | undefined => metadata.labels?.[ZONE]

const isReady = ({ status }: Node): boolean => findCondition(status.conditions, 'Ready')?.status === 'True'

const isEndpointReady = ({ conditions }: Endpoint): boolean => conditions?.ready === true

const disabled = (why: string, type: AddressType): HintEvent => ({
  type: 'Warning',
  reason: 'TopologyAwareHintsDisabled',
  message: `${why}, addressType: ${type}`,
})

const add = (counts: Map<string, number>, zone: string, by: number): unknown =>
  counts.set(zone, (counts.get(zone) ?? 0) + by)

const update = (existing: EndpointSlice, endpoints: readonly Endpoint[]): PlannedSlice => ({
  existing,
  ports: existing.ports ?? null,
  endpoints,
})

const withEndpoints = (
  { existing, ports, endpoints }: PlannedSlice,
  change: (endpoint: Endpoint) => Endpoint,
): PlannedSlice => ({ existing, ports, endpoints: endpoints.map(change) })

/** Returns the part of the cpu of each zone, in the order of their names; null if a node does not tell. */
function ratiosOf(nodes: readonly Node[]): ReadonlyMap<string, number> | null {
  const cpus = new Map<string, number>()
  let total = 0
  for (const node of nodes) {
    if (EXCLUDED.some((label) => node.metadata.labels?.[label] !== undefined) || !isReady(node)) continue
    const cpu = quantityMilliValue(node.status.allocatable?.['cpu'] ?? '0')
    const zone = zoneOf(node)
    if (zone === undefined || zone === '' || cpu === 0) return null
    add(cpus, zone, cpu)
    total += cpu
  }
  if (cpus.size < 2) return null
  return new Map([...cpus].sort(byKey).map(([zone, cpu]) => [zone, cpu / total]))
}

/**
 * Returns how many of the ready endpoints each zone should have, or why that cannot be. Source:
 * getAllocations.
 */
function sharesOf(
  ratios: ReadonlyMap<string, number> | null,
  endpoints: number,
): ReadonlyMap<string, Share> | string {
  if (ratios === null)
    return 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes'
  const counted = `(${endpoints} endpoints, ${ratios.size} zones)`
  if (ratios.size > endpoints) return `Insufficient number of endpoints ${counted}`
  const shares = new Map<string, Omit<Share, 'maximum'>>()
  let least = 0
  for (const [zone, ratio] of ratios) {
    const desired = ratio * endpoints
    const minimum = minimumOf(desired)
    shares.set(zone, { minimum, desired: Math.max(desired, minimum) })
    least += minimum
  }
  if (least > endpoints)
    return (
      'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold ' +
      counted
    )
  const spare = endpoints - least
  return new Map([...shares].map(([zone, share]) => [zone, { ...share, maximum: share.minimum + spare }]))
}

const minimumOf = (desired: number): number => Math.ceil(desired * (1 / (1 + OVERLOAD)))

/** Whether a zone has too few endpoints. Source: serviceOverloaded. */
function isOverloaded(counts: ZoneCounts, ratios: ReadonlyMap<string, number> | null): boolean {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  if (total === 0) return false
  if (ratios === null) return true
  return [...ratios].some(([zone, ratio]) => (counts[zone] ?? -1) < minimumOf(total * ratio))
}

/**
 * Returns the endpoints of a slice by their hints; undefined if it must be written: an endpoint lacks a hint,
 * or has one for a zone that is gone or has too many. Source: getHintsByZone.
 */
function countsOf(
  { endpoints }: EndpointSlice,
  before: ReadonlyMap<string, number>,
  shares: ReadonlyMap<string, Share>,
): ReadonlyMap<string, number> | undefined {
  const counts = new Map<string, number>()
  for (const { hints } of (endpoints ?? []).filter(isEndpointReady)) {
    const zones = hints?.forZones ?? []
    if (zones.length === 0) return undefined
    for (const { name } of zones) add(counts, name, 1)
  }
  for (const [zone, count] of counts)
    if (count + (before.get(zone) ?? 0) > (shares.get(zone)?.maximum ?? -1)) return undefined
  return counts
}

/** How many endpoints zones give to others, and get. */
interface Exchange {
  readonly giving: Map<string, number>
  readonly receiving: Map<string, number>
}

/** Source: getGivingAndReceivingZones. */
function exchange(shares: ReadonlyMap<string, Share>, counts: ReadonlyMap<string, number>): Exchange {
  const surplus = new Map<string, number>()
  const lack = new Map<string, number>()
  for (const [zone, { desired }] of shares) {
    const difference = (counts.get(zone) ?? 0) - desired
    if (difference > 0) surplus.set(zone, difference)
    else if (difference < 0) lack.set(zone, -difference)
  }
  const giving = new Map<string, number>()
  const receiving = new Map<string, number>()
  for (;;) {
    const [giver, given] = most(surplus)
    const [receiver, received] = most(lack)
    if ((given < 1 && received < 1) || given < 0.5 || received < 0.5) return { giving, receiving }
    add(giving, giver, 1)
    add(surplus, giver, -1)
    add(receiving, receiver, 1)
    add(lack, receiver, -1)
  }
}

function most(zones: ReadonlyMap<string, number>): readonly [zone: string, count: number] {
  let best: readonly [string, number] = ['', 0]
  for (const [zone, count] of zones) if (count > best[1]) best = [zone, count]
  return best
}

/** Returns slices whose ready endpoints serve their own zone, or one that receives them. Changes `counts`. */
function hinted(
  slices: readonly PlannedSlice[],
  { giving, receiving }: Exchange,
  counts: Map<string, number>,
): readonly PlannedSlice[] {
  const targetOf = (zone: string): string => {
    if ((giving.get(zone) ?? 0) <= 0) return zone
    const [receiver] = [...receiving].find(([, count]) => count > 0) ?? []
    if (receiver === undefined) return zone
    add(giving, zone, -1)
    add(receiving, receiver, -1)
    add(counts, zone, -1)
    add(counts, receiver, 1)
    return receiver
  }
  const withHint = (endpoint: Endpoint): Endpoint =>
    isEndpointReady(endpoint)
      ? { ...endpoint, hints: { forZones: [{ name: targetOf(endpoint.zone ?? '') }] } }
      : endpoint
  return slices.map((slice) => withEndpoints(slice, withHint))
}

/** Returns the writes after which no endpoint has a hint. Source: RemoveHintsFromSlices. */
function withoutHints(
  written: readonly PlannedSlice[],
  others: readonly EndpointSlice[],
): readonly PlannedSlice[] {
  return [
    ...written.map((slice) => withEndpoints(slice, withoutHint)),
    ...others
      .filter(({ endpoints }) => endpoints?.some(({ hints }) => hints !== undefined) === true)
      .map((slice) => update(slice, (slice.endpoints ?? []).map(withoutHint))),
  ]
}
