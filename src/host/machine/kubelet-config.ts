import type { KubeletConfiguration } from '../../kubelet/index.js'

/** What kubeadm writes to /var/lib/kubelet/config.yaml. */
export const KUBELET_CONFIG = `apiVersion: kubelet.config.k8s.io/v1beta1
authentication:
  anonymous:
    enabled: false
  webhook:
    cacheTTL: 0s
    enabled: true
  x509:
    clientCAFile: /etc/kubernetes/pki/ca.crt
authorization:
  mode: Webhook
cgroupDriver: systemd
clusterDNS:
- 10.96.0.10
clusterDomain: cluster.local
kind: KubeletConfiguration
rotateCertificates: true
staticPodPath: /etc/kubernetes/manifests
`

/** Returns the same with the options of a node. */
export function kubeletConfig({
  rotateCertificates = true,
  serverTLSBootstrap = false,
}: KubeletConfiguration = {}): string {
  return KUBELET_CONFIG.replace(
    'rotateCertificates: true\n',
    `rotateCertificates: ${rotateCertificates}\n${serverTLSBootstrap ? 'serverTLSBootstrap: true\n' : ''}`,
  )
}
