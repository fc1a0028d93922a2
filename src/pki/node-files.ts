import { createCertificate } from './certificate.js'
import type { CertificateSpec } from './certificate.js'
import type { PublicKey, PrivateKey } from './crypto/rsa.js'
import { PKI_DIR } from './inventory/inventory.js'
import type { PkiConfig } from './inventory/inventory.js'
import { kubeconfigText } from './kubeconfig.js'
import { privateKeyPem } from './crypto/rsa.js'

/** What a node's files are created from: a cluster's {@link Pki}. */
export interface NodeFileSource {
  readonly config: PkiConfig
  read(path: string): string
  key(purpose: string): PrivateKey
  sign(spec: CertificateSpec, publicKey: PublicKey): string
  serialOf(what: string): bigint
  /** Returns the virtual ms at which a node joined the cluster. */
  joined(node: string): number
}

const DAY = 86_400_000
const BACKDATE = 5 * 60_000
const KUBELET_DIR = '/var/lib/kubelet/pki'
/** The current client certificate of a kubelet, with its key. */
export const KUBELET_CLIENT_FILE: string = `${KUBELET_DIR}/kubelet-client-current.pem`
/** The serving certificate of a kubelet with `serverTLSBootstrap`, with its key. */
export const KUBELET_SERVER_FILE: string = `${KUBELET_DIR}/kubelet-server-current.pem`
/** The kubeconfig of a kubelet. */
export const KUBELET_CONFIG_FILE: string = '/etc/kubernetes/kubelet.conf'

/** Start and end in virtual ms. */
export interface Validity {
  readonly notBefore: number
  readonly notAfter: number
}

/** Returns the validity of the client certificate that a kubelet gets when its node joins. */
export function joinedValidity(joined: number): Validity {
  const seconds = (ms: number): number => Math.floor(ms / 1000) * 1000
  return { notBefore: seconds(joined - BACKDATE), notAfter: seconds(joined + 365 * DAY - BACKDATE) }
}

/**
 * Returns the name of the file that `current` links to: `kubelet-client-2026-01-01-00-00-00.pem`. Source:
 * client-go util/certificate certificate_store.go.
 */
export function datedFile(file: string, now: number): string {
  return file.replace('current', new Date(now).toISOString().slice(0, 19).replaceAll(/[T:]/g, '-'))
}

/** Returns whether a file is one of a kubelet's own credentials. */
export const isKubeletFile = (path: string): boolean =>
  path === KUBELET_CONFIG_FILE || path.startsWith(`${KUBELET_DIR}/kubelet`)

/** The files that a {@link Pki} has for a worker node from the start. */
export const NODE_FILES: readonly string[] = [
  `${PKI_DIR}/ca.crt`,
  KUBELET_CONFIG_FILE,
  KUBELET_CLIENT_FILE,
  `${KUBELET_DIR}/kubelet.crt`,
  `${KUBELET_DIR}/kubelet.key`,
]

/**
 * Returns the files of a worker node by path: the cluster's authority, the kubelet's rotated client
 * certificate (signed by the controller manager after the node joined) with its kubeconfig, and the serving
 * certificate that a kubelet without `serverTLSBootstrap` signs itself. Source: kubelet
 * pkg/kubelet/certificate/bootstrap, client-go util/cert GenerateSelfSignedCertKey.
 */
export function nodeFiles(pki: NodeFileSource, node: string): ReadonlyMap<string, () => string> {
  return new Map([
    [`${PKI_DIR}/ca.crt`, () => pki.read(`${PKI_DIR}/ca.crt`)],
    [
      KUBELET_CONFIG_FILE,
      () =>
        kubeconfigText({
          cluster: 'default-cluster',
          context: 'default-context',
          namespace: 'default',
          server: `https://${pki.config.controlPlaneEndpoint ?? pki.config.advertiseAddress}`,
          authority: pki.read(`${PKI_DIR}/ca.crt`),
          user: 'default-auth',
          credential: { file: KUBELET_CLIENT_FILE },
        }),
    ],
    [datedFile(KUBELET_CLIENT_FILE, pki.joined(node)), () => clientFile(pki, node)],
    [KUBELET_CLIENT_FILE, () => clientFile(pki, node)],
    [`${KUBELET_DIR}/kubelet.crt`, () => servingCertificate(pki, node)],
    [`${KUBELET_DIR}/kubelet.key`, () => privateKeyPem(pki.key(`${node}/kubelet.key`))],
  ])
}

function clientFile(pki: NodeFileSource, node: string): string {
  const key = pki.key(`${node}/kubelet-client`)
  const certificate = pki.sign(
    {
      subject: { commonName: `system:node:${node}`, organizations: ['system:nodes'] },
      serial: pki.serialOf(`${node}/kubelet-client`),
      ...joinedValidity(pki.joined(node)),
      keyUsages: ['digital signature', 'key encipherment'],
      purposes: ['client auth'],
    },
    key,
  )
  return certificate + privateKeyPem(key)
}

/**
 * Creates the self-signed serving certificate. It is issued by a throw-away authority named after the second
 * of its creation.
 */
function servingCertificate(pki: NodeFileSource, node: string): string {
  const seconds = Math.floor(pki.joined(node) / 1000)
  const key = pki.key(`${node}/kubelet.key`)
  const authority = createCertificate(
    {
      subject: { commonName: `${node}-ca@${seconds}` },
      serial: 2n,
      notBefore: seconds * 1000 - 3_600_000,
      notAfter: seconds * 1000 + 365 * DAY,
      keyUsages: ['digital signature', 'key encipherment', 'cert sign'],
      isCa: true,
      names: { dns: [`${node}-ca@${seconds}`] },
    },
    pki.key(`${node}/kubelet-ca`),
    { subject: { commonName: `${node}-ca@${seconds}` }, key: pki.key(`${node}/kubelet-ca`) },
  )
  const leaf = createCertificate(
    {
      subject: { commonName: `${node}@${seconds}` },
      serial: pki.serialOf(`${node}/kubelet.crt`),
      notBefore: seconds * 1000 - 3_600_000,
      notAfter: seconds * 1000 + 365 * DAY,
      keyUsages: ['digital signature', 'key encipherment'],
      purposes: ['server auth'],
      names: { dns: [node] },
    },
    key,
    { subject: { commonName: `${node}-ca@${seconds}` }, key: pki.key(`${node}/kubelet-ca`) },
  )
  return leaf + authority
}
