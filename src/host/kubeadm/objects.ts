import { stringify } from 'yaml'
import type { Client } from '../../client/client.js'
import { ConnectionError, isApiError } from '../../client/api-error.js'
import { kubeadmObjects } from '../../cluster/compose/default-objects.js'
import { KUBELET_CONFIG } from '../machine/kubelet-config.js'
import type { Hosts } from '../machine/host-machine.js'
import { createBootstrapObjects } from './bootstrap-objects.js'
import type { InitConfiguration } from './config.js'
import { minorOf, registryOf } from '../control-plane/images.js'
import { kubeletConfigName } from './kubelet-config-name.js'
import { ignoreAlreadyThere } from './once.js'

/**
 * The objects that `kubeadm init` leaves in the cluster and that its later commands look for: its
 * configuration, and the rights of `admin.conf` and of the apiserver as a client of kubelets. Made when
 * somebody first logs in to a host; there is no other trace of it in a cluster.
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
    if (!isLater) throw error // once the apiserver is there, and etcd takes writes
  }
}

function create(hosts: Hosts): void {
  const admin = hosts.cluster.as({ user: 'kubernetes-super-admin', groups: ['system:masters'] })
  createConfigObjects(admin, hosts)
  createBootstrapObjects(admin, hosts, hosts.cluster.pki.read('/etc/kubernetes/admin.conf'))
}

/** What the phases `kubeconfig` and `upload-config` leave in the cluster. */
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

/** kubeadm's ClusterConfiguration. */
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
  return stringify({
    apiServer: certSANs.length === 0 ? {} : { certSANs },
    apiVersion:
      'kubeadm.k8s.io/' +
      `${minor >= 31 ? 'v1beta4' : minor >= 22 ? 'v1beta3' : minor >= 15 ? 'v1beta2' : 'v1beta1'}`,
    ...(minor >= 31
      ? { caCertificateValidityPeriod: '87600h0m0s', certificateValidityPeriod: '8760h0m0s' }
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
