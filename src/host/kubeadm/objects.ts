import { goDuration } from '../../lang/go/duration.js'
import { printYaml } from '../../lang/yaml/print.js'
import { parseYamlText } from '../../lang/yaml/read.js'
import { ConnectionError, isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import { kubeadmObjects } from '../../cluster/compose/default-objects.js'
import { minorOf, registryOf } from '../../cluster/kubeadm/images.js'
import type { Hosts } from '../machine/host-machine.js'
import { KUBELET_CONFIG } from '../machine/kubelet-config.js'
import type { InitConfiguration } from './config.js'
import { authorityValidityOf, validityOf } from '../../pki/index.js'

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
 * Creates what lets machines join, besides the cluster's own `kubeadmObjects`: tokens may read kubeadm's
 * configuration, and anyone may read `cluster-info`. `adminConf`: text of admin.conf. Source:
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

/** Returns a kubeconfig with the same cluster but without credentials. */
function clusterInfo(adminConf: string): string {
  const { clusters } = parseYamlText(adminConf) as { clusters: readonly { cluster: object }[] }
  return printYaml({
    apiVersion: 'v1',
    clusters: [{ cluster: clusters[0]?.cluster, name: '' }],
    contexts: null,
    'current-context': '',
    kind: 'Config',
    preferences: {},
    users: null,
  })
}

/**
 * Creates the objects that `kubeadm init` leaves in the cluster and that its later commands read: its
 * configuration, and the rights of `admin.conf` and of the apiserver as a client of kubelets. Called at the
 * first login to a host, so that clusters without hosts do not have them.
 */
export function installKubeadmObjects(hosts: Hosts): void {
  const { cluster } = hosts
  if (hosts.controlPlaneName === undefined) return
  const marker = cluster.internals.extensionState('kubeadm', () => ({ installed: false }))
  if (marker.value.installed) return
  try {
    create(hosts)
    marker.value.installed = true
  } catch (error) {
    const isLater = error instanceof ConnectionError || (isApiError(error) && error.code === 500)
    if (!isLater) throw error // tried again once the apiserver runs and etcd accepts writes
  }
}

function create(hosts: Hosts): void {
  const admin = hosts.cluster.as({ user: 'kubernetes-super-admin', groups: ['system:masters'] })
  createConfigObjects(admin, hosts)
  createBootstrapObjects(admin, hosts, hosts.cluster.pki.read('/etc/kubernetes/admin.conf'))
}

/** Creates the objects of the phases `kubeconfig` and `upload-config`. */
export function createConfigObjects(admin: Client, hosts: Hosts, asked?: InitConfiguration): void {
  const minor = minorOf(hosts.version)
  for (const object of kubeadmObjects(minor)) {
    const resource = object.kind === 'ClusterRole' ? 'clusterroles' : 'clusterrolebindings'
    ignoreAlreadyThere(() => admin.create(resource, object as never))
  }
  const put = (name: string, data: Readonly<Record<string, string>>): void =>
    ignoreAlreadyThere(() =>
      admin.create('configmaps', { metadata: { name, namespace: 'kube-system' }, data }),
    )
  put('kubeadm-config', { ClusterConfiguration: clusterConfiguration(hosts, hosts.version, asked) })
  put(kubeletConfigName(minor), { kubelet: KUBELET_CONFIG })
}

/** Returns kubeadm's ClusterConfiguration. */
export function clusterConfiguration(
  { serviceCIDR, clusterCIDR, cluster }: Hosts,
  version: string,
  asked?: InitConfiguration,
): string {
  const minor = minorOf(version)
  const {
    clusterName = 'kubernetes',
    controlPlaneEndpoint,
    dnsDomain = 'cluster.local',
    certSANs = [],
  } = cluster.pki.config
  return printYaml({
    apiServer: certSANs.length === 0 ? {} : { certSANs },
    apiVersion:
      'kubeadm.k8s.io/' +
      `${minor >= 31 ? 'v1beta4' : minor >= 22 ? 'v1beta3' : minor >= 15 ? 'v1beta2' : 'v1beta1'}`,
    ...(minor >= 31
      ? {
          caCertificateValidityPeriod: goDuration(authorityValidityOf(cluster.pki.config)),
          certificateValidityPeriod: goDuration(validityOf(cluster.pki.config)),
        }
      : {}),
    certificatesDir: asked?.certificatesDir ?? '/etc/kubernetes/pki',
    clusterName,
    ...(controlPlaneEndpoint === undefined ? {} : { controlPlaneEndpoint }),
    controllerManager: {},
    dns: {},
    ...(minor >= 31 ? { encryptionAlgorithm: 'RSA-2048' } : {}),
    etcd: { local: { dataDir: '/var/lib/etcd' } },
    imageRepository: registryOf(version),
    kind: 'ClusterConfiguration',
    kubernetesVersion: version,
    networking: {
      dnsDomain,
      ...(clusterCIDR === '' ? {} : { podSubnet: clusterCIDR }),
      serviceSubnet: serviceCIDR,
    },
    ...(minor >= 31 ? { proxy: {} } : {}),
    scheduler: {},
  })
}

/** Runs `create`, ignoring the error that the object already exists. */
export function ignoreAlreadyThere(create: () => unknown): void {
  try {
    create()
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) throw error
  }
}

/** Name of the ConfigMap with the kubelets' configuration: one for each minor until 1.23. */
export function kubeletConfigName(minor: number): string {
  return minor < 24 ? `kubelet-config-1.${minor}` : 'kubelet-config'
}
