import type { Pod } from '../../api/core/generated.js'
import { isMirrorPod } from '../../api/core/conditions.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { compareQuantities, parseQuantity } from '../../api/quantity.js'
import { ApiError } from '../../client/api-error.js'
import type { UserClient } from '../../client/client.js'

/**
 * Returns why the server would refuse a pod if it were made again: current webhooks, policies, Pod Security
 * and quotas that are exceeded already. `client` is one of a copy of the cluster, so that
 * nothing changes.
 */
export function refusalOf(pod: Pod, client: () => UserClient): string | undefined {
  // only its kubelet makes the copy of a static pod, on that node
  if (isMirrorPod(pod)) return undefined
  const { metadata, spec } = pod
  const { namespace, labels, annotations, name = '' } = metadata
  const { nodeName: _node, ...wanted } = spec
  const object = {
    metadata: {
      namespace,
      generateName: `${name}-`,
      ...(labels && { labels }),
      ...(annotations && { annotations }),
    },
    spec: wanted,
  }
  try {
    client().create('pods', object, { dryRun: true })
    return undefined
  } catch (error) {
    if (!(error instanceof ApiError)) return undefined
    // what a dry run in a copy cannot tell
    if (UNTOLD.some((words) => error.message.includes(words))) return undefined
    return isOnlyFull(error.message) ? undefined : error.message
  }
}

/** A webhook with side effects, and one outside: a copy is not served, though the original may be. */
const UNTOLD = ['does not support dry run', 'only from a cluster that is served']

/** What can refuse a pod that was accepted once. Without any of it no pod is tried. */
const GUARDS = [
  'resourcequotas',
  'limitranges',
  'validatingwebhookconfigurations',
  'mutatingwebhookconfigurations',
  'validatingadmissionpolicybindings',
]
const ENFORCE = 'pod-security.kubernetes.io/enforce'
const MOST_TRIED = 200
const MOST_TOLD = 5

interface Tried {
  readonly stored: (resource: string) => readonly KubeObject[]
  readonly resources: readonly string[]
  readonly refusal: (pod: Pod) => string | undefined
}

/**
 * Returns a line for each cause that would refuse running pods if they were made again: after a crash of
 * their node they would be missing. Of pods with one owner, which are alike, one is tried.
 */
export function refusedAgain({ stored, resources, refusal }: Tried): readonly string[] {
  const isThere = (resource: string): boolean => resources.includes(resource) && stored(resource).length > 0
  const isEnforced = stored('namespaces').some(({ metadata }) => metadata.labels?.[ENFORCE] !== undefined)
  if (!isEnforced && !GUARDS.some(isThere)) return []
  const groups = [...groupsOf(stored('pods') as readonly Pod[]).values()]
  const causes = new Map<string, Pod[]>()
  for (const pods of groups.slice(0, MOST_TRIED)) {
    const [pod] = pods
    const message = pod && refusal(pod)
    if (pod === undefined || message === undefined) continue
    // the name of the pod that was tried makes no difference
    const cause = message.replace(/^pods "[^"]*" /, 'pods ')
    causes.set(cause, [...(causes.get(cause) ?? []), ...pods])
  }
  const untold = causes.size - MOST_TOLD
  const untried = groups.length - MOST_TRIED
  return [
    ...[...causes].slice(0, MOST_TOLD).map(([cause, pods]) => `${namesOf(pods)}: ${cause}`),
    ...(untold > 0 ? [`and ${untold} more causes`] : []),
    ...(untried > 0 ? [`(${untried} more owners of pods were not tried)`] : []),
  ]
}

/** The running pods by their owner. */
function groupsOf(pods: readonly Pod[]): ReadonlyMap<string, readonly Pod[]> {
  const groups = new Map<string, Pod[]>()
  for (const pod of pods) {
    const { uid = '', ownerReferences = [], annotations = {} } = pod.metadata
    // the kubelet writes mirror pods itself
    if (pod.status.phase !== 'Running' || 'kubernetes.io/config.mirror' in annotations) continue
    const owner = ownerReferences.find(({ controller }) => controller === true)?.uid ?? uid
    const group = groups.get(owner)
    if (group === undefined) groups.set(owner, [pod])
    else group.push(pod)
  }
  return groups
}

function namesOf(pods: readonly Pod[]): string {
  const [first] = pods
  const name = `${first?.metadata.namespace ?? ''}/${first?.metadata.name ?? ''}`
  return pods.length === 1 ? `pod ${name}` : `${pods.length} pods such as ${name}`
}

/**
 * Whether a quota refuses the pod only because what is counted includes the pod itself. A quota that was
 * lowered since, so that more is used than it allows, would refuse it.
 */
function isOnlyFull(message: string): boolean {
  const [, used, limited] =
    /exceeded quota: [^,]*(?:, requested: [^:]*)?, used: ([^:]*), limited: ([^:]*)$/.exec(message) ?? []
  if (used === undefined || limited === undefined) return false
  const limits = new Map(limited.split(',').map((each) => each.split('=') as [string, string]))
  return used.split(',').every((each) => {
    const [resource = '', amount = '0'] = each.split('=')
    return compareQuantities(parseQuantity(amount), parseQuantity(limits.get(resource) ?? amount)) <= 0
  })
}
