import type { CustomResourceDefinition } from '../../api/apiextensions/generated.js'
import type { KubeObject } from '../../api/definition.js'
import { formatTime } from '../../api/time.js'
import { CLEANUP_FINALIZER, withCondition } from '../../api/apiextensions/conditions.js'

/**
 * A CRD after the first DELETE: marked, with the finalizer of the controller that deletes its objects.
 * Undefined when it has been marked before. Source: apiextensions
 * pkg/registry/customresourcedefinition/etcd.go Delete.
 */
export function terminatingDefinition(existing: KubeObject, now: number): KubeObject | undefined {
  if (existing.metadata.deletionTimestamp !== undefined) return undefined
  const crd = existing as CustomResourceDefinition
  const finalizers = crd.metadata.finalizers ?? []
  const conditions = withCondition(
    crd.status.conditions ?? [],
    {
      type: 'Terminating',
      status: 'True',
      reason: 'InstanceDeletionPending',
      message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    },
    now,
  )
  return {
    ...crd,
    metadata: {
      ...crd.metadata,
      deletionTimestamp: formatTime(now),
      finalizers: finalizers.includes(CLEANUP_FINALIZER) ? finalizers : [...finalizers, CLEANUP_FINALIZER],
    },
    status: { ...crd.status, conditions },
  } as KubeObject
}
