import type { Endpoint, EndpointPort, EndpointSlice } from '../../api/discovery/generated.js'
import { semanticEqual } from '../../api/equal.js'
import type { EndpointGroup } from './desired.js'
import { portsKey } from './desired.js'

/** A slice as it should be, with what it is built from if it is there already. */
export interface PlannedSlice {
  readonly existing: EndpointSlice | undefined
  readonly ports: readonly EndpointPort[] | null
  readonly endpoints: readonly Endpoint[]
  /** Endpoints that are new or have changed. */
  readonly changed: readonly Endpoint[]
}

/** What has to be written for one address family. */
export interface SlicePlan {
  readonly write: readonly PlannedSlice[]
  readonly remove: readonly EndpointSlice[]
}

const identity = ({ addresses, targetRef }: Endpoint): string =>
  `${addresses.join(',')} ${targetRef?.namespace ?? ''}/${targetRef?.name ?? ''}`

/**
 * The fewest writes that bring `existing` slices to what is desired: endpoints stay where they are, new ones
 * fill slices that change anyway, then the fullest slice that has room, then new slices. Source:
 * endpointslice reconciler reconcileByPortMapping, finalize.
 */
export function planSlices(
  existing: readonly EndpointSlice[],
  desired: ReadonlyMap<string, EndpointGroup>,
  most: number,
  isStale: (slice: EndpointSlice) => boolean,
): SlicePlan {
  const byPorts = groupedByPorts(existing)
  const write: PlannedSlice[] = []
  const remove: EndpointSlice[] = []
  for (const [key, group] of desired) {
    const plan = planGroup(byPorts.get(key) ?? [], group, most, isStale)
    write.push(...plan.write)
    remove.push(...plan.remove)
  }
  for (const [key, slices] of byPorts) if (!desired.has(key)) remove.push(...slices)
  return withPlaceholder(existing, reused({ write, remove }), isStale)
}

function groupedByPorts(slices: readonly EndpointSlice[]): ReadonlyMap<string, readonly EndpointSlice[]> {
  const groups = new Map<string, EndpointSlice[]>()
  for (const slice of slices) {
    const key = portsKey(slice.ports)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [slice])
    else group.push(slice)
  }
  return groups
}

class OpenSlice {
  readonly existing: EndpointSlice | undefined
  readonly endpoints: Endpoint[] = []
  readonly changed: Endpoint[] = []
  isTouched: boolean

  constructor(existing: EndpointSlice | undefined, isTouched: boolean) {
    this.existing = existing
    this.isTouched = isTouched
  }

  add(endpoint: Endpoint): void {
    this.endpoints.push(endpoint)
    this.changed.push(endpoint)
    this.isTouched = true
  }
}

function planGroup(
  slices: readonly EndpointSlice[],
  { ports, endpoints }: EndpointGroup,
  most: number,
  isStale: (slice: EndpointSlice) => boolean,
): SlicePlan {
  const left = new Map(endpoints.map((endpoint) => [identity(endpoint), endpoint]))
  const open = slices.map((slice) => kept(slice, left, isStale(slice)))
  const rest = [...left.values()]
  const fullest = (candidates: readonly OpenSlice[]): OpenSlice | undefined =>
    candidates
      .filter((slice) => slice.endpoints.length > 0 && slice.endpoints.length < most)
      .reduce<OpenSlice | undefined>(
        (best, next) => (best === undefined || next.endpoints.length > best.endpoints.length ? next : best),
        undefined,
      )
  while (rest.length > 0) {
    const target =
      fullest(open.filter(({ isTouched }) => isTouched)) ??
      (rest.length < most
        ? fullest(open.filter((slice) => slice.endpoints.length + rest.length <= most))
        : undefined) ??
      added(open)
    target.add(rest.shift() as Endpoint)
  }
  const write = open
    .filter((slice) => slice.isTouched && slice.endpoints.length > 0)
    .map(({ existing, endpoints: held, changed }) => ({ existing, ports, endpoints: held, changed }))
  return {
    write,
    remove: open.flatMap(({ existing, endpoints: held }) =>
      existing !== undefined && held.length === 0 ? [existing] : [],
    ),
  }
}

function added(open: OpenSlice[]): OpenSlice {
  const slice = new OpenSlice(undefined, true)
  open.push(slice)
  return slice
}

/** What of a slice is still wanted; takes that out of `left`. */
function kept(slice: EndpointSlice, left: Map<string, Endpoint>, isStale: boolean): OpenSlice {
  const open = new OpenSlice(slice, isStale)
  const held = slice.endpoints ?? []
  for (const endpoint of held) {
    const wanted = left.get(identity(endpoint))
    if (wanted === undefined) continue
    left.delete(identity(endpoint))
    open.endpoints.push(wanted)
    if (semanticEqual(wanted, endpoint)) continue
    open.changed.push(wanted)
    open.isTouched = true
  }
  if (open.endpoints.length !== held.length) open.isTouched = true
  return open
}

/** Slices that would go away are filled anew instead of new ones being made. */
function reused({ write, remove }: SlicePlan): SlicePlan {
  const free = [...remove]
  const planned = write.map((slice) =>
    slice.existing === undefined ? { ...slice, existing: free.shift() } : slice,
  )
  return { write: planned, remove: free }
}

/** A Service without endpoints keeps one empty slice. */
function withPlaceholder(
  existing: readonly EndpointSlice[],
  { write, remove }: SlicePlan,
  isStale: (slice: EndpointSlice) => boolean,
): SlicePlan {
  if (existing.length !== remove.length || write.length > 0) return { write, remove }
  const [first, ...others] = remove
  const isPlaceholder =
    first !== undefined &&
    (first.endpoints ?? []).length === 0 &&
    (first.ports ?? []).length === 0 &&
    !isStale(first)
  return isPlaceholder
    ? { write: [], remove: others }
    : { write: [{ existing: first, ports: null, endpoints: [], changed: [] }], remove: others }
}
