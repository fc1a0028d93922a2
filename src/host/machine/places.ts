/** What gives nodes their ranges of pods' addresses, where kubeadm was told of such a range. */
export const NODE_IPAM = 'kube-controller-manager/node-ipam-controller'
