import type { Node, Pod } from '../../api/core/generated.js'
import { badRequest, notFound, untypedError } from '../errors.js'
import type { NodeAgent } from '../../client/node-agent.js'
import type { RegistryRequest, RegistryContext } from '../registry/context.js'
import { load } from '../registry/stored.js'

const KUBELET_PORT = 10250
/** Types of node addresses, in the order that kubeadm configures. */
const ADDRESS_TYPES = ['InternalIP', 'ExternalIP', 'Hostname']

/** @throws ApiError 404 if the pod does not exist. */
export function podOf(context: RegistryContext, { namespace, name, resource }: RegistryRequest): Pod {
  const pod = load(context, resource, namespace, name)
  if (pod === undefined) throw notFound(resource, name)
  return pod as unknown as Pod
}

/**
 * Returns the container of a request. Source: kubernetes pkg/registry/core/pod/strategy.go validateContainer.
 * @throws ApiError 400 if no container is named and the pod has several, or if the named one does not exist.
 */
export function containerOf({ metadata, spec }: Pod, container: string | undefined): string {
  const names = spec.containers.map(({ name }) => name)
  const initNames = (spec.initContainers ?? []).map(({ name }) => name)
  if (container !== undefined && container !== '') {
    const ephemeral = (spec.ephemeralContainers ?? []).map(({ name }) => name)
    if ([...initNames, ...names, ...ephemeral].includes(container)) return container
    throw badRequest(`container ${container} is not valid for pod ${metadata.name ?? ''}`)
  }
  if (names.length === 1) return names[0] as string
  const must = `a container name must be specified for pod ${metadata.name ?? ''}`
  if (names.length === 0) throw badRequest(must)
  const init = initNames.length === 0 ? '' : ` or one of the init containers: [${initNames.join(' ')}]`
  throw badRequest(`${must}, choose one of: [${names.join(' ')}]${init}`)
}

/** The kubelet of a pod's node and its address. */
export interface KubeletLocation {
  /** `10.0.0.11:10250` */
  readonly host: string
  /** Undefined if the kubelet does not respond. */
  readonly agent: NodeAgent | undefined
  /** Go's error of the dial if the kubelet does not respond. */
  readonly dialError: string
}

/**
 * Source: kubernetes pkg/kubelet/client NodeConnectionInfoGetter.
 * @throws ApiError 404 if the node does not exist, 500 if it has no address.
 */
export function kubeletOf(context: RegistryContext, node: string): KubeletLocation {
  const resource = context.resources.get('nodes')
  const found = load(context, resource, undefined, node) as unknown as Node | undefined
  if (found === undefined) throw notFound(resource, node)
  const { addresses = [], daemonEndpoints } = found.status ?? {}
  const address = ADDRESS_TYPES.map((type) => addresses.find((one) => one.type === type)).find(
    (one) => one !== undefined,
  )
  if (address === undefined) throw untypedError(`no preferred addresses found; known addresses: []`)
  const host = `${address.address}:${daemonEndpoints?.kubeletEndpoint?.Port || KUBELET_PORT}`
  const isName = !/^[\d.]+$|:/.test(address.address)
  const { nodeAgents, late } = context.dependencies
  const fault = nodeAgents?.connectionFault?.(node)
  return {
    host,
    agent:
      fault === undefined ? (nodeAgents?.agentOf(node) ?? late.kubelets?.agentOf(node, host)) : undefined,
    dialError:
      fault ??
      (isName
        ? `dial tcp: lookup ${address.address}: no such host`
        : `dial tcp ${host}: connect: connection refused`),
  }
}
