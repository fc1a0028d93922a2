import type { Deployment, ReplicaSet } from '../../api/apps/generated.js'
import { newControllerRef } from '../../api/meta/owner-references.js'
import { podTemplateHash } from '../shared/pod-template-hash.js'
import { POD_TEMPLATE_HASH, newReplicaSetAnnotations, replicasAnnotations } from './replica-sets.js'
import { newReplicaSetSize } from './scaling.js'

/**
 * Returns the ReplicaSet to create for the Deployment's current template: named `<deployment>-<hash>`, with
 * the hash in its labels, selector and template, and with the replicas that the rollout starts with. The hash
 * depends on `minor`, the minor version of Kubernetes. Source: pkg/controller/deployment/sync.go
 * getNewReplicaSet.
 */
export function buildReplicaSet(
  deployment: Deployment,
  oldSets: readonly ReplicaSet[],
  revision: bigint,
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
