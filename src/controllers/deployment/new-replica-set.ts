import type { Deployment, ReplicaSet } from '../../api/apps/generated.js'
import { newControllerRef } from '../../api/meta/owner-references.js'
import { podTemplateHash } from '../shared/pod-template-hash.js'
import { POD_TEMPLATE_HASH, newReplicaSetAnnotations, replicasAnnotations } from './replica-sets.js'
import { newReplicaSetSize } from './scaling.js'

/**
 * The ReplicaSet to create for the Deployment's present template: `<deployment>-<hash>`, with the hash as
 * label, in the selector and in the template, and of the size that a rollout may begin with. `minor` is the
 * minor version of Kubernetes, on which the hash depends. Source: pkg/controller/deployment/sync.go
 * getNewReplicaSet.
 */
export function buildReplicaSet(
  deployment: Deployment,
  oldSets: readonly ReplicaSet[],
  revision: number,
  minor: number,
): ReplicaSet {
  const { metadata, spec, status } = deployment
  const hash = podTemplateHash(spec.template, status.collisionCount, minor)
  const labels = { ...spec.template.metadata.labels, [POD_TEMPLATE_HASH]: hash }
  const set: ReplicaSet = {
    metadata: {
      name: `${metadata.name ?? ''}-${hash}`,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      labels,
      annotations: {
        ...newReplicaSetAnnotations(deployment, {}, revision),
        ...replicasAnnotations(deployment),
      },
      ownerReferences: [newControllerRef(deployment, 'apps/v1', 'Deployment')],
    },
    spec: {
      replicas: 0,
      ...(spec.minReadySeconds === undefined ? {} : { minReadySeconds: spec.minReadySeconds }),
      selector: {
        ...spec.selector,
        matchLabels: { ...spec.selector.matchLabels, [POD_TEMPLATE_HASH]: hash },
      },
      template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
    },
    status: { replicas: 0 },
  }
  return { ...set, spec: { ...set.spec, replicas: newReplicaSetSize(deployment, set, [...oldSets, set]) } }
}
