import type { Service } from '../../api/core/generated.js'
import type { Endpoint, EndpointPort, EndpointSlice } from '../../api/discovery/generated.js'
import { semanticEqual } from '../../api/kind/equal.js'
import type { ComponentHost } from '../../client/component.js'
import type { Informer } from '../../client/informers/informer.js'
import type { Slice } from '../../sim/modules/module.js'
import type { EndpointGroup } from './desired.js'
import { portsKey } from './desired.js'
import type { Indexers } from '../../client/informers/object-index.js'

/** A slice to write: a new one, or an update of `existing`. */
export interface PlannedSlice {
  readonly existing: EndpointSlice | undefined
  readonly ports: readonly EndpointPort[] | null
  readonly endpoints: readonly Endpoint[]
}

/** The writes for the slices of one address family. */
export interface SlicePlan {
  readonly write: readonly PlannedSlice[]
  readonly remove: readonly EndpointSlice[]
}

/** What {@link planSlices} depends on besides the endpoints. */
export interface SliceRules {
  /** Most endpoints of a slice. */
  readonly most: number
  /** Whether the labels or annotations of a slice must be written. */
  readonly isStale: (slice: EndpointSlice) => boolean
  /**
   * Whether a slice belongs to the owner. Others, which are left of a former owner of that name, are deleted
   * and not written to, because the garbage collector is about to delete them.
   */
  readonly isOwn: (slice: EndpointSlice) => boolean
  /** Whether endpoints differ only in their hints, which are planned afterwards. Default false. */
  readonly ignoresHints?: boolean
}

const identity = ({ addresses, targetRef }: Endpoint): string =>
  `${addresses.join(',')} ${targetRef?.namespace ?? ''}/${targetRef?.name ?? ''}`

/**
 * Plans the writes that turn the `existing` slices into the `desired` endpoints, as few as possible:
 * endpoints stay in their slice, new ones fill slices that change anyway, then the fullest slice with room
 * for all of them, then new slices. New slices come before changed ones. Source: endpointslice reconciler
 * reconcileByAddressType, reconcileByPortMapping, finalize.
 */
