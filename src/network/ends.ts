import { InputError } from '../lang/input-error.js'
import { quote } from '../lang/go/quote.js'
import { notFound } from '../client/not-found.js'
import type { Pod, Service } from '../api/core/generated.js'
import { parseIp } from '../lang/go/ip.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Client } from '../client/client.js'
import { splitKey } from '../client/informers/object-index.js'
import type { Source } from './packet.js'
import type { NetworkNode, NodeDirectory, RunningPod } from './dependencies.js'

/** A pod or Service as `namespace/name`; without a slash, in `default`. */
type Name = string

/**
 * The sender: a pod (`'namespace/name'`, `{ pod }`, or `{ namespace, pod }`), a node itself, or an address
 * outside the cluster.
 */
export type From =
  | Name
  | { readonly pod: string; readonly namespace?: string }
  | { readonly node: string }
  | { readonly ip: string }

/**
 * The destination. Text with a slash is a Service of that name, or else a pod; other text is an address, or a
 * host name that the source resolves through DNS.
 */
export type To =
  | string
  | { readonly service: string; readonly namespace?: string }
  | { readonly pod: string; readonly namespace?: string }
  | { readonly node: string }
  | { readonly ip: string }
  | { readonly host: string }

/** What `to` refers to, before DNS. */
export type ConnectionTarget =
  | { readonly kind: 'service'; readonly service: Service }
  | { readonly kind: 'pod'; readonly pod: Pod }
  | { readonly kind: 'address'; readonly ip: string }
  | { readonly kind: 'name'; readonly name: string }

interface Key {
  readonly namespace: string
  readonly name: string
}

/** Finds the objects that the ends of a connection refer to. */
export class Ends {
  readonly #client: Client
  readonly #nodes: NodeDirectory

  constructor(client: Client, nodes: NodeDirectory) {
    this.#client = client
    this.#nodes = nodes
  }

  /**
   * Returns the sender.
   * @throws ApiError NotFound if the pod does not exist
   * @throws InputError if the node is unknown or the address invalid
   */
  source(from: From): Source {
    if (typeof from !== 'string' && 'ip' in from) {
      if (parseIp(from.ip) === undefined) throw new InputError(`${quote(from.ip)} is not an IP address`)
      const node = this.#nodes.at(from.ip)
      return node === undefined ? { kind: 'outside', ip: from.ip } : { kind: 'node', node }
    }
    if (typeof from !== 'string' && 'node' in from) return { kind: 'node', node: this.#node(from.node) }
    const key = typeof from === 'string' ? keyOf(from) : keyOf(from.pod, from.namespace)
    const pod = this.#client.get('pods', key)
    const found = this.runningPod(pod)
    return { kind: 'pod', ...(found ?? this.#unscheduledPod(pod)) }
  }

  /**
   * Returns the destination.
   * @throws ApiError NotFound if the named object does not exist
   */
  target(to: To): ConnectionTarget {
    if (typeof to === 'string') {
      if (parseIp(to) !== undefined) return { kind: 'address', ip: to }
      return to.includes('/') ? this.#serviceOrPod(keyOf(to)) : { kind: 'name', name: to }
    }
    if ('service' in to)
      return { kind: 'service', service: this.#client.get('services', keyOf(to.service, to.namespace)) }
    if ('pod' in to) return { kind: 'pod', pod: this.#client.get('pods', keyOf(to.pod, to.namespace)) }
    if ('node' in to) return { kind: 'address', ip: this.#node(to.node).address }
    return 'ip' in to ? { kind: 'address', ip: to.ip } : { kind: 'name', name: to.host }
  }

  /** Returns the pod of an API object as its node's runtime knows it. */
  runningPod({
    metadata: { uid = '', annotations },
    spec,
  }: Pod): { readonly node: NetworkNode; readonly pod: RunningPod } | undefined {
    const node = this.#nodes.get(spec.nodeName ?? '')
    // a mirror pod represents a static pod, which the machine knows by the hash of its manifest
    const uids = [uid, annotations?.['kubernetes.io/config.hash'] ?? uid]
    for (const pod of node?.pods() ?? [])
      if (uids.includes(pod.uid)) return { node: node as NetworkNode, pod }
    return undefined
  }

  /** Returns a placeholder for a pod that no node runs; it cannot send anything. */
  #unscheduledPod({ metadata: { uid = '', namespace = '', name = '' }, spec }: Pod): {
    readonly node: NetworkNode
    readonly pod: RunningPod
  } {
    const node: NetworkNode = this.#nodes.get(spec.nodeName ?? '') ?? {
      name: spec.nodeName ?? '',
      address: '',
      addresses: [],
      powered: false,
      isolated: false,
      kubelet: false,
      pods: () => [],
      accepts: () => false,
      askKubelet: () => ({ body: '' }),
      request: () => ({ kind: 'unreachable' }),
    }
    return { node, pod: { uid, namespace, name, hostNetwork: false, sandbox: 'notready' } }
  }

  #serviceOrPod(key: Key): ConnectionTarget {
    const service = ignoreNotFound(() => this.#client.get('services', key))
    return service === undefined
      ? { kind: 'pod', pod: this.#client.get('pods', key) }
      : { kind: 'service', service }
  }

  #node(name: string): NetworkNode {
    const node = this.#nodes.get(name)
    if (node === undefined) throw notFound('node', name, { known: this.#nodes.names() })
    return node
  }
}

const keyOf = (name: string, namespace = 'default'): Key => ({ namespace, ...splitKey(name) })
