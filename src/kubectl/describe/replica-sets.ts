import type { Deployment, ReplicaSet } from '../../api/apps/generated.js'
import type { PodTemplateSpec } from '../../api/core/generated.js'
import { semanticEqual } from '../../api/equal.js'
import { formatSelector } from '../../api/labels.js'
import type { Client } from '../../client/client.js'

const HASH = 'pod-template-hash'

/**
 * The ReplicaSets of a Deployment, in the order of their names: the one with its present template, and the
 * others that have pods or had some.
 */
export interface DeploymentSets {
  readonly all: readonly ReplicaSet[]
  readonly old: readonly ReplicaSet[]
  readonly current: ReplicaSet | undefined
}

/** Reads them. Source: kubectl pkg/util/deployment GetAllReplicaSetsInChunks. */
export function replicaSetsOf(client: Client, deployment: Deployment): DeploymentSets {
  const { metadata, spec } = deployment
  const { items } = client.list('replicasets', {
    namespace: metadata.namespace ?? '',
    labelSelector: formatSelector(spec.selector),
  })
  const all = items.filter((set) =>
    set.metadata.ownerReferences?.some(({ controller, uid }) => controller === true && uid === metadata.uid),
  )
  const born = ({ metadata: { creationTimestamp, name = '' } }: ReplicaSet): string =>
    `${creationTimestamp} ${name}`
  const current = all
    .toSorted((a, b) => (born(a) < born(b) ? -1 : 1))
    .find((set) => isSameTemplate(set.spec.template, spec.template))
  return { all, current, old: all.filter((set) => set !== current) }
}

/** Templates are compared without the label that tells the sets apart. */
function isSameTemplate(one: PodTemplateSpec | undefined, other: PodTemplateSpec): boolean {
  return one !== undefined && semanticEqual(withoutHash(one), withoutHash(other))
}

function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [HASH]: _, ...labels } = template.metadata.labels ?? {}
  return { ...template, metadata: { ...template.metadata, labels } }
}
