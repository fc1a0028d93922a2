import { quote } from '../../lang/go/quote.js'
import type { LabelSelector } from '../../api/meta/generated.js'
import type { Pod } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { formatSelector } from '../../api/selectors/labels.js'
import { isApiError } from '../../client/api-error.js'
import type { CommandLine } from '../call/call.js'
import { KubectlError, usageError } from '../call/errors.js'
import { fetchTarget, selectResources } from '../args/resource-args.js'

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container'

/** Returns the object of `NAME` or `TYPE/NAME`; a bare name means a pod. */
export function objectNamed(
  call: CommandLine,
  argument: string,
): { readonly kind: string; readonly object: KubeObject } {
  const args = argument.includes('/') ? [argument] : ['pods', argument]
  const [target] = selectResources(call, args).targets
  const [object] = target === undefined ? [] : fetchTarget(call.client, target).objects
  if (target === undefined || object === undefined)
    throw new KubectlError(`expected exactly one object: ${argument}`)
  return { kind: target.definition.kind, object }
}

/**
 * Returns the pods of a workload or a service, the best first; `doing` names the operation in the error for
 * kinds without pods. Throws KubectlError. Source: polymorphichelpers podutils
 * ActivePods, reversed; ByLogging for logs.
 */
export function podsOf(
  call: CommandLine,
  kind: string,
  object: KubeObject,
  doing: string = LOGS,
): readonly Pod[] {
  if (kind === 'Pod') return [object as Pod]
  const selector = selectorText(kind, object)
  if (selector === undefined) {
    const why =
      kind === 'Service'
        ? `invalid service '${object.metadata.name ?? ''}': Service is defined without a selector`
        : `selector for *v1.${kind} not implemented`
    throw new KubectlError(`cannot ${doing} *v1.${kind}: ${why}`)
  }
  const { namespace = call.namespace } = object.metadata
  const { items } = call.client.list('pods', { namespace, labelSelector: selector })
  // logs of a pod that has restarted tell more; other commands prefer one that has not
  const sign = doing === LOGS ? -1 : 1
  return items.toSorted(
    (a, b) => compareActive(a, b) || sign * (mostRestarts(a) - mostRestarts(b)) || compareAge(a, b),
  )
}

function selectorText(kind: string, object: KubeObject): string | undefined {
  const { selector } = (object as { readonly spec?: { readonly selector?: unknown } }).spec ?? {}
  if (typeof selector !== 'object' || selector === null) return undefined
  const isPlain = kind === 'Service' || kind === 'ReplicationController'
  return formatSelector(
    isPlain ? { matchLabels: selector as Readonly<Record<string, string>> } : (selector as LabelSelector),
  )
}

/** What `logs` does, in errors. */
const LOGS = 'get the logs from'

const PHASES = ['Pending', 'Unknown', 'Running']

/**
 * Orders bound before unbound, running before pending, ready before not ready. Source: controller.ActivePods,
 * reversed.
 */
function compareActive(a: Pod, b: Pod): number {
  const rank = (pod: Pod): readonly number[] => [
    pod.spec.nodeName === undefined ? 1 : 0,
    -PHASES.indexOf(pod.status.phase ?? ''),
    pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true ? 0 : 1,
  ]
  const [left, right] = [rank(a), rank(b)]
  for (const [at, value] of left.entries()) {
    const difference = value - (right[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

const compareAge = (a: Pod, b: Pod): number =>
  (a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1

const mostRestarts = ({ status: { containerStatuses = [] } }: Pod): number =>
  Math.max(0, ...containerStatuses.map(({ restartCount }) => restartCount))

/**
 * Returns the selected container. Source: kubectl pkg/cmd/util/podcmd FindOrDefaultContainerByName. @throws
 * KubectlError if the pod has no container of that name.
 */
export function containerFor(call: CommandLine, pod: Pod, name: string, isQuiet = false): string {
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec
  const podName = pod.metadata.name ?? ''
  const known = [...containers, ...initContainers, ...ephemeralContainers].map((one) => one.name)
  if (name !== '') {
    if (known.includes(name)) return name
    throw new KubectlError(`container ${name} not found in pod ${podName}`)
  }
  const annotated = pod.metadata.annotations?.[DEFAULT_CONTAINER]
  if (annotated !== undefined && known.includes(annotated)) return annotated
  const [first] = containers
  if (!first) throw new KubectlError(`pod ${podName} has no containers`)
  const all = [
    ...containers.map((one) => one.name),
    ...ephemeralContainers.map((one) => `${one.name} (ephem)`),
    ...initContainers.map((one) => `${one.name} (init)`),
  ]
  if (all.length > 1 && !isQuiet)
    call.out.errorLine(`Defaulted container ${quote(first.name)} out of: ${all.join(', ')}`)
  return first.name
}

/**
 * Throws KubectlError, with the command where to find help, for a `--pod-running-timeout` that is not above
 * zero. Source: cmdutil.GetPodRunningTimeoutFlag.
 */
export function checkPodRunningTimeout({ flags, command }: CommandLine): void {
  if (flags.duration('pod-running-timeout') > 0) return
  const text = '--pod-running-timeout must be higher than zero'
  throw command === 'logs' ? new KubectlError(text) : usageError(command, text)
}

/** Error of `logs` for a pod that does not exist. */
export function withNamespace(call: CommandLine, error: unknown): unknown {
  return isApiError(error, 'NotFound')
    ? new KubectlError(`error from server (NotFound): ${error.message} in namespace ${quote(call.namespace)}`)
    : error
}
