import { InputError } from '../../lang/input-error.js'
import { parseCertificates } from '../certificate.js'
import type { Certificate } from '../certificate.js'
import { checkExpiry, checkRenewed } from '../inputs.js'
import { PKI_DIR, validityOf } from './inventory.js'
import { datedFile, KUBELET_CLIENT_FILE } from '../node-files.js'
import type { Pki } from '../pki.js'
import { BACKDATE } from '../pki.js'
import { privateKeyPem } from '../crypto/rsa.js'

/** How long kube-controller-manager's certificates are valid (`--cluster-signing-duration`), in ms. */
const SIGNING_DURATION = 365 * 86_400_000

/** A certificate that kubeadm renews: its name, location, issuer, and the message after renewal. */
interface Renewable {
  readonly name: string
  /** The path without `.crt`, or that of a kubeconfig file. */
  readonly path: string
  readonly authority: string
  readonly title: string
}

const inConfig = (name: string, who: string): Renewable => ({
  name,
  path: `/etc/kubernetes/${name}`,
  authority: 'ca',
  title: `certificate embedded in the kubeconfig file for the ${who}`,
})
const inFile = (name: string, file: string, authority: string, title: string): Renewable => ({
  name,
  path: `${PKI_DIR}/${file}`,
  authority,
  title: `certificate ${title}`,
})

/** In kubeadm's order. Source: kubernetes cmd/kubeadm/app/phases/certs/renewal/manager.go. */
const RENEWABLE: readonly Renewable[] = [
  inConfig('admin.conf', 'admin to use and for kubeadm itself'),
  inFile('apiserver', 'apiserver', 'ca', 'for serving the Kubernetes API'),
  inFile('apiserver-etcd-client', 'apiserver-etcd-client', 'etcd-ca', 'the apiserver uses to access etcd'),
  inFile(
    'apiserver-kubelet-client',
    'apiserver-kubelet-client',
    'ca',
    'for the API server to connect to kubelet',
  ),
  inConfig('controller-manager.conf', 'controller manager to use'),
  inFile(
    'etcd-healthcheck-client',
    'etcd/healthcheck-client',
    'etcd-ca',
    'for liveness probes to healthcheck etcd',
  ),
  inFile('etcd-peer', 'etcd/peer', 'etcd-ca', 'for etcd nodes to communicate with each other'),
  inFile('etcd-server', 'etcd/server', 'etcd-ca', 'for serving etcd'),
  inFile('front-proxy-client', 'front-proxy-client', 'front-proxy-ca', 'for the front proxy client'),
  inConfig('scheduler.conf', 'scheduler manager to use'),
  inConfig('super-admin.conf', 'super-admin'),
]

/** The paths of authorities by kubeadm's names. */
const AUTHORITY_PATHS: Readonly<Record<string, string>> = {
  ca: 'ca',
  'etcd-ca': 'etcd/ca',
  'front-proxy-ca': 'front-proxy-ca',
}
/** The first minor version with super-admin.conf. */
const SUPER_ADMIN_SINCE = 29

/** When a certificate expires. Times in virtual ms. */
export interface CertificateExpiry {
  /** `apiserver-etcd-client`, `admin.conf`. */
  readonly name: string
  /** The path of the certificate, or of the kubeconfig file that contains it. */
  readonly path: string
  /** Undefined if the file does not exist. */
  readonly expires: number | undefined
  /** Name of the authority that signs it; '' for an authority itself. */
  readonly authority: string
  /** The authority's key does not exist, so kubeadm cannot renew the certificate. */
  readonly isExternal: boolean
}

/**
 * Returns what `kubeadm certs check-expiration` lists, in its order: certificates, then authorities. A file
 * that cannot be parsed counts as missing.
 * @example certificateExpiry(cluster.pki).certificates.map(({ name }) => name)
 */
export function certificateExpiry(pki: Pki): {
  readonly certificates: readonly CertificateExpiry[]
  readonly authorities: readonly CertificateExpiry[]
} {
  checkExpiry([pki])
  return {
    certificates: renewable(pki).map(({ name, path, authority }) => {
      const file = pathOf(path)
      return {
        name,
        path: file,
        expires: certificateAt(pki, path)?.notAfter,
        authority,
        isExternal: isExternal(pki, authority),
      }
    }),
    authorities: Object.entries(AUTHORITY_PATHS).map(([name, file]) => {
      const path = `${PKI_DIR}/${file}.crt`
      return {
        name,
        path,
        expires: certificateAt(pki, `${PKI_DIR}/${file}`)?.notAfter,
        authority: '',
        isExternal: isExternal(pki, name),
      }
    }),
  }
}

