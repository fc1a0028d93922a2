import type { Job } from '../../api/batch/generated.js'
import type { HorizontalPodAutoscaler } from '../../api/autoscaling-v2/generated.js'
import type { Container, Pod, Service } from '../../api/core/generated.js'
import { fullImageName } from '../../api/core/pods/image-name.js'
import { findCondition, isPodReady } from '../../api/core/conditions.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { isApiError } from '../../client/api-error.js'
import { knownImage } from '../../images/index.js'
import { hasOwnSettings } from '../../kubelet/index.js'
import { shortfall } from '../diagnosis/shortfall.js'
import { tell } from '../diagnosis/words.js'
import type { SimCluster } from '../sim-cluster.js'
import type { VersionFinding } from './finding.js'
import { type Loaded, ofKind } from './load.js'
import { findingAt } from './read-manifests.js'
import { isSelected, runningContainers, type LoadedTemplate } from './templates.js'

/** Resources that are waited for. */
const WAITED = [
  'deployments',
  'statefulsets',
  'daemonsets',
  'replicasets',
  'replicationcontrollers',
  'jobs',
  'pods',
  'horizontalpodautoscalers',
] as const

type WaitedResource = (typeof WAITED)[number]

/** Virtual minutes in which everything must be there: the default of progressDeadlineSeconds. */
const MINUTES = 10

const isWaited = (resource: string): resource is WaitedResource => WAITED.includes(resource as WaitedResource)

interface Unfinished {
  readonly loaded: Loaded
  readonly resource: WaitedResource
  readonly lack: string
}

/** Waits for everything that was loaded, and returns what does not roll out. */
export function waitForRollout(cluster: SimCluster, loaded: readonly Loaded[]): readonly VersionFinding[] {
  cluster.settle()
  // autoscalers look at their targets now and then
  if (loaded.some(({ object }) => object.kind === 'HorizontalPodAutoscaler')) cluster.advance('1m')
  let left = unfinished(cluster, loaded)
  for (let minute = 0; left.length > 0 && minute < MINUTES; minute++) {
    cluster.advance('1m')
    left = unfinished(cluster, loaded)
  }
  const names = new Set(left.map(({ loaded: { object } }) => `${object.kind ?? ''} ${pathOfObject(object)}`))
  return left.filter((one) => !waitsForAnother(one, names)).map((one) => stalled(cluster, one))
}

/** Whether it is an autoscaler of something that does not roll out itself. */
function waitsForAnother({ resource, loaded: { object } }: Unfinished, names: ReadonlySet<string>): boolean {
  if (resource !== 'horizontalpodautoscalers') return false
  const { kind, name } = (object as HorizontalPodAutoscaler).spec.scaleTargetRef
  return names.has(`${kind} ${object.metadata.namespace ?? ''}/${name}`)
}

function unfinished(cluster: SimCluster, loaded: readonly Loaded[]): readonly Unfinished[] {
  const byResource = new Map<string, ReadonlyMap<string, KubeObject>>()
  const stored = (resource: WaitedResource, object: KubeObject): KubeObject | undefined => {
    let index = byResource.get(resource)
    if (index === undefined) {
      const all = cluster.state.peek(resource) as readonly KubeObject[]
      index = new Map(all.map((each) => [pathOfObject(each), each]))
      byResource.set(resource, index)
    }
    return index.get(pathOfObject(object))
  }
  return loaded.flatMap((each) => {
    const { resource, isCustom } = each.served
    if (isCustom || !isWaited(resource)) return []
    const object = stored(resource, each.object)
    // a Job with a time to live, or a pod that an autoscaler has replaced
    if (object === undefined || rests(cluster, resource, object)) return []
    const lack = shortfall(object)
    return lack === undefined ? [] : [{ loaded: each, resource, lack: tell(lack) }]
  })
}

const pathOfObject = ({ metadata: { namespace = '', name = '' } }: KubeObject): string =>
  `${namespace}/${name}`