export function planSlices(
  existing: readonly EndpointSlice[],
  desired: ReadonlyMap<string, EndpointGroup>,
  rules: SliceRules,
): SlicePlan {
  const { isStale, isOwn } = rules
  const byPorts = groupedByPorts(existing.filter(isOwn))
  const write: PlannedSlice[] = []
  const remove = existing.filter((slice) => !isOwn(slice))
  for (const [key, group] of desired) {
    const plan = planGroup(byPorts.get(key) ?? [], group, rules)
    write.push(...plan.write)
    remove.push(...plan.remove)
  }
  for (const [key, slices] of byPorts) if (!desired.has(key)) remove.push(...slices)
  const planned = reused(withPlaceholder(existing, { write, remove }, isStale), isOwn)
  const isNew = (slice: PlannedSlice): boolean => slice.existing === undefined
  const changed = planned.write.filter((slice) => !isNew(slice))
  return { write: [...planned.write.filter(isNew), ...changed], remove: planned.remove }
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

/** A slice while it is being filled. */
class SliceDraft {
  readonly existing: EndpointSlice | undefined
  readonly endpoints: Endpoint[] = []
  isDirty: boolean

  constructor(existing: EndpointSlice | undefined, isDirty: boolean) {
    this.existing = existing
    this.isDirty = isDirty
  }

  add(endpoint: Endpoint): void {
    this.endpoints.push(endpoint)
    this.isDirty = true
  }
}

function planGroup(
  slices: readonly EndpointSlice[],
  { ports, endpoints }: EndpointGroup,
  { most, isStale, ignoresHints = false }: SliceRules,
): SlicePlan {
  const left = new Map(endpoints.map((endpoint) => [identity(endpoint), endpoint]))
  const open = slices.map((slice) => kept(slice, left, isStale(slice), ignoresHints))
  const rest = [...left.values()]
  const fullest = (candidates: readonly SliceDraft[]): SliceDraft | undefined =>
    candidates
      .filter((slice) => slice.endpoints.length > 0 && slice.endpoints.length < most)
      .reduce<SliceDraft | undefined>(
        (best, next) => (best === undefined || next.endpoints.length > best.endpoints.length ? next : best),
        undefined,
      )
  while (rest.length > 0) {
    const target =
      fullest(open.filter(({ isDirty }) => isDirty)) ??
      (rest.length < most
        ? fullest(open.filter((slice) => slice.endpoints.length + rest.length <= most))
        : undefined) ??
      added(open)
    target.add(rest.shift() as Endpoint)
  }
  const write = open
    .filter((slice) => slice.isDirty && slice.endpoints.length > 0)
    .map(({ existing, endpoints: held }) => ({ existing, ports, endpoints: held }))
  return {
    write,
    remove: open.flatMap(({ existing, endpoints: held }) =>
      existing !== undefined && held.length === 0 ? [existing] : [],
    ),
  }
}

function added(open: SliceDraft[]): SliceDraft {
  const slice = new SliceDraft(undefined, true)
  open.push(slice)
  return slice
}

/** Returns a draft with the endpoints of `slice` that are still desired, and removes those from `left`. */
function kept(
  slice: EndpointSlice,
  left: Map<string, Endpoint>,
  isStale: boolean,
  ignoresHints: boolean,
): SliceDraft {
  const open = new SliceDraft(slice, isStale)
  const held = slice.endpoints ?? []
  for (const endpoint of held) {
    const wanted = left.get(identity(endpoint))
    if (wanted === undefined) continue
    left.delete(identity(endpoint))
    open.endpoints.push(wanted)
    if (semanticEqual(wanted, ignoresHints ? withoutHint(endpoint) : endpoint)) continue
    open.isDirty = true
  }
  if (open.endpoints.length !== held.length) open.isDirty = true
  return open
}

/** Returns an endpoint without its hint. */
export function withoutHint(endpoint: Endpoint): Endpoint {
  if (endpoint.hints === undefined) return endpoint
  const { hints: _, ...rest } = endpoint
  return rest
}

/** Turns slices of the owner that would be deleted into updates in place of creations. */
function reused({ write, remove }: SlicePlan, isOwn: (slice: EndpointSlice) => boolean): SlicePlan {
  const free = remove.filter(isOwn)
  const planned = write.map((slice) =>
    slice.existing === undefined ? { ...slice, existing: free.shift() } : slice,
  )
  return { write: planned, remove: remove.filter((slice) => free.includes(slice) || !isOwn(slice)) }
}

/** Keeps one empty slice for a Service without endpoints. */
function withPlaceholder(
  existing: readonly EndpointSlice[],
  { write, remove }: SlicePlan,
  isStale: (slice: EndpointSlice) => boolean,
): SlicePlan {
  if (existing.length !== remove.length || write.length > 0) return { write, remove }
  const [first] = remove
  const isPlaceholder =
    first !== undefined &&
    remove.length === 1 &&
    (first.endpoints ?? []).length === 0 &&
    (first.ports ?? []).length === 0 &&
    !isStale(first)
  return isPlaceholder
    ? { write: [], remove: [] }
    : { write: [{ existing: undefined, ports: null, endpoints: [] }], remove }
}

export const SERVICE_NAME = 'kubernetes.io/service-name'
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
export const HEADLESS = 'service.kubernetes.io/headless'

/** Index of slices by the key of their Service, see {@link serviceKeyOf}. */
export const BY_SERVICE = 'service'

/** Returns the key (`namespace/name`) of the Service that a slice belongs to. */
export function serviceKeyOf({ metadata }: EndpointSlice): string {
  return `${metadata.namespace ?? ''}/${metadata.labels?.[SERVICE_NAME] ?? ''}`
}

/** The index {@link BY_SERVICE}. */
export const byService: Indexers<EndpointSlice> = { [BY_SERVICE]: (slice) => [serviceKeyOf(slice)] }

/** Labels that a slice does not inherit from its Service. */
const RESERVED = new Set([SERVICE_NAME, MANAGED_BY, HEADLESS])

/** Returns the labels of a Service's slices. Source: setEndpointSliceLabels. */
export function sliceLabels({ metadata, spec }: Service, manager: string): Readonly<Record<string, string>> {
  const own = Object.entries(metadata.labels ?? {}).filter(([key]) => !RESERVED.has(key))
  return {
    ...Object.fromEntries(own),
    [SERVICE_NAME]: metadata.name as string,
    [MANAGED_BY]: manager,
    ...(spec.clusterIP === 'None' ? { [HEADLESS]: '' } : {}),
  }
}

/** The fields that all slices of one owner share. */
export interface SliceFrame {
  readonly name: string
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly owner: { readonly apiVersion: string; readonly kind: string; readonly uid: string }
  readonly addressType: EndpointSlice['addressType']
}

/**
 * Returns the slice to write: a new one, or the existing one with its endpoints, ports and labels replaced.
 */
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
 * Tracks the last slice that a controller has written for each owner, so that it does not act on an informer
 * that has not seen the write yet. Source: k8s.io/endpointslice EndpointSliceTracker.
 */
export class EndpointSliceTracker {
  readonly #revisions: Slice<Map<string, number>>
  /** Owners whose reconciliation was skipped because the informer was stale. */
  readonly #waiting: Slice<Set<string>>
  readonly #slices: Pick<Informer<EndpointSlice>, 'seen'>

  constructor(host: ComponentHost, slices: Pick<Informer<EndpointSlice>, 'seen'>) {
    this.#slices = slices
    this.#revisions = host.state('written', () => new Map<string, number>())
    this.#waiting = host.state('waiting', () => new Set<string>())
  }

  /** Records that `slice` has been written for the owner `key`. */
  update(key: string, { metadata }: EndpointSlice): void {
    this.#revisions.value.set(key, Number(metadata.resourceVersion))
  }

  /** Forgets an owner that is gone. */
  forget(key: string): void {
    this.#revisions.value.delete(key)
    this.#waiting.value.delete(key)
  }

  /**
   * Whether the informer has not seen the last write yet. If so, {@link needsReconcile} is true for the
   * change that brings it up to date.
   */
  isStale(key: string): boolean {
    const revision = this.#revisions.value.get(key)
    if (revision === undefined || Number(this.#slices.seen ?? 0) >= revision) return false
    this.#waiting.value.add(key)
    return true
  }

  /**
   * Whether the owner must be reconciled after a change: someone else made it, or a stale view waited for it.
   */
  needsReconcile(key: string, { metadata }: EndpointSlice): boolean {
    return (
      this.#waiting.value.delete(key) || this.#revisions.value.get(key) !== Number(metadata.resourceVersion)
    )
  }
}