/** The result of a renewal. */
export interface Renewal {
  readonly name: string
  /** `certificate for serving the Kubernetes API`; kubeadm prints it followed by ` renewed`. */
  readonly title: string
  readonly result: 'renewed' | 'missing' | 'external'
}

/**
 * Renews one certificate for a year, or with `all` every one, as `kubeadm certs renew` does: a new key and
 * certificate with the old subject, names and purposes. A process that has loaded the old one uses it until
 * its next start.
 * @throws InputError if the name is unknown
 * @example renewCertificates(cluster.pki, 'apiserver', cluster.now())
 */
export function renewCertificates(pki: Pki, name: string, now: number): readonly Renewal[] {
  checkRenewed([pki, name, now])
  const wanted = name === 'all' ? renewable(pki) : renewable(pki).filter((one) => one.name === name)
  if (wanted.length === 0)
    throw new InputError(`unknown command ${JSON.stringify(name)} for "kubeadm certs renew"`)
  return wanted.map((one) => ({ name: one.name, title: one.title, result: renew(pki, one, now) }))
}

function renew(pki: Pki, { name, path, authority }: Renewable, now: number): Renewal['result'] {
  const old = certificateAt(pki, path)
  if (old === undefined) return 'missing'
  if (isExternal(pki, authority)) return 'external'
  const key = pki.key(`${name} ${old.serial} ${now}`)
  const certificate = pki.sign(
    {
      subject: old.subject,
      serial: pki.serialOf(`${name} ${old.serial} ${now}`),
      notBefore: now - BACKDATE,
      notAfter: now + validityOf(pki.config),
      keyUsages: ['digital signature', 'key encipherment'],
      purposes: old.purposes,
      names: old.names,
    },
    key,
    AUTHORITY_PATHS[authority],
  )
  if (!path.endsWith('.conf')) {
    pki.write(`${path}.crt`, certificate)
    pki.write(`${path}.key`, privateKeyPem(key))
    return 'renewed'
  }
  pki.write(
    path,
    pki
      .read(path)
      .replace(/^([ \t]*client-certificate-data:).*$/m, `$1 ${btoa(certificate)}`)
      .replace(/^([ \t]*client-key-data:).*$/m, `$1 ${btoa(privateKeyPem(key))}`),
  )
  return 'renewed'
}

/**
 * Writes a new client certificate, valid for a year, to the file in the kubeconfig of a node's kubelet.
 * Kubelets normally do that themselves in time; this is for one that was down. It takes effect at the
 * kubelet's next start.
 */
export function renewKubeletCertificate(pki: Pki, node: string, now: number): void {
  const purpose = `${node}/kubelet-client ${now}`
  const key = pki.key(purpose)
  const certificate = pki.sign(
    {
      subject: { commonName: `system:node:${node}`, organizations: ['system:nodes'] },
      serial: pki.serialOf(purpose),
      notBefore: now - BACKDATE,
      notAfter: now + SIGNING_DURATION,
      keyUsages: ['digital signature', 'key encipherment'],
      purposes: ['client auth'],
    },
    key,
  )
  const text = certificate + privateKeyPem(key)
  for (const file of [datedFile(KUBELET_CLIENT_FILE, now), KUBELET_CLIENT_FILE]) pki.write(file, text, node)
}

const renewable = ({ config: { minor } }: Pki): readonly Renewable[] =>
  RENEWABLE.filter(({ name }) => name !== 'super-admin.conf' || minor >= SUPER_ADMIN_SINCE)

const pathOf = (path: string): string => (path.endsWith('.conf') ? path : `${path}.crt`)

function certificateAt(pki: Pki, path: string): Certificate | undefined {
  try {
    const text = pki.read(pathOf(path))
    const pem = path.endsWith('.conf')
      ? atob(/^\s*client-certificate-data:\s*(\S+)\s*$/m.exec(text)?.[1] ?? '')
      : text
    return parseCertificates(pem)[0]
  } catch {
    return undefined
  }
}

/** Returns whether an authority's certificate exists without its key. */
function isExternal(pki: Pki, authority: string): boolean {
  const path = `${PKI_DIR}/${AUTHORITY_PATHS[authority] ?? authority}`
  const has = (file: string): boolean => pki.paths().includes(file)
  return has(`${path}.crt`) && !has(`${path}.key`)
}
