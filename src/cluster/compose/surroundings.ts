import type { TokenRequest } from '../../api/authentication/generated.js'
import type { Pod } from '../../api/core/generated.js'
import { quantityValue } from '../../api/quantity.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { MachineDependencies } from '../../kubelet/index.js'
import type { ClusterNetwork } from '../network/cluster-network.js'
import type { ControlPlane } from './control-plane.js'
import { NODE_PROGRAMS } from '../access/identities.js'
import { PodNetwork } from '../network/pod-network.js'
import type { VolumeStore } from '../storage/volume-store.js'

/** Returns what the containers of a cluster see beyond their machine. */
export function containerSurroundings(
  plane: ControlPlane,
  cluster: ClusterNetwork,
  volumes: VolumeStore,
): MachineDependencies {
  const client = plane.client(NODE_PROGRAMS)
  return {
    networkOf: (pod) => new PodNetwork(cluster.network, pod),
    serviceEnv: (pod, before) => cluster.network.serviceEnv(pod, before),
    serviceAccountToken: (pod, audience, seconds) => tokenOf(plane, pod, audience, seconds),
    configMap: (namespace, name) => ignoreNotFound(() => client.get('configmaps', { namespace, name })),
    nodeMemory: (name) =>
      quantityValue(ignoreNotFound(() => client.get('nodes', { name }))?.status.capacity?.['memory'] ?? '0'),
    nodeAddress: (name) =>
      ignoreNotFound(() => client.get('nodes', { name }))?.status.addresses?.find(
        ({ type }) => type === 'InternalIP',
      )?.address ?? '',
    networkVolume: (id) => volumes.files(id),
  }
}

/** Returns the token that the kubelet would have put into the pod's volume; requested when it is read. */
function tokenOf(
  plane: ControlPlane,
  { metadata, spec }: Pod,
  audience: string | undefined,
  expirationSeconds: number,
): string {
  const node = plane.client({
    name: `system:node:${spec.nodeName ?? ''}`,
    groups: ['system:nodes', 'system:authenticated'],
  })
  const { name = '', namespace = 'default', uid = '' } = metadata
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name, uid }
  const body = {
    spec: { audiences: audience === undefined ? [] : [audience], expirationSeconds, boundObjectRef },
  }
  try {
    const key = { namespace, name: spec.serviceAccountName ?? 'default' }
    const response = node.createSubresource('serviceaccounts', key, 'token', body) as unknown as TokenRequest
    return response.status?.token ?? ''
  } catch (error) {
    // releases without bound tokens, or the account is gone
    if (isApiError(error)) return ''
    throw error
  }
}
