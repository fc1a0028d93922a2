import { keepLast } from './keep-last.js'
import { printYaml } from '../../lang/yaml/print.js'
import type { ComponentName } from './images.js'
import { imageOf, minorOf } from './images.js'
import { byName } from '../../lang/text/order.js'
import { bracketed, endpointHost } from '../../lang/go/host-port.js'

/** What kubeadm's manifests depend on. */
export interface StaticPodConfig {
  /** `v1.35.0`. */
  readonly version: string
  readonly nodeName: string
  /** Host and port. */
  readonly advertiseAddress: string
  readonly serviceCIDR: string
  /** '' if nodes get no pod CIDRs. */
  readonly clusterCIDR: string
  /** Default `kubernetes`. */
  readonly clusterName?: string
  /** Default `/etc/kubernetes/pki`. */
  readonly certificatesDir?: string
  /** Default `cluster.local`. */
  readonly dnsDomain?: string
}

interface Probe {
  readonly path: string
  readonly host: string
  readonly scheme: 'HTTP' | 'HTTPS'
  readonly readiness: boolean | string
}

interface Plan {
  readonly flags: Readonly<Record<string, string>>
  readonly cpu: string
  readonly memory?: string
  readonly port: number
  readonly probe: Probe
  readonly annotations?: Readonly<Record<string, string>>
  /** Name, path, type of the host path, read-only. */
  readonly volumes: readonly (readonly [name: string, path: string, type: string, readOnly: boolean])[]
}

const issuerOf = ({ dnsDomain = 'cluster.local' }: StaticPodConfig): string =>
  `https://kubernetes.default.svc.${dnsDomain}`

const lastTexts = keepLast<string>(32)

/**
 * The manifest that kubeadm writes to /etc/kubernetes/manifests. Source:
 * cmd/kubeadm/app/phases/controlplane/manifests.go, volumes.go and phases/etcd/local.go.
 */
export const staticPodText = (component: ComponentName, config: StaticPodConfig): string =>
  lastTexts(JSON.stringify([component, config]), () => writeStaticPod(component, config))

function writeStaticPod(component: ComponentName, config: StaticPodConfig): string {
  const plan = PLANS[component](config)
  const probe = (path: string, settings: object): object => ({
    ...settings,
    httpGet: { host: plan.probe.host, path, port: 'probe-port', scheme: plan.probe.scheme },
    timeoutSeconds: 15,
  })
  const { readiness } = plan.probe
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(plan.annotations === undefined ? {} : { annotations: plan.annotations }),
      labels: { component, tier: 'control-plane' },
      name: component,
      namespace: 'kube-system',
    },
    spec: {
      containers: [
        {
          command: [component, ...Object.entries(plan.flags).map(([name, value]) => `--${name}=${value}`)],
          image: imageOf(component, config.version),
          imagePullPolicy: 'IfNotPresent',
          livenessProbe: probe(plan.probe.path, {
            failureThreshold: 8,
            initialDelaySeconds: 10,
            periodSeconds: 10,
          }),
          name: component,
          ports: [{ containerPort: plan.port, name: 'probe-port', protocol: 'TCP' }],
          ...(readiness === false
            ? {}
            : { readinessProbe: probe('/readyz', { failureThreshold: 3, periodSeconds: 1 }) }),
          resources: {
            requests: { cpu: plan.cpu, ...(plan.memory === undefined ? {} : { memory: plan.memory }) },
          },
          startupProbe: probe(readiness === 'startup' ? '/readyz' : plan.probe.path, {
            failureThreshold: 24,
            initialDelaySeconds: 10,
            periodSeconds: 10,
          }),
          volumeMounts: plan.volumes.map(([name, mountPath, , readOnly]) => ({
            mountPath,
            name,
            ...(readOnly ? { readOnly } : {}),
          })),
        },
      ],
      hostNetwork: true,
      priority: 2_000_001_000,
      priorityClassName: 'system-node-critical',
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      volumes: plan.volumes
        .map(([name, path, type]) => ({ hostPath: { path, type }, name }))
        .toSorted(byName),
    },
    status: {},
  }
  return printYaml(pod)
}

