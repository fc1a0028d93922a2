import { parse, stringify } from 'yaml'
import type { Client } from '../../client/client.js'
import { minorOf } from '../control-plane/images.js'
import type { Hosts } from '../machine/host-machine.js'
import { kubeletConfigName } from './kubelet-config-name.js'
import { ignoreAlreadyThere } from './once.js'

const GROUP = 'rbac.authorization.k8s.io'
/** Group of bootstrap tokens that kubeadm makes. */
export const BOOTSTRAPPERS = 'system:bootstrappers:kubeadm:default-node-token'
const NODES = 'system:nodes'

interface Subject {
  readonly kind: 'Group' | 'User'
  readonly name: string
  readonly apiGroup?: string
}

const group = (name: string): Subject => ({ kind: 'Group', name, apiGroup: GROUP })

/**
 * What lets machines join, besides the cluster's own `kubeadmObjects`: tokens may read kubeadm's
 * configuration, anyone `cluster-info`. `adminConf`: text of admin.conf. Source:
 * cmd/kubeadm/app/phases/bootstraptoken.
 */
export function createBootstrapObjects(client: Client, hosts: Hosts, adminConf: string): void {
  const minor = minorOf(hosts.version)
  const allow = (namespace: string, name: string, configMap: string, subjects: readonly Subject[]): void => {
    ignoreAlreadyThere(() =>
      client.create('roles', {
        metadata: { name, namespace },
        rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: [configMap], verbs: ['get'] }],
      }),
    )
    ignoreAlreadyThere(() =>
      client.create('rolebindings', {
        metadata: { name, namespace },
        roleRef: { apiGroup: GROUP, kind: 'Role', name },
        subjects: subjects as never,
      }),
    )
  }
  allow('kube-system', 'kubeadm:nodes-kubeadm-config', 'kubeadm-config', [group(BOOTSTRAPPERS), group(NODES)])
  const kubelet = kubeletConfigName(minor)
  allow('kube-system', minor < 24 ? `kubeadm:${kubelet}` : 'kubeadm:kubelet-config', kubelet, [
    group(NODES),
    group(BOOTSTRAPPERS),
  ])
  ignoreAlreadyThere(() =>
    client.create('configmaps', {
      metadata: { name: 'cluster-info', namespace: 'kube-public' },
      data: { kubeconfig: clusterInfo(adminConf) },
    }),
  )
  allow('kube-public', 'kubeadm:bootstrap-signer-clusterinfo', 'cluster-info', [
    { kind: 'User', name: 'system:anonymous', apiGroup: GROUP },
  ])
}

/** A kubeconfig with the cluster of another one, and nobody's credentials. */
function clusterInfo(adminConf: string): string {
  const { clusters } = parse(adminConf) as { clusters: readonly { cluster: object }[] }
  return stringify(
    {
      apiVersion: 'v1',
      clusters: [{ cluster: clusters[0]?.cluster, name: '' }],
      contexts: null,
      'current-context': '',
      kind: 'Config',
      preferences: {},
      users: null,
    },
    { lineWidth: 0, indentSeq: false },
  )
}
