import type { Service } from '../../api/core/generated.js'
import type { Endpoint, EndpointPort, EndpointSlice } from '../../api/discovery/generated.js'
import { semanticEqual } from '../../api/equal.js'
import type { ComponentHost } from '../../client/component.js'
import type { Informer } from '../../client/informer.js'
import type { Slice } from '../../sim/module.js'
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
interface SlicePlan {
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

export const SERVICE_NAME = 'kubernetes.io/service-name'
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
export const HEADLESS = 'service.kubernetes.io/headless'
export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time'

/** Labels that a slice does not take over from its Service. */
const RESERVED = new Set([SERVICE_NAME, MANAGED_BY, HEADLESS])

/** The labels of the slices of a Service. Source: setEndpointSliceLabels. */
export function sliceLabels({ metadata, spec }: Service, manager: string): Readonly<Record<string, string>> {
  const own = Object.entries(metadata.labels ?? {}).filter(([key]) => !RESERVED.has(key))
  return {
    ...Object.fromEntries(own),
    [SERVICE_NAME]: metadata.name as string,
    [MANAGED_BY]: manager,
    ...(spec.clusterIP === 'None' ? { [HEADLESS]: '' } : {}),
  }
}

/** What belongs to all slices of one owner. */
export interface SliceFrame {
  readonly name: string
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly owner: { readonly apiVersion: string; readonly kind: string; readonly uid: string }
  readonly addressType: EndpointSlice['addressType']
}

/** The slice to write: a new one, or the existing one with its endpoints, ports and labels replaced. */
export function sliceObject({ existing, ports, endpoints }: PlannedSlice, frame: SliceFrame): EndpointSlice {
  const { name, namespace, labels, annotations, owner, addressType } = frame
  const content = { endpoints, ports: ports === null ? null : [...ports] }
  const annotated = Object.keys(annotations).length === 0 ? {} : { annotations }
  if (existing !== undefined) {
    const { annotations: _, ...metadata } = existing.metadata
    return { ...existing, ...content, metadata: { ...metadata, ...annotated, labels } }
  }
  return {
    metadata: {
      generateName: `${name}-`,
      namespace,
      labels,
      ...annotated,
      ownerReferences: [{ ...owner, name, controller: true, blockOwnerDeletion: true }],
    },
    addressType,
    ...content,
  } as EndpointSlice
}

/**
 * What a controller has written last, by owner, so that it does not act on a view from before that. Source:
 * k8s.io/endpointslice EndpointSliceTracker.
 */
export class WrittenSlices {
  readonly #revisions: Slice<Map<string, number>>
  /** Owners that were passed over because the view was behind. */
  readonly #waiting: Slice<Set<string>>
  readonly #slices: Pick<Informer<EndpointSlice>, 'seen'>

  constructor(host: ComponentHost, slices: Pick<Informer<EndpointSlice>, 'seen'>) {
    this.#slices = slices
    this.#revisions = host.state('written', () => new Map<string, number>())
    this.#waiting = host.state('waiting', () => new Set<string>())
  }

  note(key: string, { metadata }: EndpointSlice): void {
    this.#revisions.value.set(key, Number(metadata.resourceVersion))
  }

  forget(key: string): void {
    this.#revisions.value.delete(key)
    this.#waiting.value.delete(key)
  }

  /**
   * Whether the view does not show yet what was written; then the change that shows it {@link concerns} the
   * owner.
   */
  isBehind(key: string): boolean {
    const revision = this.#revisions.value.get(key)
    if (revision === undefined || Number(this.#slices.seen ?? 0) >= revision) return false
    this.#waiting.value.add(key)
    return true
  }

  /**
   * Whether a change asks for another look: it is not what was written last, or the one that had to be waited
   * for.
   */
  concerns(key: string, { metadata }: EndpointSlice): boolean {
    return (
      this.#waiting.value.delete(key) || this.#revisions.value.get(key) !== Number(metadata.resourceVersion)
    )
  }
}
