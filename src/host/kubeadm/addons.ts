import { controlPlaneMarks } from '../../cluster/kubeadm/control-plane-marks.js'
import { installCoreDNS } from '../../cluster/kubeadm/core-dns.js'
import { componentImage, minorOf } from '../../cluster/kubeadm/images.js'
import { installKubeProxy } from '../../cluster/kubeadm/kube-proxy.js'
import type { Client } from '../../client/client.js'
import type { Hosts } from '../machine/host-machine.js'
import { ignoreAlreadyThere } from './objects.js'

/** `kubeadm init phase addon coredns`. */
export function applyCoreDNS(client: Client, hosts: Hosts): void {
  ignoreAlreadyThere(() =>
    installCoreDNS(client, {
      image: componentImage(hosts.version, 'coredns'),
      taints: controlPlaneMarks(minorOf(hosts.version)).taints,
    }),
  )
}

/** `kubeadm init phase addon kube-proxy`. */
export function applyKubeProxy(client: Client, hosts: Hosts): void {
  const { advertiseAddress } = hosts.cluster.pki.config
  const { version, clusterCIDR: podCIDR } = hosts
  installKubeProxy(client, { version, podCIDR, advertiseAddress }, ignoreAlreadyThere)
}