/** Whether an object is meant to be as it is, or works without an end. */
function rests(cluster: SimCluster, resource: WaitedResource, object: KubeObject): boolean {
  const { spec } = object as { readonly spec?: { readonly paused?: boolean; readonly suspend?: boolean } }
  if (spec?.paused === true || spec?.suspend === true) return true
  if (resource === 'pods') return ((object as Pod).spec.schedulingGates ?? []).length > 0
  if (resource !== 'jobs') return false
  if (findCondition((object as Job).status?.conditions, 'Failed')?.status === 'True') return false
  const pods = cluster.state
    .peek('pods')
    .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === object.metadata.uid))
  return pods.some((pod) => isPodReady(pod)) || pods.some(({ status }) => status.phase === 'Succeeded')
}

/** What admission says about a pod. */
const REFUSED =
  /FailedCreate|violates PodSecurity|exceeded quota|failed quota|denied the request|is forbidden: |failed calling webhook/

function stalled(
  cluster: SimCluster,
  { loaded: { source, object }, resource, lack }: Unfinished,
): VersionFinding {
  const lines = whyLines(cluster, resource, object)
  // of many pods, the first ones are told
  const cause = lines.findLast((line) => !/^ *and \d+ more$/.test(line))?.trim()
  const refusal = lines.find((line) => REFUSED.test(line))?.trim()
  const ended = lines.find((line) => line.includes(' ended with exit code '))?.trim()
  const told = refusal ?? ended ?? cause
  return findingAt(source, {
    rule: refusal === undefined ? 'rollout-stalled' : 'pod-refused',
    severity: resource === 'horizontalpodautoscalers' ? 'warning' : 'error',
    message: told === undefined || lack.includes(told) ? lack : `${lack}: ${told}`,
    why: lines.join('\n'),
  })
}

function whyLines(
  cluster: SimCluster,
  resource: WaitedResource,
  { metadata }: KubeObject,
): readonly string[] {
  try {
    const text = cluster.why(resource, {
      namespace: metadata.namespace ?? 'default',
      name: metadata.name ?? '',
    })
    return text.split('\n').filter((line) => line.trim() !== '')
  } catch (error) {
    if (isApiError(error, 'NotFound')) return []
    throw error
  }
}

/** Whether it is known on which ports a container listens. */
const isUnderstood = (container: Container): boolean =>
  knownImage(fullImageName(container.image ?? ''))?.ports !== undefined && !hasOwnSettings(container)

/** Returns the Services whose pods, of well-known images, do not listen where they forward to. */
export function findUnheard(
  cluster: SimCluster,
  loaded: readonly Loaded[],
  templates: readonly LoadedTemplate[],
): readonly VersionFinding[] {
  return ofKind(loaded, 'Service').flatMap(({ source, object }) => {
    const { namespace = 'default', name = '' } = object.metadata
    const { selector } = (object as Service).spec
    const pods = templates.filter(
      (template) => template.namespace === namespace && isSelected(selector, template.labels),
    )
    if (!pods.every((template) => runningContainers(template).every(isUnderstood))) return []
    const line = cluster.why('services', { namespace, name }).split('\n')[0] ?? ''
    const unheard = /forwards port \S+ to port \d+, on which \S+ does not listen/.exec(line)?.[0]
    if (unheard === undefined) return []
    const at = source.lines.ofPath(['spec', 'ports'])
    return [findingAt(source, { rule: 'missing-port', message: unheard, line: at })]
  })
}

/** Runs each CronJob once on a copy of the cluster, and returns what does not come to run. */
export function tryCronJobs(cluster: SimCluster, loaded: readonly Loaded[]): readonly VersionFinding[] {
  const cronJobs = loaded.filter(({ served, object }) => !served.isCustom && object.kind === 'CronJob')
  if (cronJobs.length === 0) return []
  const copy = cluster.fork()
  const jobs = cronJobs.map((each, at): Loaded => {
    const { namespace = 'default', name = '' } = each.object.metadata
    const job = `check-${at}`
    copy.kubectl(['create', 'job', job, `--from=cronjob/${name}`, '-n', namespace])
    return {
      ...each,
      served: { ...each.served, resource: 'jobs' },
      object: { ...each.object, metadata: { namespace, name: job } },
    }
  })
  return waitForRollout(copy, jobs).map((found) => ({ ...found, message: `a Job of it ${found.message}` }))
}
