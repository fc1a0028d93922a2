import { missingReferences, type MissingReference } from '../diagnosis/missing-references.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { prefixEnd } from '../../apiserver/storage/storage.js'
import type { ListQuery, Client, ObjectKey } from '../../client/client.js'
import type { ObjectOf, ResourceName } from '../../client/resources.js'
import { type EffectiveSecurity, effectiveSecurity } from '../../kubelet/index.js'
import { throwAtCaller } from '../at-caller.js'
import { listOptionsOf } from '../inputs/list-query.js'
import { stateInputs } from '../inputs/methods.js'
import type { ClusterParts } from '../compose/assemble.js'
import type { ComponentView } from '../compose/component-host.js'
import type { ViewOptions } from '../compose/control-plane.js'
import { type NamespacedName, keyOfName } from '../object-name.js'
import { type UnreadableValue, unreadableValues } from './unreadable.js'
import type { Machines } from '../nodes/machines.js'
import { byKey } from '../../lang/text/order.js'

/** An object as it was and is, see {@link StateFacet.changedSince}. */
export interface ChangedObject {
  readonly was: KubeObject | undefined
  readonly is: KubeObject | undefined
}

/** What the keys of all objects begin with. */
const REGISTRY = '/registry/'

/**
 * `cluster.state`: reads the state of a cluster without a request, for invariants, traces and visualization.
 */
export class StateFacet {
  static {
    throwAtCaller(this.prototype, stateInputs)
  }

  readonly #parts: () => ClusterParts

  constructor(parts: () => ClusterParts) {
    this.#parts = parts
  }

  /**
   * Returns a rolling hash over everything that has happened; equal for equal seeds and calls on any machine.
   */
  traceHash(): string {
    return this.#parts().simulation.trace.toString()
  }

  /** Whether no work is pending, as after `cluster.settle()`. */
  get atRest(): boolean {
    return this.#parts().simulation.atRest
  }

  /** Returns all stored objects of a resource in key order, even while the apiserver is stopped. */
  peek<R extends ResourceName>(
    resource: R,
    options?: Pick<ListQuery, 'namespace' | 'labelSelector' | 'fieldSelector'>,
  ): readonly ObjectOf<R>[] {
    return this.#parts().plane.server.peekAll(
      resource,
      listOptionsOf(options),
    ) as unknown as readonly ObjectOf<R>[]
  }

  /**
   * Returns the objects that were created, changed or deleted after a revision of etcd, by their keys in
   * order: each as it was then and is now, undefined if it did not or does not exist.
   * @throws EtcdError `compacted` if etcd does not know any more
   */
  changedSince(revision: number): ReadonlyMap<string, ChangedObject> {
    const found = new Map<string, { was: KubeObject | undefined; is: KubeObject | undefined }>()
    const { storage } = this.#parts().plane.server.context
    for (const { key, object, old } of storage.changesSince(REGISTRY, prefixEnd(REGISTRY), revision)) {
      const change = found.get(key)
      if (change === undefined) found.set(key, { was: old, is: object })
      else change.is = object
    }
    return new Map([...found].sort(byKey))
  }

  /** Returns the names of the stored resources in order. */
  resources(): readonly string[] {
    return this.#parts().plane.storedResources()
  }

  /**
   * Returns the caches of the running components' informers. In a fork, that sets up all components; those
   * that nothing has happened to would have what the original had, so leave them out with `awake`.
   */
  views(options: ViewOptions = {}): readonly ComponentView[] {
    return this.#parts().plane.views(options)
  }

  /** Whether a component runs and can reach the apiserver: `kube-controller-manager/job-controller`. */
  isConnected(component: string): boolean {
    return this.#parts().plane.isConnected(component)
  }

  /**
   * Returns the effective security settings of each container of a pod (user, groups, capabilities,
   * profiles), with the rule that decided each.
   * @throws ApiError if the pod does not exist
   */
  security(pod: NamespacedName): readonly EffectiveSecurity[] {
    const { client, machines } = this.#parts()
    return securityOfPod(client, machines, keyOfName(pod, 'default'))
  }

  /**
   * Returns the references of stored objects that lead nowhere: to ConfigMaps, Secrets, claims, classes,
   * roles, volumes and targets that do not exist. Optional references do not count, nor do those to what a
   * control plane makes itself.
   */
  missingReferences(): readonly MissingReference[] {
    return missingReferences(this.resources(), (resource) => this.peek(resource as ResourceName))
  }

  /**
   * Returns the values in etcd that are not objects of this cluster's API: encrypted values, unknown kinds,
   * damaged values, keys of other programs. Reads all keys.
   */
  unreadable(): readonly UnreadableValue[] {
    const { plane, store } = this.#parts()
    const { storage, resources } = plane.server.context
    return unreadableValues(store, storage, resources)
  }
}

/**
 * Returns the effective security of a pod's containers on its node. For a pod without one, the images known
 * to the first node are used.
 */
export function securityOfPod(
  client: Client,
  machines: Machines,
  key: ObjectKey,
): readonly EffectiveSecurity[] {
  const pod = client.get('pods', key)
  const node = pod.spec.nodeName ?? machines.names()[0]
  if (node === undefined || !machines.names().includes(node)) return effectiveSecurity(pod)
  const version =
    client.list('nodes', { fieldSelector: `metadata.name=${node}` }).items[0]?.status.nodeInfo
      ?.kubeletVersion ?? ''
  const minor = /^v?1\.(\d+)/.exec(version)?.[1]
  const machine = machines.get(node)
  return effectiveSecurity(pod, {
    imageOf: (image) => machine.imageFacts(image),
    ...(minor === undefined ? {} : { minor: Number(minor) }),
  })
}
