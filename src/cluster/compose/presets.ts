import { advertisedAddress, CONTROL_PLANE_ADDRESSES } from '../access/cluster-pki.js'
import { controlPlaneMarks } from '../kubeadm/control-plane-marks.js'
import { releaseOf } from '../kubeadm/addon-versions.js'
import { COMPONENTS, minorOf } from '../kubeadm/images.js'
import type { Pod } from '../../api/core/generated.js'
import { parseYamlText } from '../../lang/yaml/read.js'
import { staticPodText } from '../kubeadm/static-pods.js'
import { mergeOptions } from './merge-options.js'
import { type ClusterOptions, DEFAULTS, type NodeOptions, nodesOf } from './options.js'
import { endpointHost } from '../../lang/go/host-port.js'

/** Returns the options that `like` stands for, with the given ones over them. */
export function withPreset(options: ClusterOptions): ClusterOptions {
  const { like, ...rest } = options
  switch (like) {
    case 'kind':
      return mergeOptions({ addons: { storageClass: true, metricsServer: true, loadBalancer: true } }, rest)
    case 'kubeadm':
      return mergeOptions(
        { addons: { coreDNS: true, kubeProxy: true } },
        { ...rest, nodes: [controlPlaneNode(rest), ...nodesOf(rest)] },
      )
    default:
      return options
  }
}

/** Returns the address of the control plane, and one of the other family if the pods have two. */
function addressesOf(advertiseAddress: string, podCIDR: string = ''): string {
  const host = endpointHost(advertiseAddress)
  if (!podCIDR.includes(',')) return host
  return `${host},${host.includes(':') ? CONTROL_PLANE_ADDRESSES.IPv4 : CONTROL_PLANE_ADDRESSES.IPv6}`
}

/** Returns the node that `kubeadm init` makes of its machine, with the static pods of the control plane. */
function controlPlaneNode({
  version = DEFAULTS.version,
  kubeadm = {},
  network = {},
}: ClusterOptions): NodeOptions {
  const { nodeName = DEFAULTS.controlPlane } = kubeadm
  const advertiseAddress = advertisedAddress(kubeadm.advertiseAddress, network.serviceCIDR)
  const { labels, taints } = controlPlaneMarks(minorOf(version))
  const config = {
    version: releaseOf(version),
    nodeName,
    advertiseAddress,
    serviceCIDR: network.serviceCIDR ?? DEFAULTS.serviceCIDR,
    clusterCIDR: network.podCIDR ?? DEFAULTS.podCIDR,
    ...(kubeadm.clusterName === undefined ? {} : { clusterName: kubeadm.clusterName }),
    ...(kubeadm.dnsDomain === undefined ? {} : { dnsDomain: kubeadm.dnsDomain }),
  }
  return {
    name: nodeName,
    internalIP: addressesOf(advertiseAddress, network.podCIDR),
    labels: Object.fromEntries(labels.map((label) => [label, ''])),
    taints: taints.map((key) => ({ key, effect: 'NoSchedule' })),
    staticPods: Object.fromEntries(
      COMPONENTS.map((name) => [`${name}.yaml`, parseYamlText(staticPodText(name, config)) as Pod]),
    ),
  }
}
