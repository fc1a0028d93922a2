import { type Duration, toMillis } from '../../sim/duration.js'
import type { AlternativeNames, Purpose } from '../extensions.js'
import { isIp } from '../ip.js'
import type { Subject } from '../name.js'
import { byText } from '../../lang/text/order.js'
import { endpointHost } from '../../lang/go/host-port.js'

/** The directory in which kubeadm keeps certificates. */
export const PKI_DIR = '/etc/kubernetes/pki'

/**
 * The settings that the names in a cluster's certificates derive from (kubeadm's ClusterConfiguration and
 * InitConfiguration).
 */
export interface PkiConfig {
  /** Determines keys and serial numbers. */
  readonly seed: number
  /** Virtual ms at which `kubeadm init` ran. */
  readonly created: number
  /** Kubernetes minor version: 35 for v1.35. */
  readonly minor: number
  /** Name of the control plane's node. */
  readonly nodeName: string
  /** Address and port of the apiserver on that node: `10.0.0.10:6443`. */
  readonly advertiseAddress: string
  /** The first address of the service network. */
  readonly serviceIP: string
  /** Default `cluster.local`. */
  readonly dnsDomain?: string
  /** `host:port` in kubeconfig files. Default: the advertised address. */
  readonly controlPlaneEndpoint?: string
  /** Additional names and addresses of the apiserver (`apiServer.certSANs`). */
  readonly certSANs?: readonly string[]
  /** Default `kubernetes`. */
  readonly clusterName?: string
  /** How long kubeadm's certificates are valid, now and after `kubeadm certs renew`. Default 365 days. */
  readonly certificateValidityPeriod?: Duration
  /** How long the authorities are valid. Default 3,650 days. */
  readonly caCertificateValidityPeriod?: Duration
}

const DAY = 86_400_000

/** Returns how long kubeadm's certificates are valid, in ms. */
export const validityOf = ({ certificateValidityPeriod = 365 * DAY }: PkiConfig): number =>
  toMillis(certificateValidityPeriod)

/** Returns how long the authorities are valid, in ms. */
export const authorityValidityOf = ({ caCertificateValidityPeriod = 3650 * DAY }: PkiConfig): number =>
  toMillis(caCertificateValidityPeriod)

/** The common names of the certificate authorities, by the path of their files below {@link PKI_DIR}. */
export const AUTHORITIES: Readonly<Record<string, string>> = {
  ca: 'kubernetes',
  'front-proxy-ca': 'front-proxy-ca',
  'etcd/ca': 'etcd-ca',
}

/** A certificate signed by an authority. */
export interface LeafEntry {
  readonly authority: string
  readonly subject: Subject
  readonly purposes: readonly Purpose[]
  readonly names: AlternativeNames
}

/**
 * Returns the leaf certificates below {@link PKI_DIR} by path. Source: kubernetes
 * cmd/kubeadm/app/phases/certs/certlist.go and util/pkiutil/pki_helpers.go.
 */
export function leafEntries(config: PkiConfig): Readonly<Record<string, LeafEntry>> {
  const { nodeName, advertiseAddress, minor } = config
  const client = (
    authority: string,
    commonName: string,
    organizations: readonly string[] = [],
  ): LeafEntry => ({
    authority,
    subject: { commonName, organizations },
    purposes: ['client auth'],
    names: {},
  })
  const member: LeafEntry = {
    authority: 'etcd/ca',
    subject: { commonName: nodeName },
    purposes: ['server auth', 'client auth'],
    names: { dns: [nodeName, 'localhost'], ip: [endpointHost(advertiseAddress), '127.0.0.1', '::1'] },
  }
  return {
    apiserver: {
      authority: 'ca',
      subject: { commonName: 'kube-apiserver' },
      purposes: ['server auth'],
      names: apiserverNames(config),
    },
    'apiserver-kubelet-client': client('ca', 'kube-apiserver-kubelet-client', kubeletClientGroups(minor)),
    'front-proxy-client': client('front-proxy-ca', 'front-proxy-client'),
    'etcd/server': member,
    'etcd/peer': member,
    'etcd/healthcheck-client': client(
      'etcd/ca',
      'kube-etcd-healthcheck-client',
      minor < 29 ? ['system:masters'] : [],
    ),
    'apiserver-etcd-client': client(
      'etcd/ca',
      'kube-apiserver-etcd-client',
      minor < 29 ? ['system:masters'] : [],
    ),
  }
}

function kubeletClientGroups(minor: number): readonly string[] {
  if (minor >= 33) return []
  return minor >= 29 ? ['kubeadm:cluster-admins'] : ['system:masters']
}

/** Returns the names of the apiserver, sorted and without duplicates, as kubeadm's sets do. */
function apiserverNames({
  nodeName,
  advertiseAddress,
  serviceIP,
  dnsDomain = 'cluster.local',
  controlPlaneEndpoint,
  certSANs = [],
}: PkiConfig): AlternativeNames {
  const kubernetes = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    `kubernetes.default.svc.${dnsDomain}`,
  ]
  const all = [nodeName, ...kubernetes, serviceIP, endpointHost(advertiseAddress), ...certSANs]
  if (controlPlaneEndpoint !== undefined) all.push(endpointHost(controlPlaneEndpoint))
  const unique = [...new Set(all)]
  return {
    dns: unique.filter((name) => !isIp(name)).toSorted(byText),
    ip: unique.filter(isIp).toSorted(byText),
  }
}

/** A kubeconfig file with a client certificate. */
export interface ConfigEntry {
  readonly subject: Subject
  /** Whether it points to the apiserver of its own node instead of the control plane's endpoint. */
  readonly usesLocalApiserver: boolean
}

/**
 * Returns the kubeconfig files in /etc/kubernetes by name. Source: kubernetes
 * cmd/kubeadm/app/phases/kubeconfig/kubeconfig.go.
 */
export function configEntries({ minor, nodeName }: PkiConfig): Readonly<Record<string, ConfigEntry>> {
  const splitAdmin = minor >= 29
  return {
    'admin.conf': {
      subject: {
        commonName: 'kubernetes-admin',
        organizations: [splitAdmin ? 'kubeadm:cluster-admins' : 'system:masters'],
      },
      usesLocalApiserver: false,
    },
    ...(splitAdmin
      ? {
          'super-admin.conf': {
            subject: { commonName: 'kubernetes-super-admin', organizations: ['system:masters'] },
            usesLocalApiserver: false,
          },
        }
      : {}),
    'kubelet.conf': {
      subject: { commonName: `system:node:${nodeName}`, organizations: ['system:nodes'] },
      usesLocalApiserver: true,
    },
    'controller-manager.conf': {
      subject: { commonName: 'system:kube-controller-manager' },
      usesLocalApiserver: true,
    },
    'scheduler.conf': { subject: { commonName: 'system:kube-scheduler' }, usesLocalApiserver: true },
  }
}
