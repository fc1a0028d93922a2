import { createCertificate } from './certificate.js'
import type { CertificateSpec } from './certificate.js'
import type { PublicKey, PrivateKey } from './rsa.js'
import { PKI_DIR } from './inventory.js'
import type { PkiConfig } from './inventory.js'
import { kubeconfigText } from './kubeconfig.js'
import { privateKeyPem } from './rsa.js'

/** What the files of a node are made from: a cluster's {@link Pki}. */
export interface FileSource {
  readonly config: PkiConfig
  read(path: string): string
  key(purpose: string): PrivateKey
  sign(spec: CertificateSpec, publicKey: PublicKey): string
  serialOf(what: string): bigint
}

const DAY = 86_400_000
const CLIENT_FILE = '/var/lib/kubelet/pki/kubelet-client-current.pem'

/** The files that a {@link Pki} keeps for a worker node. */
export const NODE_FILES: readonly string[] = [`${PKI_DIR}/ca.crt`, '/etc/kubernetes/kubelet.conf', CLIENT_FILE, '/var/lib/kubelet/pki/kubelet.crt', '/var/lib/kubelet/pki/kubelet.key']

/**
 * The files of a worker node, by path: the cluster's authority, the kubelet's rotated client certificate (signed by the controller manager
 * after the node joined) with its kubeconfig, and the serving certificate that a kubelet without `serverTLSBootstrap` signs itself.
 * Source: kubelet pkg/kubelet/certificate/bootstrap, client-go util/cert GenerateSelfSignedCertKey.
 */
export function nodeFiles(pki: FileSource, node: string): ReadonlyMap<string, () => string> {
  return new Map([
    [`${PKI_DIR}/ca.crt`, () => pki.read(`${PKI_DIR}/ca.crt`)],
    ['/etc/kubernetes/kubelet.conf', () => kubeconfigText({
      cluster: pki.config.clusterName ?? 'kubernetes',
      server: `https://${pki.config.controlPlaneEndpoint ?? pki.config.advertiseAddress}`,
      authority: pki.read(`${PKI_DIR}/ca.crt`), user: 'default-auth', credential: { file: CLIENT_FILE },
    })],
    [CLIENT_FILE, () => clientFile(pki, node)],
    ['/var/lib/kubelet/pki/kubelet.crt', () => servingCertificate(pki, node)],
    ['/var/lib/kubelet/pki/kubelet.key', () => privateKeyPem(pki.key(`${node}/kubelet.key`))],
  ])
}

function clientFile(pki: FileSource, node: string): string {
  const { created } = pki.config
  const key = pki.key(`${node}/kubelet-client`)
  const certificate = pki.sign({
    subject: { commonName: `system:node:${node}`, organizations: ['system:nodes'] }, serial: pki.serialOf(`${node}/kubelet-client`),
    notBefore: created - 5 * 60_000, notAfter: created + 365 * DAY - 5 * 60_000,
    keyUsages: ['digital signature'], purposes: ['client auth'],
  }, key)
  return certificate + privateKeyPem(key)
}

/** Signed by an authority of its own that nobody keeps, named after the second in which it was made. */
function servingCertificate(pki: FileSource, node: string): string {
  const seconds = Math.floor(pki.config.created / 1000)
  const key = pki.key(`${node}/kubelet.key`)
  const authority = createCertificate({
    subject: { commonName: `${node}-ca@${seconds}` }, serial: 2n, notBefore: seconds * 1000 - 3_600_000, notAfter: seconds * 1000 + 365 * DAY,
    keyUsages: ['digital signature', 'key encipherment', 'cert sign'], isCa: true, names: { dns: [`${node}-ca@${seconds}`] },
  }, pki.key(`${node}/kubelet-ca`), { subject: { commonName: `${node}-ca@${seconds}` }, key: pki.key(`${node}/kubelet-ca`) })
  const leaf = createCertificate({
    subject: { commonName: `${node}@${seconds}` }, serial: pki.serialOf(`${node}/kubelet.crt`),
    notBefore: seconds * 1000 - 3_600_000, notAfter: seconds * 1000 + 365 * DAY,
    keyUsages: ['digital signature', 'key encipherment'], purposes: ['server auth'], names: { dns: [node] },
  }, key, { subject: { commonName: `${node}-ca@${seconds}` }, key: pki.key(`${node}/kubelet-ca`) })
  return leaf + authority
}
