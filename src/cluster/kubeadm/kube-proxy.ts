import type { KubeObject } from '../../api/kind/definition.js'
import type { Client } from '../../client/client.js'
import { componentImage } from './images.js'

const NAMESPACE = 'kube-system'
const LABELS = { 'k8s-app': 'kube-proxy' }

/** What kube-proxy's configuration depends on. */
export interface KubeProxyOptions {
  /** `v1.35.0` */
  readonly version: string
  /** The range of pod addresses; '' if nodes get none. */
  readonly podCIDR: string
  /** Host and port of the apiserver. */
  readonly advertiseAddress: string
}

/**
 * Installs kube-proxy as `kubeadm init phase addon kube-proxy` does. `create` creates one object, so that
 * those that exist already can be left alone. Source: cmd/kubeadm/app/phases/addons/proxy/manifests.go.
 */
export function installKubeProxy(
  client: Client,
  { version, podCIDR, advertiseAddress }: KubeProxyOptions,
  create = (call: () => unknown): void => void call(),
): void {
  const add = (resource: string, object: object): void =>
    create(() => client.create(resource, object as KubeObject))
  add('serviceaccounts', { metadata: { name: 'kube-proxy', namespace: NAMESPACE } })
  add('clusterrolebindings', {
    metadata: { name: 'kubeadm:node-proxier' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:node-proxier' },
    subjects: [{ kind: 'ServiceAccount', name: 'kube-proxy', namespace: NAMESPACE }],
  })
  add('configmaps', {
    metadata: { name: 'kube-proxy', namespace: NAMESPACE, labels: { app: 'kube-proxy' } },
    data: {
      'config.conf':
        `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nbindAddress: 0.0.0.0\nclientConnection:\n  ` +
        `kubeconfig: /var/lib/kube-proxy/kubeconfig.conf\nclusterCIDR: ` +
        `${JSON.stringify(podCIDR)}\nkind: KubeProxyConfiguration\nmode: ""\n`,
      'kubeconfig.conf':
        `apiVersion: v1\nkind: Config\nclusters:\n- cluster:\n    certificate-authority: ` +
        `/var/run/secrets/kubernetes.io/serviceaccount/ca.crt\n    server: ` +
        `https://${advertiseAddress}\n  name: default\n`,
    },
  })
  add('daemonsets', daemonSet(version))
}

const daemonSet = (version: string): object => ({
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
            image: componentImage(version, 'kube-proxy'),
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
