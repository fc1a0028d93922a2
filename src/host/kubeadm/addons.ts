import { installCoreDNS } from '../../cluster/network/core-dns.js'
import type { Client } from '../../client/client.js'
import { allImages, minorOf } from '../control-plane/images.js'
import type { Hosts } from '../machine/host-machine.js'
import { controlPlaneMarks, ignoreAlreadyThere } from './objects.js'

const NAMESPACE = 'kube-system'
const LABELS = { 'k8s-app': 'kube-proxy' }

const imageOf = (version: string, name: string): string =>
  allImages(version).find((image) => image.includes(`/${name}:`)) ?? ''

/** `kubeadm init phase addon coredns`. */
export function applyCoreDNS(client: Client, hosts: Hosts): void {
  ignoreAlreadyThere(() =>
    installCoreDNS(client, {
      image: imageOf(hosts.version, 'coredns'),
      taints: controlPlaneMarks(minorOf(hosts.version)).taints,
    }),
  )
}

/** `kubeadm init phase addon kube-proxy`. Source: cmd/kubeadm/app/phases/addons/proxy/manifests.go. */
export function applyKubeProxy(client: Client, hosts: Hosts): void {
  const { advertiseAddress } = hosts.cluster.pki.config
  ignoreAlreadyThere(() =>
    client.create('serviceaccounts', { metadata: { name: 'kube-proxy', namespace: NAMESPACE } }),
  )
  ignoreAlreadyThere(() =>
    client.create('clusterrolebindings', {
      metadata: { name: 'kubeadm:node-proxier' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:node-proxier' },
      subjects: [{ kind: 'ServiceAccount', name: 'kube-proxy', namespace: NAMESPACE }],
    }),
  )
  ignoreAlreadyThere(() =>
    client.create('configmaps', {
      metadata: { name: 'kube-proxy', namespace: NAMESPACE, labels: { app: 'kube-proxy' } },
      data: {
        'config.conf':
          `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nbindAddress: 0.0.0.0\nclientConnection:\n  ` +
          `kubeconfig: /var/lib/kube-proxy/kubeconfig.conf\nclusterCIDR: ` +
          `${JSON.stringify(hosts.clusterCIDR)}\nkind: KubeProxyConfiguration\nmode: ""\n`,
        'kubeconfig.conf':
          `apiVersion: v1\nkind: Config\nclusters:\n- cluster:\n    certificate-authority: ` +
          `/var/run/secrets/kubernetes.io/serviceaccount/ca.crt\n    server: ` +
          `https://${advertiseAddress}\n  name: default\n`,
      },
    }),
  )
  ignoreAlreadyThere(() => client.create('daemonsets', kubeProxyDaemonSet(hosts.version) as never))
}

const kubeProxyDaemonSet = (version: string): object => ({
  metadata: { name: 'kube-proxy', namespace: NAMESPACE, labels: LABELS },
  spec: {
    selector: { matchLabels: LABELS },
    updateStrategy: { type: 'RollingUpdate' },
    template: {
      metadata: { labels: LABELS },
      spec: {
        priorityClassName: 'system-node-critical',
        hostNetwork: true,
        serviceAccountName: 'kube-proxy',
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        tolerations: [{ operator: 'Exists' }],
        containers: [
          {
            name: 'kube-proxy',
            image: imageOf(version, 'kube-proxy'),
            imagePullPolicy: 'IfNotPresent',
            command: [
              '/usr/local/bin/kube-proxy',
              '--config=/var/lib/kube-proxy/config.conf',
              '--hostname-override=$(NODE_NAME)',
            ],
            env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
            securityContext: { privileged: true },
            volumeMounts: [
              { mountPath: '/var/lib/kube-proxy', name: 'kube-proxy' },
              { mountPath: '/run/xtables.lock', name: 'xtables-lock' },
              { mountPath: '/lib/modules', name: 'lib-modules', readOnly: true },
            ],
          },
        ],
        volumes: [
          { name: 'kube-proxy', configMap: { name: 'kube-proxy' } },
          { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
          { name: 'lib-modules', hostPath: { path: '/lib/modules' } },
        ],
      },
    },
  },
})
