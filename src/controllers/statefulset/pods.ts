import type { StatefulSet } from '../../api/apps/generated.js'
import { isPodAvailable, isPodReady } from '../../api/core/conditions.js'
import type { PersistentVolumeClaim, Pod, PodTemplateSpec, Volume } from '../../api/core/generated.js'
import { podFromTemplate } from '../shared/pod-control.js'

const POD_NAME = 'statefulset.kubernetes.io/pod-name'
const POD_INDEX = 'apps.kubernetes.io/pod-index'
const REVISION = 'controller-revision-hash'

/** Whether the pod exists in the apiserver; one that is still to be created has no phase. */
export const isCreated = ({ status }: Pod): boolean => status.phase !== undefined
export const isTerminating = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined
export const isRunningAndReady = (pod: Pod): boolean => pod.status.phase === 'Running' && isPodReady(pod)

/**
 * Whether the pod is not ready, terminating, or not yet ready for `minReadySeconds`. Source: isUnavailable.
 */
export function isUnavailable(pod: Pod, minReadySeconds: number, now: number): boolean {
  return !isRunningAndReady(pod) || isTerminating(pod) || !isPodAvailable(pod, minReadySeconds, now)
}

/** Returns the name of the pod's revision. */
export function revisionOf({ metadata }: Pod): string {
  return metadata.labels?.[REVISION] ?? ''
}

/**
 * Returns the pod to create for that ordinal, from `template` at the revision with that name. `labelsIndex`:
 * whether the release labels pods with their index. Source: stateful_set_utils.go newStatefulSetPod.
 */
export function newPod(
  set: StatefulSet,
  template: PodTemplateSpec,
  revision: string,
  ordinal: number,
  labelsIndex: boolean,
): Pod {
  const { metadata, spec } = podFromTemplate(template, {
    object: set,
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
  })
  const name = podName(set, ordinal)
  const { serviceName } = set.spec
  const identified = withIdentity(set, { metadata: { ...metadata, name }, spec, status: {} }, labelsIndex)
  return withStorage(set, {
    ...identified,
    metadata: { ...identified.metadata, labels: { ...identified.metadata.labels, [REVISION]: revision } },
    spec: {
      ...spec,
      hostname: name,
      ...(serviceName === undefined || serviceName === '' ? {} : { subdomain: serviceName }),
    },
  })
}

/** Whether the pod has the name and label of its ordinal. Source: identityMatches. */
export function identityMatches(set: StatefulSet, pod: Pod): boolean {
  const [parent, ordinal] = parentAndOrdinal(pod)
  const { name, labels } = pod.metadata
  return (
    ordinal >= 0 &&
    set.metadata.name === parent &&
    name === podName(set, ordinal) &&
    labels?.[POD_NAME] === name
  )
}

/** Returns the pod with the labels of its ordinal. Source: updateIdentity. */
export function withIdentity(set: StatefulSet, pod: Pod, labelsIndex: boolean): Pod {
  const ordinal = ordinalOf(pod)
  const index = labelsIndex ? { [POD_INDEX]: String(ordinal) } : {}
  const labels = { ...pod.metadata.labels, [POD_NAME]: podName(set, ordinal), ...index }
  return { ...pod, metadata: { ...pod.metadata, labels } }
}

/** Whether the pod mounts its own claims. Source: storageMatches. */
export function storageMatches(set: StatefulSet, pod: Pod): boolean {
  const ordinal = ordinalOf(pod)
  if (ordinal < 0) return false
  const claims = new Map(
    (pod.spec.volumes ?? []).map((volume) => [volume.name, volume.persistentVolumeClaim?.claimName]),
  )
  return (set.spec.volumeClaimTemplates ?? []).every(
    (template) => claims.get(template.metadata.name ?? '') === claimName(set, template, ordinal),
  )
}

/**
 * Returns the pod with its claims as first volumes, in place of volumes with the same names. Source:
 * updateStorage.
 */
export function withStorage(set: StatefulSet, pod: Pod): Pod {
  const templates = set.spec.volumeClaimTemplates ?? []
  if (templates.length === 0) return pod
  const ordinal = ordinalOf(pod)
  const own = templates.map((template): Volume => ({
    name: template.metadata.name ?? '',
    persistentVolumeClaim: { claimName: claimName(set, template, ordinal) },
  }))
  const others = (pod.spec.volumes ?? []).filter(({ name }) => !own.some((volume) => volume.name === name))
  return { ...pod, spec: { ...pod.spec, volumes: [...own, ...others] } }
}

const MEMBER_NAME = /^(.*)-(\d+)$/s
const MAX_INT32 = 2 ** 31 - 1

/** The two parts of a pod's name: the name of its set, and its ordinal. */
type Identity = readonly [parent: string, ordinal: number]

/** A cache, because every sync needs the identities of all pods, which are frozen. */
const known = new WeakMap<Pod, Identity>()

/** Parses the name of a pod; the ordinal is -1 if the name has none. Source: getParentNameAndOrdinal. */
export function parentAndOrdinal(pod: Pod): Identity {
  let identity = known.get(pod)
  if (!identity) known.set(pod, (identity = readIdentity(pod)))
  return identity
}

function readIdentity({ metadata: { name = '' } }: Pod): Identity {
  const match = MEMBER_NAME.exec(name)
  if (!match) return ['', -1]
  const ordinal = Number(match[2])
  return [match[1] ?? '', ordinal <= MAX_INT32 ? ordinal : -1]
}

/** Returns the pod's ordinal, -1 if its name has none. */
export function ordinalOf(pod: Pod): number {
  return parentAndOrdinal(pod)[1]
}

/** Whether the pod's name begins with the set's name. Source: isMemberOf. */
export function isMemberOf(set: StatefulSet, pod: Pod): boolean {
  return parentAndOrdinal(pod)[0] === set.metadata.name
}

/** Returns the name of the set's pod with that ordinal. */
function podName(set: StatefulSet, ordinal: number): string {
  return `${set.metadata.name ?? ''}-${ordinal}`
}

/** Returns the lowest ordinal: spec.ordinals.start, by default 0. */
export function startOrdinal({ spec }: StatefulSet): number {
  return spec.ordinals?.start ?? 0
}

/** Returns the ordinal after the highest one. */
export function endOrdinal(set: StatefulSet): number {
  return startOrdinal(set) + (set.spec.replicas ?? 1)
}

/** Whether the pod's ordinal is in the range of the set. Source: podInOrdinalRange. */
export function isInRange(set: StatefulSet, pod: Pod): boolean {
  const ordinal = ordinalOf(pod)
  return ordinal >= startOrdinal(set) && ordinal < endOrdinal(set)
}

/** Returns the name of the claim of a template for an ordinal. Source: getPersistentVolumeClaimName. */
function claimName(set: StatefulSet, template: PersistentVolumeClaim, ordinal: number): string {
  return `${template.metadata.name ?? ''}-${set.metadata.name ?? ''}-${ordinal}`
}

/**
 * Returns the claims to create for a pod, in the order of their templates. Source: getPersistentVolumeClaims.
 */
export function claimsOf(set: StatefulSet, pod: Pod): readonly PersistentVolumeClaim[] {
  const ordinal = ordinalOf(pod)
  const { namespace } = set.metadata
  return (set.spec.volumeClaimTemplates ?? []).map((template) => {
    const { metadata, spec } = template
    const labels = { ...metadata.labels, ...set.spec.selector.matchLabels }
    const name = claimName(set, template, ordinal)
    return {
      metadata: { ...metadata, name, ...(namespace === undefined ? {} : { namespace }), labels },
      spec,
      status: {},
    }
  })
}
