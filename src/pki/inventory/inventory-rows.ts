import { parseCertificates } from '../certificate.js'
import type { Certificate } from '../certificate.js'

/** A file of the inventory. Fields that a file without a certificate (a key) lacks are ''. */
export interface InventoryRow {
  /** `kube-apiserver`, `etcd`, `kubelet`, `Certificate Authority`. */
  readonly component: string
  /** `Server`, `Client`, `Client (Etcd)`, `Key pair`. */
  readonly type: string
  readonly path: string
  readonly commonName: string
  readonly organizations: readonly string[]
  /** As openssl prints them: `DNS:master`, `IP Address:10.96.0.1`. */
  readonly names: readonly string[]
  /** Common name of the authority. */
  readonly issuer: string
  /** Virtual ms; undefined for keys. */
  readonly notBefore: number | undefined
  readonly notAfter: number | undefined
}

/** Formats an address as openssl does: all groups of an IPv6 address, without leading zeros. */
export function opensslAddress(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.toUpperCase().split('::')
  const groups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'))
  if (tail === undefined) return head
  const zeros = 8 - groups(head).length - groups(tail).length
  return [...groups(head), ...Array.from({ length: zeros }, () => '0'), ...groups(tail)].join(':')
}

/** The component and purpose of a file, by the end of its path. */
const USES: readonly (readonly [end: string, component: string, type: string])[] = [
  ['/etcd/ca', 'Certificate Authority (ETCD)', 'Server'],
  ['/front-proxy-ca', 'Certificate Authority (front proxy)', 'Server'],
  ['/pki/ca', 'Certificate Authority', 'Server'],
  ['/etcd/server', 'etcd', 'Server'],
  ['/etcd/peer', 'etcd', 'Server, Client (peers)'],
  ['/etcd/healthcheck-client', 'etcd', 'Client (liveness probe)'],
  ['/apiserver', 'kube-apiserver', 'Server'],
  ['/apiserver-kubelet-client', 'kube-apiserver', 'Client (Kubelet)'],
  ['/apiserver-etcd-client', 'kube-apiserver', 'Client (Etcd)'],
  ['/front-proxy-client', 'kube-apiserver', 'Client (aggregated APIs)'],
  ['/sa', 'service accounts', 'Key pair'],
  ['/admin', 'kubectl', 'Client'],
  ['/super-admin', 'kubectl', 'Client'],
  ['/controller-manager', 'kube-controller-manager', 'Client'],
  ['/scheduler', 'kube-scheduler', 'Client'],
  ['/pki/kubelet', 'kubelet', 'Server'],
  ['/kubelet-client-current', 'kubelet', 'Client'],
  ['/kubernetes/kubelet', 'kubelet', 'Client'],
]

/**
 * Returns the files of a PKI with the content of their certificates. Files that were added and do not belong
 * to kubeadm are left out.
 */
export function inventoryRows(
  pki: { paths(node?: string): readonly string[]; read(path: string, node?: string): string },
  node?: string,
): readonly InventoryRow[] {
  return pki.paths(node).flatMap((path) => {
    const bare = path.replace(/\.(crt|key|pub|pem|conf)$/, '')
    const use = USES.find(([end]) => bare.endsWith(end))
    if (use === undefined || bare === path) return []
    return [{ component: use[1], type: use[2], path, ...told(certificateIn(pki.read(path, node))) }]
  })
}

/** Returns the first certificate in a PEM or kubeconfig file. */
function certificateIn(text: string): Certificate | undefined {
  try {
    const embedded = /^[ \t]*client-certificate-data:[ \t]*(\S+)[ \t\r]*$/m.exec(text)?.[1]
    return parseCertificates(embedded === undefined ? text : atob(embedded))[0]
  } catch {
    return undefined
  }
}

function told(certificate: Certificate | undefined): Omit<InventoryRow, 'component' | 'type' | 'path'> {
  if (certificate === undefined)
    return {
      commonName: '',
      organizations: [],
      names: [],
      issuer: '',
      notBefore: undefined,
      notAfter: undefined,
    }
  const {
    subject,
    issuer,
    names: { dns = [], ip = [] },
    notBefore,
    notAfter,
  } = certificate
  return {
    commonName: subject.commonName,
    organizations: subject.organizations,
    names: [
      ...dns.map((name) => `DNS:${name}`),
      ...ip.map((address) => `IP Address:${opensslAddress(address)}`),
    ],
    issuer: issuer.commonName,
    notBefore,
    notAfter,
  }
}
