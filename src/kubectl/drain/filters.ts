import type { Pod } from '../../api/core/generated.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import { isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { Clock } from '../../sim/clock.js'
import type { DrainFlags } from './options.js'
import { byKey } from '../../lang/text/order.js'

/** A filter's decision about a pod: whether to delete it, and a message. */
export interface FilterResult {
  readonly delete: boolean
  readonly kind: 'ok' | 'skip' | 'warning' | 'error'
  readonly text: string
}

/** What filters may use. */
export interface FilterContext {
  readonly client: Client
  readonly clock: Clock
  readonly options: DrainFlags
  readonly texts: FilterTexts
}

/** The messages of a release for what filters find. */
export interface FilterTexts {
  readonly daemonSetFatal: string
  readonly daemonSetWarning: string
  readonly localStorageFatal: string
  readonly localStorageWarning: string
  readonly unmanagedFatal: string
  readonly unmanagedWarning: string
}

type PodFilter = (pod: Pod, context: FilterContext) => FilterResult

const ok: FilterResult = { delete: true, kind: 'ok', text: '' }
const skip: FilterResult = { delete: false, kind: 'skip', text: '' }
const warn = (text: string, doDelete: boolean): FilterResult => ({ delete: doDelete, kind: 'warning', text })
const fail = (text: string): FilterResult => ({ delete: false, kind: 'error', text })

const isFinished = ({ status }: Pod): boolean => status.phase === 'Succeeded' || status.phase === 'Failed'

const controllerOf = ({ metadata }: Pod): OwnerReference | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller === true)

/** Whether the pod has been terminating for longer than `--skip-wait-for-delete-timeout`. */
export function isDeletedLongAgo(
  pod: Pod,
  { clock, options }: Pick<FilterContext, 'clock' | 'options'>,
): boolean {
  const { deletionTimestamp } = pod.metadata
  const seconds = options.skipWaitForDeleteTimeout
  return (
    seconds > 0 &&
    deletionTimestamp !== undefined &&
    clock.now() - Date.parse(deletionTimestamp) > seconds * 1000
  )
}

const skipDeleted: PodFilter = (pod, context) => (isDeletedLongAgo(pod, context) ? skip : ok)

/** Keeps a DaemonSet's pod if its DaemonSet exists and `--ignore-daemonsets` allows it. */
const daemonSet: PodFilter = (pod, { client, options, texts }) => {
  const owner = controllerOf(pod)
  if (owner?.kind !== 'DaemonSet' || isFinished(pod)) return ok
  try {
    client.get('daemonsets', { name: owner.name, namespace: pod.metadata.namespace as string })
  } catch (error) {
    if (!isApiError(error)) throw error
    return error.reason === 'NotFound' && options.force ? warn(error.message, true) : fail(error.message)
  }
  return options.ignoreDaemonSets ? warn(texts.daemonSetWarning, false) : fail(texts.daemonSetFatal)
}

const mirror: PodFilter = ({ metadata }) =>
  metadata.annotations?.['kubernetes.io/config.mirror'] === undefined ? ok : skip

const localStorage: PodFilter = (pod, { options, texts }) => {
  if (pod.spec.volumes?.some(({ emptyDir }) => emptyDir !== undefined) !== true || isFinished(pod)) return ok
  return options.deleteEmptyDir ? warn(texts.localStorageWarning, true) : fail(texts.localStorageFatal)
}

const unmanaged: PodFilter = (pod, { options, texts }) => {
  if (isFinished(pod) || controllerOf(pod) !== undefined) return ok
  return options.force ? warn(texts.unmanagedWarning, true) : fail(texts.unmanagedFatal)
}

/** All filters in upstream's order. Source: kubectl pkg/drain/filters.go. */
const filters: readonly PodFilter[] = [skipDeleted, daemonSet, mirror, localStorage, unmanaged]

/** Decisions of the filters, up to and including the first that forbids deletion. */
function filterPod(pod: Pod, context: FilterContext): readonly FilterResult[] {
  const verdicts: FilterResult[] = []
  for (const filter of filters) {
    const verdict = filter(pod, context)
    verdicts.push(verdict)
    if (!verdict.delete) break
  }
  return verdicts
}

/** The pods of a node, sorted by the filters. */
export interface SortedPods {
  readonly toDelete: readonly Pod[]
  /** What forbids the drain: message to the pods concerned (`namespace/name`, or the name alone). */
  readonly errors: ReadonlyMap<string, readonly string[]>
  readonly warnings: ReadonlyMap<string, readonly string[]>
}

/**
 * Lists the pods of a node and applies the filters. `keepAll` keeps every warning about a pod, as 1.14 did;
 * otherwise only the last filter's counts, as in upstream's pkg/drain, where the warning about local storage
 * is therefore never printed. Upstream prints groups in the order of a Go map; here they keep the order of
 * insertion, and those of 1.14 are sorted by text, as the course shows them.
 */
export function sortPods(node: string, context: FilterContext, keepAll: boolean): SortedPods {
  const { client, options } = context
  const pods = client.list('pods', {
    fieldSelector: `spec.nodeName=${node}`,
    ...(options.podSelector === '' ? {} : { labelSelector: options.podSelector }),
  })
  const errors = new Map<string, string[]>()
  const warnings = new Map<string, string[]>()
  const toDelete: Pod[] = []
  for (const pod of pods.items) {
    const verdicts = filterPod(pod, context)
    const last = verdicts.at(-1) as FilterResult
    const shown = keepAll
      ? (pod.metadata.name as string)
      : `${pod.metadata.namespace as string}/${pod.metadata.name as string}`
    for (const verdict of keepAll ? verdicts : [last]) {
      if (verdict.kind === 'error') note(errors, verdict.text, shown)
      else if (verdict.kind === 'warning') note(warnings, verdict.text, shown)
    }
    if (last.delete) toDelete.push(pod)
  }
  return keepAll
    ? { toDelete, errors: sorted(errors), warnings: sorted(warnings) }
    : { toDelete, errors, warnings }
}

function note(groups: Map<string, string[]>, text: string, pod: string): void {
  const known = groups.get(text)
  if (known === undefined) groups.set(text, [pod])
  else known.push(pod)
}

const sorted = (groups: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> =>
  new Map([...groups].sort(byKey))

/** Formats each group as `text: a, b`. */
export function groupTexts(groups: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return [...groups].map(([text, pods]) => `${text}: ${pods.join(', ')}`)
}