const dirOf = ({ certificatesDir = '/etc/kubernetes/pki' }: StaticPodConfig): string => certificatesDir
const CA_CERTS = ['ca-certs', '/etc/ssl/certs', 'DirectoryOrCreate', true] as const
const MORE_CERTS = [
  ['usr-local-share-ca-certificates', '/usr/local/share/ca-certificates', 'DirectoryOrCreate', true],
  ['usr-share-ca-certificates', '/usr/share/ca-certificates', 'DirectoryOrCreate', true],
] as const

const PLANS: Readonly<Record<ComponentName, (config: StaticPodConfig) => Plan>> = {
  etcd: (config) => {
    const { nodeName, advertiseAddress, version } = config
    const host = bracketed(endpointHost(advertiseAddress))
    const pki = `${dirOf(config)}/etcd`
    const minor = minorOf(version)
    return {
      flags: {
        'advertise-client-urls': `https://${host}:2379`,
        'cert-file': `${pki}/server.crt`,
        'client-cert-auth': 'true',
        'data-dir': '/var/lib/etcd',
        ...(minor >= 34
          ? { 'feature-gates': 'InitialCorruptCheck=true' }
          : minor >= 22
            ? { 'experimental-initial-corrupt-check': 'true' }
            : {}),
        ...(minor >= 26 && minor < 34 ? { 'experimental-watch-progress-notify-interval': '5s' } : {}),
        'initial-advertise-peer-urls': `https://${host}:2380`,
        'initial-cluster': `${nodeName}=https://${host}:2380`,
        'key-file': `${pki}/server.key`,
        'listen-client-urls': `https://127.0.0.1:2379,https://${host}:2379`,
        'listen-metrics-urls': 'http://127.0.0.1:2381',
        'listen-peer-urls': `https://${host}:2380`,
        name: nodeName,
        'peer-cert-file': `${pki}/peer.crt`,
        'peer-client-cert-auth': 'true',
        'peer-key-file': `${pki}/peer.key`,
        'peer-trusted-ca-file': `${pki}/ca.crt`,
        'snapshot-count': '10000',
        'trusted-ca-file': `${pki}/ca.crt`,
        ...(minor >= 34 ? { 'watch-progress-notify-interval': '5s' } : {}),
      },
      cpu: '100m',
      memory: '100Mi',
      port: 2381,
      probe: { path: '/livez', host: '127.0.0.1', scheme: 'HTTP', readiness: 'startup' },
      annotations: { 'kubeadm.kubernetes.io/etcd.advertise-client-urls': `https://${host}:2379` },
      volumes: [
        ['etcd-data', '/var/lib/etcd', 'DirectoryOrCreate', false],
        ['etcd-certs', pki, 'DirectoryOrCreate', false],
      ],
    }
  },
  'kube-apiserver': (config) => {
    const { advertiseAddress, version, serviceCIDR } = config
    const pki = dirOf(config)
    const issuer = minorOf(version) >= 20
    return {
      flags: {
        'advertise-address': endpointHost(advertiseAddress),
        'allow-privileged': 'true',
        'authorization-mode': 'Node,RBAC',
        'client-ca-file': `${pki}/ca.crt`,
        'enable-admission-plugins': 'NodeRestriction',
        'enable-bootstrap-token-auth': 'true',
        'etcd-cafile': `${pki}/etcd/ca.crt`,
        'etcd-certfile': `${pki}/apiserver-etcd-client.crt`,
        'etcd-keyfile': `${pki}/apiserver-etcd-client.key`,
        'etcd-servers': 'https://127.0.0.1:2379',
        ...(issuer ? {} : { 'insecure-port': '0' }),
        'kubelet-client-certificate': `${pki}/apiserver-kubelet-client.crt`,
        'kubelet-client-key': `${pki}/apiserver-kubelet-client.key`,
        'kubelet-preferred-address-types': 'InternalIP,ExternalIP,Hostname',
        'proxy-client-cert-file': `${pki}/front-proxy-client.crt`,
        'proxy-client-key-file': `${pki}/front-proxy-client.key`,
        'requestheader-allowed-names': 'front-proxy-client',
        'requestheader-client-ca-file': `${pki}/front-proxy-ca.crt`,
        'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
        'requestheader-group-headers': 'X-Remote-Group',
        'requestheader-username-headers': 'X-Remote-User',
        'secure-port': '6443',
        ...(issuer ? { 'service-account-issuer': issuerOf(config) } : {}),
        'service-account-key-file': `${pki}/sa.pub`,
        ...(issuer ? { 'service-account-signing-key-file': `${pki}/sa.key` } : {}),
        'service-cluster-ip-range': serviceCIDR,
        'tls-cert-file': `${pki}/apiserver.crt`,
        'tls-private-key-file': `${pki}/apiserver.key`,
      },
      cpu: '250m',
      port: 6443,
      probe: { path: '/livez', host: endpointHost(advertiseAddress), scheme: 'HTTPS', readiness: true },
      annotations: { 'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint': advertiseAddress },
      volumes: [
        CA_CERTS,
        ['etc-ca-certificates', '/etc/ca-certificates', 'DirectoryOrCreate', true],
        ['k8s-certs', pki, 'DirectoryOrCreate', true],
        ...MORE_CERTS,
      ],
    }
  },
  'kube-controller-manager': (config) => {
    const pki = dirOf(config)
    const kubeconfig = '/etc/kubernetes/controller-manager.conf'
    return {
      flags: {
        ...(config.clusterCIDR === '' ? {} : { 'allocate-node-cidrs': 'true' }),
        'authentication-kubeconfig': kubeconfig,
        'authorization-kubeconfig': kubeconfig,
        'bind-address': '127.0.0.1',
        'client-ca-file': `${pki}/ca.crt`,
        ...(config.clusterCIDR === '' ? {} : { 'cluster-cidr': config.clusterCIDR }),
        'cluster-name': config.clusterName ?? 'kubernetes',
        'cluster-signing-cert-file': `${pki}/ca.crt`,
        'cluster-signing-key-file': `${pki}/ca.key`,
        controllers: '*,bootstrapsigner,tokencleaner',
        kubeconfig: kubeconfig,
        'leader-elect': 'true',
        'requestheader-client-ca-file': `${pki}/front-proxy-ca.crt`,
        'root-ca-file': `${pki}/ca.crt`,
        'service-account-private-key-file': `${pki}/sa.key`,
        'service-cluster-ip-range': config.serviceCIDR,
        'use-service-account-credentials': 'true',
      },
      cpu: '200m',
      port: 10257,
      probe: { path: '/healthz', host: '127.0.0.1', scheme: 'HTTPS', readiness: false },
      volumes: [
        CA_CERTS,
        ['etc-ca-certificates', '/etc/ca-certificates', 'DirectoryOrCreate', true],
        ['flexvolume-dir', '/usr/libexec/kubernetes/kubelet-plugins/volume/exec', 'DirectoryOrCreate', false],
        ['k8s-certs', pki, 'DirectoryOrCreate', true],
        ['kubeconfig', kubeconfig, 'FileOrCreate', true],
        ...MORE_CERTS,
      ],
    }
  },
  'kube-scheduler': () => {
    const kubeconfig = '/etc/kubernetes/scheduler.conf'
    return {
      flags: {
        'authentication-kubeconfig': kubeconfig,
        'authorization-kubeconfig': kubeconfig,
        'bind-address': '127.0.0.1',
        kubeconfig: kubeconfig,
        'leader-elect': 'true',
      },
      cpu: '100m',
      port: 10259,
      probe: { path: '/livez', host: '127.0.0.1', scheme: 'HTTPS', readiness: true },
      volumes: [['kubeconfig', kubeconfig, 'FileOrCreate', true]],
    }
  },
}
