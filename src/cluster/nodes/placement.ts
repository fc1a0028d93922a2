import { InputError } from '../../lang/input-error.js'
import type { Pod } from '../../api/core/generated.js'
import type { ObjectOf, ResourceName } from '../../client/resources.js'
import type { SchedulingExplanation, ExplainSchedulingOptions } from '../../scheduler/explain.js'
import { explainScheduling } from '../../scheduler/explain.js'
import type { SchedulerOptions } from '../../scheduler/options.js'
import { resolveOptions } from '../../scheduler/options.js'

/** What determines where a pod goes. */
export interface PlacementDependencies {
  /** Names of the stored resources. */
  readonly resources: readonly string[]
  readonly stored: <R extends ResourceName>(resource: R) => readonly ObjectOf<R>[]
  readonly version: string
  readonly scheduler: SchedulerOptions | undefined
}

/**
 * Explains what the cluster's scheduler would do with a pod now.
 * @throws InputError if another scheduler is responsible for the pod
 */
export function explainPlacement(
  { resources, stored, version, scheduler }: PlacementDependencies,
  pod: Pod,
): SchedulingExplanation {
  const { schedulerName = 'default-scheduler' } = pod.spec
  const { profiles = [{}] } = resolveOptions(scheduler ?? {})
  const profile = profiles.find((one) => (one.schedulerName ?? 'default-scheduler') === schedulerName)
  if (!profile)
    throw new InputError(
      `pod ${pod.metadata.name ?? ''} is for scheduler ${schedulerName}, of which the cluster has no profile`,
    )
  const all = <R extends ResourceName>(resource: R): readonly ObjectOf<R>[] =>
    resources.includes(resource) ? stored(resource) : []
  const options: ExplainSchedulingOptions = {
    version,
    profile,
    podDisruptionBudgets: all('poddisruptionbudgets'),
    namespaces: all('namespaces'),
    services: all('services'),
    replicationControllers: all('replicationcontrollers'),
    replicaSets: all('replicasets'),
    statefulSets: all('statefulsets'),
    persistentVolumeClaims: all('persistentvolumeclaims'),
    persistentVolumes: all('persistentvolumes'),
    storageClasses: all('storageclasses'),
    csiNodes: all('csinodes'),
    csiDrivers: all('csidrivers'),
    csiStorageCapacities: all('csistoragecapacities'),
    volumeAttachments: all('volumeattachments'),
    resourceClaims: all('resourceclaims'),
    resourceSlices: all('resourceslices'),
    deviceClasses: all('deviceclasses'),
  }
  return explainScheduling(pod, all('nodes'), all('pods'), options)
}
