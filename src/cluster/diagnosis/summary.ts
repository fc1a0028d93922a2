import { refusedAgain } from './made-again.js'
import { misspelt } from '../../apiserver/registry/image-warnings.js'
import { isPodReady, nodeCondition } from '../../api/core/conditions.js'
import type { Node, Pod } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { hintOf } from '../../lang/text/nearest.js'
import { formatTime } from '../../lang/go/time.js'
import type { PodDisruptionBudget } from '../../api/policy/generated.js'
import { type Refusal, refusalLines } from './journal.js'
import type { WaitingInformer } from '../compose/waiting-informers.js'
import { missingReferences } from './missing-references.js'
import { shortfall } from './shortfall.js'
import type { DiagnosisContext } from './why.js'
import { tell } from './words.js'
import { byKey } from '../../lang/text/order.js'

/** What a summary is made of. */
export interface SummaryContext {
  readonly version: string
  readonly now: number
  readonly seed: number
  readonly stored: (resource: string) => readonly KubeObject[]
  readonly resources: readonly string[]
  readonly stopped: readonly string[]
  /** See {@link DiagnosisContext.unheard}. */
  readonly unheard: DiagnosisContext['unheard']
  /** Components that wait for a kind that is not served. */
  readonly waiting: readonly WaitingInformer[]
  /** Requests that were refused, by cause, the most frequent first. */
  readonly refusals: readonly Refusal[]
  /** The full names of the resources that are served: `widgets.example.com`. */
  readonly served: () => readonly string[]
  /** Why the server would refuse a pod if it were made again. */
  readonly refusal: DiagnosisContext['refusal']
  /** See {@link DiagnosisContext.meantImage}. */
  readonly meantImage: DiagnosisContext['meantImage']
}

/** Resources whose objects are listed when they lack something. */
const SHOWN = [
  'nodes',
  'deployments',
  'statefulsets',
  'daemonsets',
  'jobs',
  'persistentvolumeclaims',
  'horizontalpodautoscalers',
  'services',
  'namespaces',
  'pods',
]
const MOST = 10

/**
 * Tells a cluster in a few lines: version, time, seed, nodes, pods by phase, what is not as wanted, and names
 * of images that look like a slip of the pen.
 */
export function summarize(context: SummaryContext): string {
  const { version, now, seed, stored, resources, stopped } = context
  const nodes = stored('nodes') as readonly Node[]
  const ready = nodes.filter((node) => nodeCondition(node, 'Ready')?.status === 'True').length
  const lacking = SHOWN.filter((resource) => resources.includes(resource)).flatMap((resource) =>
    stored(resource).flatMap((object) => {
      const lack = shortfall(object) ?? context.unheard(resource, object)
      const { namespace, name = '' } = object.metadata
      return lack === undefined
        ? []
        : [`  ${resource} ${namespace === undefined ? '' : `${namespace}/`}${name} ${tell(lack)}`]
    }),
  )
  return [
    `SimCluster ${version} at ${formatTime(now)}, seed ${seed}`,
    `nodes: ${ready} of ${nodes.length} ready; pods: ${phases(stored('pods') as readonly Pod[])}`,
    ...(stopped.length === 0 ? [] : [`stopped: ${stopped.join(', ')}`]),
    ...(lacking.length === 0 ? [] : ['not as wanted:']),
    ...lacking.slice(0, MOST),
    ...(lacking.length > MOST ? [`  and ${lacking.length - MOST} more`] : []),
    ...waitingFor(context),
    ...refused(context),
    ...exhausted(context),
    ...latent(context),
    ...misspeltImages(context),
    ...unresolved(context),
  ].join('\n')
}

const MOST_REFUSALS = 5

/** Requests that were refused, by cause. */
function refused({ refusals }: SummaryContext): readonly string[] {
  if (refusals.length === 0) return []
  const more = refusals.length - MOST_REFUSALS
  return [
    'refused:',
    ...refusalLines(refusals.slice(0, MOST_REFUSALS)).map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${more} more causes`] : []),
  ]
}

/** Pods that run, and would not be accepted any more. */
function latent(context: SummaryContext): readonly string[] {
  const lines = refusedAgain(context)
  return lines.length === 0
    ? []
    : ['run, and would be refused if they were made again:', ...lines.map((line) => `  ${line}`)]
}

/** Budgets that let no pod go. */
function exhausted({ stored, resources }: SummaryContext): readonly string[] {
  if (!resources.includes('poddisruptionbudgets')) return []
  const blocking = (stored('poddisruptionbudgets') as readonly PodDisruptionBudget[]).filter(
    ({ status }) => (status.expectedPods ?? 0) > 0 && (status.disruptionsAllowed ?? 0) === 0,
  )
  return blocking
    .slice(0, MOST)
    .map(
      ({ metadata: { namespace = '', name = '' }, status: { currentHealthy = 0, desiredHealthy = 0 } }) =>
        `budget ${namespace}/${name} lets no pod go: ${currentHealthy} are healthy, ` +
        `${desiredHealthy} must be`,
    )
}

/** Components that wait for a kind; its CustomResourceDefinition may have another name. */
export function waitingFor({ waiting, served }: Pick<SummaryContext, 'waiting' | 'served'>): string[] {
  return waiting.map(({ component, resource }) => {
    const hint = hintOf(resource, served(), 'apply its CustomResourceDefinition')
    return `${component} waits for ${resource}, which is not served: ${hint}`
  })
}

/** What objects refer to and is not there. */
function unresolved({ resources, stored }: SummaryContext): readonly string[] {
  const missing = missingReferences(resources, stored)
  if (missing.length === 0) return []
  return [
    'missing:',
    ...missing.slice(0, MOST).map(({ missing: key, neededBy }) => `  ${key}, which ${some(neededBy)} need`),
    ...(missing.length > MOST ? [`  and ${missing.length - MOST} more`] : []),
  ]
}

/** Some names, and how many others there are. */
const some = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} others`

function misspeltImages({ stored, meantImage }: SummaryContext): readonly string[] {
  const pods = stored('pods') as readonly Pod[]
  const images = new Set(pods.flatMap(({ spec }) => spec.containers.map(({ image = '' }) => image)))
  return [...images].flatMap((image) => misspelt(image, meantImage))
}

function phases(pods: readonly Pod[]): string {
  const counts = new Map<string, number>()
  for (const pod of pods) {
    const { phase = 'Pending' } = pod.status
    const name = phase === 'Running' && !isPodReady(pod) ? 'Running but not ready' : phase
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  if (counts.size === 0) return 'none'
  return [...counts]
    .sort(byKey)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
}
