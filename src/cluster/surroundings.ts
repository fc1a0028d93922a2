import type { TokenRequest } from '../api/authentication/generated.js'
import type { Pod } from '../api/core/generated.js'
import { ignoreNotFound, isApiError } from '../apiserver/client/api-error.js'
import { handleHttp } from '../apiserver/http.js'
import type { Machine, NetworkRequest, NetworkResponse, Surroundings } from '../kubelet/index.js'
import type { ControlPlane } from './control-plane.js'
import { ADMIN } from './identities.js'
import { SimpleReachability } from './reachability.js'

/** Where the machines of a cluster are. */
export interface MachineDirectory {
  /** All machines by their names, in order. */
  all(): Iterable<readonly [string, Machine]>
  nodeAt(address: string): string | undefined
}

/** What the containers of a cluster see of it, beyond their machine. */
export function surroundingsOf(plane: ControlPlane, machines: MachineDirectory): Surroundings {
  const client = plane.client(ADMIN)
  const network = new SimpleReachability({
    client,
    machines: () => machines.all(),
    nodeAt: (address) => machines.nodeAt(address),
    chance: () => plane.simulation.random.stream('network/kube-proxy'),
    apiserver: (request) => askApiserver(plane, request),
  })
  return {
    networkOf: (pod, podIP) => network.networkOf(pod, podIP),
    serviceEnv: (pod, before) => network.serviceEnv(pod, before),
    serviceAccountToken: (pod, audience, seconds) => tokenOf(plane, pod, audience, seconds),
    configMap: (namespace, name) => ignoreNotFound(() => client.get('configmaps', { namespace, name })),
  }
}

function askApiserver(plane: ControlPlane, { method = 'GET', path = '/', headers = {}, body }: NetworkRequest): NetworkResponse {
  const [before = '/', query] = path.split('?', 2)
  const answer = handleHttp(plane.server, { method, path: before, headers, ...(query === undefined ? {} : { query }), ...(body === undefined ? {} : { body }) })
  if ('next' in answer) {
    const lines = answer.next()
    answer.stop()
    return { status: 200, body: lines.map((line) => `${line}\n`).join('') }
  }
  const { code, body: text } = answer
  return { status: code, headers: { 'content-type': String(answer.headers['content-type'] ?? 'application/json') }, body: text }
}

/** The token that the kubelet would have put into the pod's volume: asked for when somebody looks at it. */
function tokenOf(plane: ControlPlane, { metadata, spec }: Pod, audience: string | undefined, expirationSeconds: number): string {
  const node = plane.client({ name: `system:node:${spec.nodeName ?? ''}`, groups: ['system:nodes', 'system:authenticated'] })
  const { name = '', namespace = 'default', uid = '' } = metadata
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name, uid }
  const body = { spec: { audiences: audience === undefined ? [] : [audience], expirationSeconds, boundObjectRef } }
  try {
    const key = { namespace, name: spec.serviceAccountName ?? 'default' }
    const answer = node.createSubresource('serviceaccounts', key, 'token', body) as unknown as TokenRequest
    return answer.status?.token ?? ''
  } catch (error) {
    // of releases without bound tokens, or when the account is gone
    if (isApiError(error)) return ''
    throw error
  }
}
