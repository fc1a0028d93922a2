import type { KubeObject } from '../api/kind/definition.js'
import { isApiError } from '../client/api-error.js'
import type { Client } from '../client/client.js'
import { splitKey } from '../client/informers/object-index.js'
import { compileWorld, type CompiledWorld } from '../netpol/compile/compiled-world.js'
import type { PolicyName } from '../netpol/compile/live-model.js'
import type { NetpolOptions } from '../netpol/options.js'
import { WorldError } from '../netpol/world-error.js'
import type { EndpointRef, WorldNamespace, WorldNode, WorldPod, WorldPolicy } from '../netpol/world.js'
import type { PlainData } from '../sim/data/plain-data.js'
import type { PolicyConnection, PolicyEnd, PolicyEnforcer } from './dependencies.js'
import { FollowedObjects, type ResourceFollower } from './followed-view.js'

const GROUP = 'policy.networking.k8s.io'

/**
 * The kinds that take effect once their CustomResourceDefinitions are installed, by definition name, with the
 * supported version.
 */
const custom: Readonly<Record<string, readonly [kind: PolicyName['kind'], version: string]>> = {
  [`clusternetworkpolicies.${GROUP}`]: ['ClusterNetworkPolicy', 'v1alpha2'],
  [`adminnetworkpolicies.${GROUP}`]: ['AdminNetworkPolicy', 'v1alpha1'],
  [`baselineadminnetworkpolicies.${GROUP}`]: ['BaselineAdminNetworkPolicy', 'v1alpha1'],
}

/** How policies are enforced. */
export interface NetworkPolicyOptions extends NetpolOptions {
  /**
   * The fate of established connections that a new policy forbids: connection tracking keeps them, or their
   * packets are checked too.
   * @defaultValue 'keep'
   */
  readonly existingConnections?: 'keep' | 'cut'
}

/** Returns whether the apiserver serves the resource of a CustomResourceDefinition. */
function isEstablished(definition: KubeObject): boolean {
  const { status } = definition as unknown as {
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
  }
  return status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True') === true
}

/**
 * Reads an object; if it is invalid, treats it as absent, as a network plugin does with a version that it
 * does not support.
 */
function readOr(read: () => void, absent: () => void): void {
  try {
    read()
  } catch (error) {
    if (!(error instanceof WorldError)) throw error
    absent()
  }
}

/**
 * Stands for a network plugin that enforces policies: NetworkPolicy, and the kinds of
 * policy.networking.k8s.io while their CustomResourceDefinitions are installed. Nothing of the cluster is
 * read until there is a policy and a connection; after that only changes are. A cache; a fork builds its own.
 */
export class ClusterPolicies implements PolicyEnforcer {
  readonly #client: Client
  readonly #world: CompiledWorld
  readonly #definitions: FollowedObjects
  readonly #policies: FollowedObjects
  readonly #custom = new Map<string, FollowedObjects>()
  readonly #objects: readonly FollowedObjects[]

  constructor(client: Client, options: NetpolOptions = {}) {
    this.#client = client
    const world = compileWorld({}, options)
    this.#world = world
    this.#policies = new FollowedObjects(client, 'networkpolicies', this.#policiesOf('NetworkPolicy'))
    this.#definitions = new FollowedObjects(client, 'customresourcedefinitions', {
      set: (definition) => this.#defined(definition.metadata.name ?? '', isEstablished(definition)),
      remove: (name) => this.#defined(name, false),
    })
    this.#objects = [
      new FollowedObjects(client, 'namespaces', {
        set: (each) => world.setNamespace(each as WorldNamespace),
        remove: (name) => world.removeNamespace(name),
      }),
      new FollowedObjects(client, 'nodes', {
        set: (each) =>
          readOr(
            () => world.setNode(each as unknown as WorldNode),
            () => world.removeNode(each.metadata.name ?? ''),
          ),
        remove: (name) => world.removeNode(name),
      }),
      new FollowedObjects(client, 'pods', {
        set: (each) =>
          readOr(
            () => world.setPod(each as unknown as WorldPod),
            () => world.removePod(`${each.metadata.namespace ?? ''}/${each.metadata.name ?? ''}`),
          ),
        remove: (key) => world.removePod(key),
      }),
    ]
  }

  /** Returns whether there is any policy now. */
  hasPolicies(): boolean {
    this.#policies.pull()
    this.#definitions.pull()
    let count = this.#policies.size
    for (const [name, followed] of this.#custom) {
      try {
        followed.pull()
      } catch (error) {
        // removed with its definition, whose event arrives later, or not served in the supported version
        if (!isApiError(error, 'NotFound')) throw error
        this.#defined(name, false)
      }
      count += followed.size
    }
    return count > 0
  }

  /** Evaluates the current policies. */
  check({ from, to, port, protocol, service = false, side }: PolicyConnection): {
    readonly allowed: boolean
    readonly proof: PlainData
  } {
    if (this.hasPolicies()) for (const followed of this.#objects) followed.pull()
    const family = to.ip.includes(':') ? ('IPv6' as const) : ('IPv4' as const)
    try {
      const { allowed, proof } = this.#world.evaluate({
        from: this.#refOf(from),
        to: this.#refOf(to),
        port,
        protocol,
        service,
        family,
      })
      return {
        allowed: side === 'egress' ? proof.egress.allowed : allowed,
        proof: proof as unknown as PlainData,
      }
    } catch (error) {
      if (!(error instanceof WorldError)) throw error
      // the API reports the same address for two pods
      return { allowed: false, proof: { fault: error.message } }
    }
  }

  #refOf({ ip, pod, node }: PolicyEnd): EndpointRef {
    const { pods, nodes } = this.#world.model
    if (pod !== undefined && pods.has(pod)) return pod
    return pod === undefined && node !== undefined && nodes.has(node) ? { node } : { ip }
  }

  #policiesOf(kind: PolicyName['kind']): ResourceFollower {
    const remove = (key: string): void => this.#world.removePolicy({ kind, ...splitKey(key) })
    return {
      set: (object) =>
        readOr(
          () => this.#world.setPolicy({ ...(object as WorldPolicy), kind }),
          () => remove(`${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`),
        ),
      remove,
    }
  }

  #defined(name: string, isServed: boolean): void {
    const known = Object.hasOwn(custom, name) ? custom[name] : undefined
    if (known === undefined) return
    const followed = this.#custom.get(name)
    if (isServed) {
      const [kind, version] = known
      const resource = `${name.slice(0, name.indexOf('.'))}.${version}.${GROUP}`
      if (followed === undefined)
        this.#custom.set(name, new FollowedObjects(this.#client, resource, this.#policiesOf(kind)))
    } else if (followed !== undefined) {
      this.#custom.delete(name)
      followed.clear()
    }
  }
}
