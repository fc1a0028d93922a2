import { parseApiVersion } from '../../api/api-version.js'
import { findCondition } from '../../api/core/conditions.js'
import type { Pod } from '../../api/core/generated.js'
import { podSummary } from '../../api/core/pod-columns.js'
import type { KubeObject } from '../../api/kind/definition.js'

/** The parts of objects by which they say how far they are. */
export interface Progress extends KubeObject {
  readonly spec?: { readonly replicas?: number; readonly completions?: number; readonly suspend?: boolean }
  readonly status?: {
    readonly phase?: string
    readonly observedGeneration?: number
    readonly replicas?: number
    readonly updatedReplicas?: number
    readonly readyReplicas?: number
    readonly availableReplicas?: number
    readonly desiredNumberScheduled?: number
    readonly updatedNumberScheduled?: number
    readonly numberAvailable?: number
    readonly succeeded?: number
    readonly conditions?: readonly ProgressCondition[]
  }
}

/** A condition as most kinds have them. */
export interface ProgressCondition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
}

/** Conditions that are True when all is well. */
const GOOD = ['Ready', 'Available', 'Established']

type Judge = (object: Progress) => string | undefined

/** What an object of a kind still lacks, other than in general, by group and kind. */
const judges: Readonly<Record<string, Judge>> = {
  'apps/Deployment': (object) =>
    unobserved(object) ?? outdated(object) ?? unavailable(object) ?? surplus(object),
  'apps/StatefulSet': (object) => unobserved(object) ?? outdated(object) ?? unavailable(object),
  'apps/ReplicaSet': unavailable,
  '/ReplicationController': unavailable,
  'apps/DaemonSet': (object) => unobserved(object) ?? daemons(object),
  'batch/Job': jobs,
  '/Pod': pods,
  '/PersistentVolumeClaim': claims,
  'autoscaling/HorizontalPodAutoscaler': autoscalers,
}

/**
 * Returns what an object still lacks to be as its owner wants it, as words after its name: `has 1 of 3
 * replicas available`; undefined if it lacks nothing. Objects of kinds without a status lack nothing.
 */
export function shortfall(object: KubeObject): string | undefined {
  const { deletionTimestamp, finalizers = [] } = object.metadata
  if (deletionTimestamp !== undefined)
    return `is being deleted${finalizers.length === 0 ? '' : `, and waits for ${finalizers.join(', ')}`}`
  const id = `${parseApiVersion(object.apiVersion ?? '').group}/${object.kind}`
  return (Object.hasOwn(judges, id) ? (judges[id] as Judge) : conditions)(object as Progress)
}

function claims(object: Progress): string | undefined {
  const { spec, status } = object as Progress & {
    readonly spec?: { readonly storageClassName?: string; readonly volumeName?: string }
  }
  if (status?.phase === 'Bound') return undefined
  const lacksClass = spec?.storageClassName === undefined && spec?.volumeName === undefined
  const why = lacksClass ? ': no storage class is set, and no class is the default' : ''
  return `is ${status?.phase ?? 'Pending'}${why}`
}

/** Conditions without which an autoscaler does nothing. */
const SCALING = ['AbleToScale', 'ScalingActive']

function autoscalers({ status }: Progress): string | undefined {
  for (const type of SCALING) {
    const found = findCondition(status?.conditions, type)
    // one whose workload was scaled to zero rests
    if (found?.status === 'False' && found.reason !== 'ScalingDisabled')
      return `does not scale${because(found)}`
  }
  return undefined
}

function conditions({ status }: Progress): string | undefined {
  if (status?.phase === 'Terminating' || status?.phase === 'Failed') return `is ${status.phase}`
  for (const type of GOOD) {
    const found = findCondition(status?.conditions, type)
    if (found !== undefined && found.status !== 'True') return `is not ${type}${because(found)}`
  }
  return undefined
}

/** `: reason: message` of a condition, as far as there is one. */
export function because({ reason = '', message = '' }: Omit<ProgressCondition, 'type' | 'status'>): string {
  return [reason, message].filter((text) => text !== '').reduce((all, text) => `${all}: ${text}`, '')
}

function unobserved({ metadata: { generation = 0 }, status }: Progress): string | undefined {
  return (status?.observedGeneration ?? 0) >= generation
    ? undefined
    : 'has not been looked at by its controller since its last change'
}

const ofReplicas = (count: number | undefined, { spec }: Progress, what: string): string | undefined => {
  const wanted = spec?.replicas ?? 1
  return (count ?? 0) >= wanted ? undefined : `has ${count ?? 0} of ${wanted} replicas ${what}`
}

function outdated(object: Progress): string | undefined {
  return ofReplicas(object.status?.updatedReplicas, object, 'of its latest revision')
}

function unavailable(object: Progress): string | undefined {
  return ofReplicas(object.status?.availableReplicas, object, 'available')
}

function surplus({ spec, status }: Progress): string | undefined {
  const more = (status?.replicas ?? 0) - (spec?.replicas ?? 1)
  return more > 0 ? `still has ${more} old replicas` : undefined
}

function daemons({ status }: Progress): string | undefined {
  const { desiredNumberScheduled: wanted = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = status ?? {}
  if (updatedNumberScheduled < wanted) return `has ${updatedNumberScheduled} of ${wanted} daemons updated`
  return numberAvailable < wanted ? `has ${numberAvailable} of ${wanted} daemons available` : undefined
}

function jobs({ spec, status }: Progress): string | undefined {
  if (findCondition(status?.conditions, 'Complete')?.status === 'True') return undefined
  const failed = findCondition(status?.conditions, 'Failed')
  if (failed?.status === 'True') return `has failed${because(failed)}`
  if (spec?.suspend === true) return 'is suspended'
  return `has ${status?.succeeded ?? 0} of ${spec?.completions ?? 1} completions`
}

function pods(object: Progress): string | undefined {
  const { status } = object
  const { phase = 'Pending' } = status ?? {}
  if (phase === 'Succeeded') return undefined
  const ready = findCondition(status?.conditions, 'Ready')
  if (phase === 'Running' && ready?.status === 'True') return undefined
  const { reason } = podSummary(object as Pod)
  const told = phase === 'Running' ? 'Running and not ready' : phase
  return `is ${told}${reason === phase ? '' : ` (${reason})`}`
}
