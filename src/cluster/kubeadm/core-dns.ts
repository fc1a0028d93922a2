import type { KubeObject } from '../../api/kind/definition.js'
import type { Client } from '../../client/client.js'

const NAMESPACE = 'kube-system'
const LABELS = { 'k8s-app': 'kube-dns' }
const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`

const port = (name: string, containerPort: number, protocol: 'TCP' | 'UDP'): object => ({
  name,
  containerPort,
  protocol,
})
const probe = (path: string, number: number): object => ({ httpGet: { path, port: number, scheme: 'HTTP' } })

/** The differences of older minor versions. */
export interface CoreDnsOptions {
  readonly image?: string
  /** Control plane taints that it tolerates. */
  readonly taints?: readonly string[]
}

/**
 * Installs CoreDNS as `kubeadm init phase addon coredns` does. Source:
 * cmd/kubeadm/app/phases/addons/dns/manifests.go.
 */
export function installCoreDNS(
  client: Client,
  {
    image = 'registry.k8s.io/coredns/coredns:v1.13.1',
    taints = ['node-role.kubernetes.io/control-plane'],
  }: CoreDnsOptions = {},
): void {
  const create = (resource: string, object: object): void =>
    void client.create(resource, object as KubeObject)
  create('serviceaccounts', { metadata: { name: 'coredns', namespace: NAMESPACE } })
  create('clusterroles', {
    metadata: { name: 'system:coredns' },
    rules: [
      {
        apiGroups: [''],
        resources: ['endpoints', 'services', 'pods', 'namespaces'],
        verbs: ['list', 'watch'],
      },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    ],
  })
  create('clusterrolebindings', {
    metadata: { name: 'system:coredns' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:coredns' },
    subjects: [{ kind: 'ServiceAccount', name: 'coredns', namespace: NAMESPACE }],
  })
  create('configmaps', { metadata: { name: 'coredns', namespace: NAMESPACE }, data: { Corefile: COREFILE } })
  create('deployments', {
    metadata: { name: 'coredns', namespace: NAMESPACE, labels: LABELS },
    spec: deploymentSpec(image, taints),
  })
  create('services', {
    metadata: {
      name: 'kube-dns',
      namespace: NAMESPACE,
      annotations: { 'prometheus.io/port': '9153', 'prometheus.io/scrape': 'true' },
      labels: { ...LABELS, 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
    },
    spec: {
      clusterIP: dnsAddress(client),
      selector: LABELS,
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
        { name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 9153 },
      ],
    },
  })
}

/** Returns the tenth address of the Service range. */
function dnsAddress(client: Client): string {
  const kubernetes = client.get('services', { namespace: 'default', name: 'kubernetes' }).spec.clusterIP ?? ''
  return kubernetes.replace(/(?<!\d)\d+$/, '10').replace(/:1$/, ':a')
}

function deploymentSpec(image: string, taints: readonly string[]): object {
  return {
    replicas: 2,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
    selector: { matchLabels: LABELS },
    template: {
      metadata: { labels: LABELS },
      spec: {
        priorityClassName: 'system-cluster-critical',
        serviceAccountName: 'coredns',
        dnsPolicy: 'Default',
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        tolerations: [
          { key: 'CriticalAddonsOnly', operator: 'Exists' },
          ...taints.map((key) => ({ key, effect: 'NoSchedule' })),
        ],
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 100,
                podAffinityTerm: {
                  labelSelector: {
                    matchExpressions: [{ key: 'k8s-app', operator: 'In', values: ['kube-dns'] }],
                  },
                  topologyKey: 'kubernetes.io/hostname',
                },
              },
            ],
          },
        },
        containers: [
          {
            name: 'coredns',
            image,
            imagePullPolicy: 'IfNotPresent',
            args: ['-conf', '/etc/coredns/Corefile'],
            resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
            volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true }],
            ports: [
              port('dns', 53, 'UDP'),
              port('dns-tcp', 53, 'TCP'),
              port('metrics', 9153, 'TCP'),
              port('liveness-probe', 8080, 'TCP'),
              port('readiness-probe', 8181, 'TCP'),
            ],
            livenessProbe: {
              ...probe('/health', 8080),
              initialDelaySeconds: 60,
              timeoutSeconds: 5,
              successThreshold: 1,
              failureThreshold: 5,
            },
            readinessProbe: probe('/ready', 8181),
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
              readOnlyRootFilesystem: true,
            },
          },
        ],
        volumes: [
          {
            name: 'config-volume',
            configMap: { name: 'coredns', items: [{ key: 'Corefile', path: 'Corefile' }] },
          },
        ],
      },
    },
  }
}
