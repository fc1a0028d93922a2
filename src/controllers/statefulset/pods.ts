import type { StatefulSet } from '../../api/apps/generated.js'
import { isPodAvailable, isPodReady } from '../../api/core/conditions.js'
import type { Pod, PodTemplateSpec, Volume } from '../../api/core/generated.js'
import { podFromTemplate } from '../shared/pod-control.js'
import { claimName } from './claims.js'
import { ordinalOf, parentAndOrdinal, podName } from './ordinals.js'

const POD_NAME = 'statefulset.kubernetes.io/pod-name'
const POD_INDEX = 'apps.kubernetes.io/pod-index'
const REVISION = 'controller-revision-hash'

/** Whether the apiserver has the pod: those that are yet to be created have no phase. */
export const isCreated = ({ status }: Pod): boolean => status.phase !== undefined
export const isTerminating = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined
export const isRunningAndReady = (pod: Pod): boolean => pod.status.phase === 'Running' && isPodReady(pod)

/** Whether the pod does not serve, or not yet for `minReadySeconds`, or no longer. Source: isUnavailable. */
export function isUnavailable(pod: Pod, minReadySeconds: number, now: number): boolean {
  return !isRunningAndReady(pod) || isTerminating(pod) || !isPodAvailable(pod, minReadySeconds, now)
}

/** Name of the revision that the pod comes from. */
export function revisionOf({ metadata }: Pod): string {
  return metadata.labels?.[REVISION] ?? ''
}

/**
 * The pod of that ordinal, made from `template` at the revision of that name. It has no phase: it is not
 * created yet. `labelsIndex`: whether the release labels pods with their index. Source: stateful_set_utils.go
 * newStatefulSetPod.
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

/** Whether the pod bears the name and label that its ordinal gives it. Source: identityMatches. */
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

/** The pod with the labels of its ordinal. Source: updateIdentity. */
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
 * The pod with the volumes of its claims before all others; those take the place of volumes of the same
 * names. Source: updateStorage.
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
