import type { Container, Pod, PodTemplateSpec } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { Loaded } from './load.js'

/** The pods that an object makes, as it describes them. */
export interface Template {
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

interface Workload {
  readonly metadata?: KubeObject['metadata']
  readonly spec?: Partial<Pod['spec']> & {
    readonly template?: PodTemplateSpec
    readonly jobTemplate?: Workload
    readonly volumeClaimTemplates?: readonly { readonly metadata?: { readonly name?: string } }[]
  }
}

/** Returns the pods that objects make. */
export function templatesOf(all: readonly Loaded[]): readonly Template[] {
  return all.flatMap((owner) => {
    const { object, served } = owner
    if (served.isCustom || !WORKLOADS.includes(object.kind ?? '')) return []
    const workload = (object.kind === 'CronJob' ? (object as Workload).spec?.jobTemplate : object) as Workload
    const pod = (object.kind === 'Pod' ? object : workload.spec?.template) as Partial<Pod> | undefined
    if (!Array.isArray(pod?.spec?.containers)) return []
    const namespace = object.metadata.namespace ?? 'default'
    const account = pod.spec.serviceAccountName || pod.spec.serviceAccount || 'default'
    return [
      {
        owner,
        namespace,
        labels: pod.metadata?.labels ?? {},
        spec: pod.spec,
        user: `system:serviceaccount:${namespace}:${account}`,
        ownClaims: (workload.spec?.volumeClaimTemplates ?? []).map(({ metadata }) => metadata?.name ?? ''),
      },
    ]
  })
}

/** The containers of a pod that keep running: its own, and sidecars. */
export const runningContainers = ({ spec }: Template): readonly Container[] => [
  ...spec.containers,
  ...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always'),
]

/** All containers of a pod. */
export const allContainers = ({ spec }: Template): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
]

/** Whether all labels of an equality selector are among those of a pod. */
export const isSelected = (
  selector: Readonly<Record<string, string>> | null | undefined,
  labels: Readonly<Record<string, string>>,
): boolean => Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value)
