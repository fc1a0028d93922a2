import type { StatefulSet } from '../../api/apps/generated.js'
import type { Container, Pod } from '../../api/core/generated.js'
import { workloadTemplate } from '../../api/core/pods/workload-template.js'
import type { Loaded } from './load.js'

/** The pods that an object makes, as it describes them. */
export interface LoadedTemplate {
  readonly owner: Loaded
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  readonly spec: Pod['spec']
  /** The user as which its pods act. */
  readonly user: string
  /** Claims that a StatefulSet makes for its pods, by their names in the template. */
  readonly ownClaims: readonly string[]
}

const WORKLOADS = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
  'Pod',
]

/** Returns the pods that objects make. */
export function templatesOf(all: readonly Loaded[]): readonly LoadedTemplate[] {
  return all.flatMap((owner) => {
    const { object, served } = owner
    if (served.isCustom || !WORKLOADS.includes(object.kind ?? '')) return []
    const pod = (object.kind === 'Pod' ? object : workloadTemplate(object)) as Partial<Pod> | undefined
    if (!Array.isArray(pod?.spec?.containers)) return []
    const { volumeClaimTemplates = [] } = (object as StatefulSet).spec
    const namespace = object.metadata.namespace ?? 'default'
    const account = pod.spec.serviceAccountName || pod.spec.serviceAccount || 'default'
    return [
      {
        owner,
        namespace,
        labels: pod.metadata?.labels ?? {},
        spec: pod.spec,
        user: `system:serviceaccount:${namespace}:${account}`,
        ownClaims: volumeClaimTemplates.map(({ metadata }) => metadata?.name ?? ''),
      },
    ]
  })
}

/** The containers of a pod that keep running: its own, and sidecars. */
export const runningContainers = ({ spec }: LoadedTemplate): readonly Container[] => [
  ...spec.containers,
  ...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always'),
]

/** All containers of a pod. */
export const allContainers = ({ spec }: LoadedTemplate): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
]

/** Whether all labels of an equality selector are among those of a pod. */
export const isSelected = (
  selector: Readonly<Record<string, string>> | null | undefined,
  labels: Readonly<Record<string, string>>,
): boolean => Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value)
