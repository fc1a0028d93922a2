import type { PersistentVolume, Pod } from '../../api/core/generated.js'
import { isMirrorPod } from '../../api/core/conditions.js'
import type { StoreView } from '../../apiserver/storage/stored-objects.js'
import { visitReferences, volumeSecrets } from './references.js'

type PodsView = Pick<StoreView, 'list' | 'withField' | 'onChange'>

/** The objects that pods of one node refer to (`secrets/namespace/name`), with the number of references. */
type NodeReferences = Map<string, number>

/** The volumes of a cluster, as far as they matter for secrets. */
interface Volumes {
  /**
   * Claims of the volumes that need a secret: by the secret's key, the claims' keys with the number of such
   * volumes.
   */
  readonly claimsOfSecret: Map<string, Map<string, number>>
}

const keyOf = (resource: string, namespace: string, name: string): string =>
  `${resource}/${namespace}/${name}`

/**
 * The objects that a node's pods lead to: the node authorizer's graph, with its edges `node <- pod <- secret,
 * configmap, claim, account` and `claim <- volume <- secret` collapsed into counts by node. The pods of a
 * node are read on its first request, the volumes on the first request for a secret that no pod names; after
 * that, a change costs time proportional to what it affects. A fork of the cluster reads its own store again.
 * Source: plugin/pkg/auth/authorizer/node/graph.go.
 */
export class ReferenceGraph {
  readonly #view: PodsView
  readonly #nodes = new Map<string, NodeReferences>()
  #volumes: Volumes | undefined

  constructor(view: PodsView) {
    this.#view = view
    view.onChange<Pod>('pods', (next, old) => this.#podChanged(next, old))
    view.onChange<PersistentVolume>('persistentvolumes', (next, old) => this.#volumeChanged(next, old))
  }

  /** Returns whether a pod on the node refers to the object in its own namespace. */
  isUsed(node: string, resource: string, namespace: string, name: string): boolean {
    return this.#referencesOf(node).has(keyOf(resource, namespace, name))
  }

  /** Returns whether the secret belongs to a volume whose claim a pod on the node uses. */
  isSecretOfVolume(node: string, namespace: string, name: string): boolean {
    const claims = this.#loadVolumes().claimsOfSecret.get(keyOf('secrets', namespace, name))
    if (claims === undefined) return false
    const references = this.#referencesOf(node)
    for (const claim of claims.keys()) if (references.has(claim)) return true
    return false
  }

  #referencesOf(node: string): NodeReferences {
    let references = this.#nodes.get(node)
    if (references === undefined) {
      this.#nodes.set(node, (references = new Map()))
      for (const pod of this.#view.withField<Pod>('pods', 'spec.nodeName', node)) count(references, pod, 1)
    }
    return references
  }

  #loadVolumes(): Volumes {
    if (this.#volumes === undefined) {
      this.#volumes = { claimsOfSecret: new Map() }
      for (const volume of this.#view.list<PersistentVolume>('persistentvolumes'))
        countVolume(this.#volumes, volume, 1)
    }
    return this.#volumes
  }

  #podChanged(next: Pod | undefined, old: Pod | undefined): void {
    if (this.#nodes.size === 0 || (next !== undefined && old !== undefined && hasSameReferences(next, old)))
      return
    const before = this.#nodes.get(old?.spec.nodeName ?? '')
    const after = this.#nodes.get(next?.spec.nodeName ?? '')
    if (before !== undefined && old !== undefined) count(before, old, -1)
    if (after !== undefined && next !== undefined) count(after, next, 1)
  }

  #volumeChanged(next: PersistentVolume | undefined, old: PersistentVolume | undefined): void {
    // the secrets of a volume are in its spec, so a status update changes nothing
    if (this.#volumes === undefined || (next !== undefined && next.spec === old?.spec)) return
    if (old !== undefined) countVolume(this.#volumes, old, -1)
    if (next !== undefined) countVolume(this.#volumes, next, 1)
  }
}

/** Returns whether the references are unchanged, as they are after a status update. */
function hasSameReferences(next: Pod, old: Pod): boolean {
  return (
    next.spec === old.spec &&
    next.status.resourceClaimStatuses === old.status.resourceClaimStatuses &&
    next.status.extendedResourceClaimStatus === old.status.extendedResourceClaimStatus &&
    isMirrorPod(next) === isMirrorPod(old)
  )
}

/**
 * Adds or subtracts a pod's references. Mirror pods are skipped: the kubelet creates them itself, so they
 * must not grant it anything.
 */
function count(references: NodeReferences, pod: Pod, by: 1 | -1): void {
  if (isMirrorPod(pod)) return
  const { namespace = '' } = pod.metadata
  visitReferences(pod, (resource, name) => add(references, keyOf(resource, namespace, name), by))
}

function countVolume({ claimsOfSecret }: Volumes, volume: PersistentVolume, by: 1 | -1): void {
  const { claimRef } = volume.spec ?? {}
  if (claimRef?.name === undefined) return
  const claim = keyOf('persistentvolumeclaims', claimRef.namespace ?? '', claimRef.name)
  for (const secret of volumeSecrets(volume)) {
    const key = keyOf('secrets', secret.namespace, secret.name)
    let claims = claimsOfSecret.get(key)
    if (claims === undefined) claimsOfSecret.set(key, (claims = new Map()))
    add(claims, claim, by)
    if (claims.size === 0) claimsOfSecret.delete(key)
  }
}

function add(counts: Map<string, number>, key: string, by: number): void {
  const sum = (counts.get(key) ?? 0) + by
  if (sum === 0) counts.delete(key)
  else counts.set(key, sum)
}
