import { parseApiVersion } from '../../api/api-version.js'
import { findCondition } from '../../api/core/conditions.js'
import type { Pod } from '../../api/core/generated.js'
import { podSummary } from '../../api/core/pods/pod-columns.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { Phrase } from '../../lang/text/phrases.js'
import { say, type WhyPhrase } from './words.js'

/** The parts of objects by which they say how far they are. */
export interface ProgressObject extends KubeObject {
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

/** What an object lacks, as words that follow its name. */
export type Lack = Phrase<WhyPhrase>

type Judge = (object: ProgressObject) => Lack | undefined

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
 * Returns what an object still lacks to be as its owner wants it, as a phrase after its name: `has 1 of 3
 * replicas available`; undefined if it lacks nothing. Objects of kinds without a status lack nothing.
 */
export function shortfall(object: KubeObject): Lack | undefined {
  const { deletionTimestamp, finalizers = [] } = object.metadata
  if (deletionTimestamp !== undefined)
    return finalizers.length === 0 ? say('deleted') : say('deletedWaits', finalizers.join(', '))
  const id = `${parseApiVersion(object.apiVersion ?? '').group}/${object.kind}`
  return (Object.hasOwn(judges, id) ? (judges[id] as Judge) : conditions)(object as ProgressObject)
}

function claims(object: ProgressObject): Lack | undefined {
  const { spec, status } = object as ProgressObject & {
    readonly spec?: { readonly storageClassName?: string; readonly volumeName?: string }
  }
  if (status?.phase === 'Bound') return undefined
  const lacksClass = spec?.storageClassName === undefined && spec?.volumeName === undefined
  const phase = status?.phase ?? 'Pending'
  return lacksClass ? say('claimLacksClass', phase) : say('is', phase, '')
}

/** Conditions without which an autoscaler does nothing. */
const SCALING = ['AbleToScale', 'ScalingActive']

function autoscalers({ status }: ProgressObject): Lack | undefined {
  for (const type of SCALING) {
    const found = findCondition(status?.conditions, type)
    // one whose workload was scaled to zero rests
    if (found?.status === 'False' && found.reason !== 'ScalingDisabled')
      return say('scalesNot', because(found))
  }
  return undefined
}

function conditions({ status }: ProgressObject): Lack | undefined {
  if (status?.phase === 'Terminating' || status?.phase === 'Failed') return say('is', status.phase, '')
  for (const type of GOOD) {
    const found = findCondition(status?.conditions, type)
    if (found !== undefined && found.status !== 'True') return say('isNot', type, because(found))
  }
  return undefined
}

/** `: reason: message` of a condition, as far as there is one. */
export function because({ reason = '', message = '' }: Omit<ProgressCondition, 'type' | 'status'>): string {
  return [reason, message].filter((text) => text !== '').reduce((all, text) => `${all}: ${text}`, '')
}

function unobserved({ metadata: { generation = 0 }, status }: ProgressObject): Lack | undefined {
  return (status?.observedGeneration ?? 0) >= generation ? undefined : say('unobserved')
}

const ofReplicas = (
  count: number | undefined,
  { spec }: ProgressObject,
  phrase: 'replicasLatest' | 'replicasAvailable',
): Lack | undefined => {
  const wanted = spec?.replicas ?? 1
  return (count ?? 0) >= wanted ? undefined : say(phrase, count ?? 0, wanted)
}

function outdated(object: ProgressObject): Lack | undefined {
  return ofReplicas(object.status?.updatedReplicas, object, 'replicasLatest')
}

function unavailable(object: ProgressObject): Lack | undefined {
  return ofReplicas(object.status?.availableReplicas, object, 'replicasAvailable')
}

function surplus({ spec, status }: ProgressObject): Lack | undefined {
  const more = (status?.replicas ?? 0) - (spec?.replicas ?? 1)
  return more > 0 ? say('surplus', more) : undefined
}

function daemons({ status }: ProgressObject): Lack | undefined {
  const { desiredNumberScheduled: wanted = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = status ?? {}
  if (updatedNumberScheduled < wanted) return say('daemonsUpdated', updatedNumberScheduled, wanted)
  return numberAvailable < wanted ? say('daemonsAvailable', numberAvailable, wanted) : undefined
}

function jobs({ spec, status }: ProgressObject): Lack | undefined {
  if (findCondition(status?.conditions, 'Complete')?.status === 'True') return undefined
  const failed = findCondition(status?.conditions, 'Failed')
  if (failed?.status === 'True') return say('failed', because(failed))
  if (spec?.suspend === true) return say('suspended')
  return say('completions', status?.succeeded ?? 0, spec?.completions ?? 1)
}

function pods(object: ProgressObject): Lack | undefined {
  const { status } = object
  const { phase = 'Pending' } = status ?? {}
  if (phase === 'Succeeded') return undefined
  const ready = findCondition(status?.conditions, 'Ready')
  if (phase === 'Running' && ready?.status === 'True') return undefined
  const { reason } = podSummary(object as Pod)
  const why = reason === phase ? '' : say('bracketed', reason)
  return phase === 'Running' ? say('runsNotReady', why) : say('is', phase, why)
}
