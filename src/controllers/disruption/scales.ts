import type { Deployment, ReplicaSet } from '../../api/apps/generated.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import { controllerOf } from '../../api/meta/owner-references.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { Informer } from '../../client/informer.js'
import { ExpectedPodsError } from './expected-pods.js'
import type { ControllerScale } from './expected-pods.js'

/** Built-in kinds that control pods but have no scale subresource, by what upstream calls their resource. */
const NOT_SCALABLE: Readonly<Record<string, string>> = {
  'apps/DaemonSet': 'daemonsets.apps',
  'batch/Job': 'jobs.batch',
  '/Node': 'nodes',
}

/**
 * Finds the scale of the controllers of pods: Deployments behind ReplicaSets and ReplicaSets of their own by
 * informer, everything else through its scale subresource. Source: disruption.go finders.
 */
export class ControllerScales {
  readonly #client: Client
  readonly #sets: Informer<ReplicaSet>
  readonly #deployments: Informer<Deployment>

  constructor(client: Client, sets: Informer<ReplicaSet>, deployments: Informer<Deployment>) {
    this.#client = client
    this.#sets = sets
    this.#deployments = deployments
  }

  /** Undefined when the controller is gone. @throws ExpectedPodsError when its kind has no scale. */
  scaleOf(controller: OwnerReference, namespace: string): ControllerScale | undefined {
    const group = groupOf(controller.apiVersion)
    const isReplicaSet = controller.kind === 'ReplicaSet' && (group === 'apps' || group === 'extensions')
    if (isReplicaSet) return this.#ofReplicaSet(controller, namespace)
    const name = NOT_SCALABLE[`${group}/${controller.kind}`]
    if (name !== undefined) throw new ExpectedPodsError(`${name} does not implement the scale subresource`)
    return this.#ofScalable(controller, group, namespace)
  }

  #ofReplicaSet(reference: OwnerReference, namespace: string): ControllerScale | undefined {
    const set = this.#sets.get(`${namespace}/${reference.name}`)
    if (set?.metadata.uid !== reference.uid) return undefined
    const owner = controllerOf(set)
    if (owner?.kind !== 'Deployment') return { uid: reference.uid, replicas: set.spec.replicas ?? 1 }
    const deployment = this.#deployments.get(`${namespace}/${owner.name}`)
    return deployment?.metadata.uid === owner.uid
      ? { uid: owner.uid, replicas: deployment.spec.replicas ?? 1 }
      : undefined
  }

  #ofScalable(reference: OwnerReference, group: string, namespace: string): ControllerScale | undefined {
    const resource = group === '' ? pluralOf(reference.kind) : `${pluralOf(reference.kind)}.${group}`
    const scale = ignoreNotFound(() =>
      this.#client.getSubresource(resource, { namespace, name: reference.name }, 'scale'),
    )
    if (scale?.metadata.uid !== reference.uid) return undefined
    const { spec } = scale as { readonly spec?: { readonly replicas?: number } }
    return { uid: reference.uid, replicas: spec?.replicas ?? 0 }
  }
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
}

/** Source: apimachinery pkg/api/meta UnsafeGuessKindToResource. */
function pluralOf(kind: string): string {
  const singular = kind.toLowerCase()
  if (singular.endsWith('s')) return `${singular}es`
  return singular.endsWith('y') ? `${singular.slice(0, -1)}ies` : `${singular}s`
}
