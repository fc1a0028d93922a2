import { parseYamlText } from '../../lang/yaml/read.js'
import type { UserInfo } from '../../client/client.js'
import type {
  CertificateUse,
  HeldCertificate,
  HeldCertificates,
  KubeletCertificates,
  LoadedCertificates,
} from '../../kubelet/index.js'
import {
  createRequest,
  datedFile,
  joinedValidity,
  KUBELET_CLIENT_FILE,
  KUBELET_CONFIG_FILE,
  KUBELET_SERVER_FILE,
  parseCertificates,
  PKI_DIR,
  privateKeyPem,
} from '../../pki/index.js'
import type { ClientCertificates, Pki } from '../../pki/index.js'
import type { Slice } from '../../sim/modules/module.js'

const FILES: Readonly<Record<CertificateUse, string>> = {
  client: KUBELET_CLIENT_FILE,
  serving: KUBELET_SERVER_FILE,
}
const AUTHORITY = `${PKI_DIR}/ca.crt`
const BOOTSTRAP_FILE = '/etc/kubernetes/bootstrap-kubelet.conf'

/** What the certificates of a kubelet belong to. */
export interface KubeletCertificateDependencies {
  readonly node: string
  readonly pki: Pki
  /** The apiserver's verification of client certificates. */
  readonly verifier: ClientCertificates
  /** The identity as long as its files are unchanged. */
  readonly identity: UserInfo
  /** Addresses of the machine. */
  readonly addresses: readonly string[]
  /** Virtual ms. */
  readonly now: () => number
  readonly exit: () => void
}

/**
 * The certificate files of one node, and what the kubelet process has loaded of them. As long as everything
 * is as it was when the node joined, no key is generated, and nothing is signed or verified.
 */
export class NodeCertificates implements KubeletCertificates {
  readonly #dependencies: KubeletCertificateDependencies
  #loaded: Slice<LoadedCertificates> | undefined

  constructor(dependencies: KubeletCertificateDependencies) {
    this.#dependencies = dependencies
  }

  /** Returns the identity that the apiserver sees; undefined if it responds 401. */
  identity(): UserInfo | undefined {
    const { pki, verifier, identity, now, node } = this.#dependencies
    const held = this.#loaded?.peek.held
    if (held === undefined) return identity
    const { client } = held
    if (client === undefined) return undefined
    const at = now()
    if (at < client.notBefore || at > client.notAfter) return undefined
    if (client.pem === undefined && !pki.isChanged(AUTHORITY)) return identity
    const verdict = verifier.verify(client.pem ?? pki.original(KUBELET_CLIENT_FILE, node), 'client', at)
    return typeof verdict === 'string'
      ? undefined
      : { name: verdict.commonName, groups: [...verdict.organizations, 'system:authenticated'] }
  }

  /** Returns the error that clients of the kubelet's port get while it has no serving certificate. */
  servingFault(): string | undefined {
    const held = this.#loaded?.peek.held
    if (held === undefined || !held.bootstrapsServing) return undefined
    return held.serving !== undefined && this.#dependencies.now() <= held.serving.notAfter
      ? undefined
      : 'remote error: tls: internal error'
  }

  faults(): readonly string[] {
    const found = this.#loadConfigured()
    if (typeof found !== 'string' && this.#dependencies.now() <= found.notAfter) return []
    const why =
      typeof found === 'string'
        ? found
        : `part of the existing bootstrap client certificate in ${KUBELET_CONFIG_FILE} is expired: ` +
          `${new Date(found.notAfter).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`
    const end =
      '"command failed" err="failed to run Kubelet: unable to load bootstrap kubeconfig: stat ' +
      `${BOOTSTRAP_FILE}: no such file or directory"`
    return why === '' ? [end] : [why, end]
  }

  load(rotates: boolean, bootstrapsServing: boolean): HeldCertificates {
    const configured = this.#loadConfigured()
    const own = typeof configured === 'string' ? undefined : configured
    const serving = bootstrapsServing ? this.#loadFile(KUBELET_SERVER_FILE) : undefined
    const held = {
      client: own,
      serving: typeof serving === 'string' ? undefined : serving,
      fromConfig: false,
      bootstrapsServing,
    }
    if (!rotates || own?.embedded !== true) return held
    // a certificate manager uses its own file first, and the kubeconfig only if that is unusable
    const current = this.#loadFile(KUBELET_CLIENT_FILE)
    if (typeof current !== 'string' && this.#dependencies.now() <= current.notAfter)
      return { ...held, client: current }
    return { ...held, fromConfig: true }
  }

  hold(loaded: Slice<LoadedCertificates>): void {
    this.#loaded = loaded
  }

  request(use: CertificateUse, key: string): string {
    const { node, pki, addresses } = this.#dependencies
    const names = use === 'client' ? {} : { dns: [node], ip: addresses }
    return createRequest(
      { commonName: `system:node:${node}`, organizations: ['system:nodes'] },
      pki.key(key),
      names,
    )
  }

  update(use: CertificateUse, certificate: string, key: string): void {
    const { node, pki, now } = this.#dependencies
    const text = certificate + privateKeyPem(pki.key(key))
    for (const file of [datedFile(FILES[use], now()), FILES[use]]) pki.write(file, text, node)
    const fresh = this.#loadFile(FILES[use])
    const held = this.#loaded?.value.held
    if (held === undefined || typeof fresh === 'string')
      throw new Error('assertion failed: a kubelet that holds no certificate was given one')
    held[use] = fresh
  }

  exit(): void {
    this.#dependencies.exit()
  }

  /**
   * Returns the client certificate that the kubeconfig file refers to, or a text that says why there is none.
   */
  #loadConfigured(): (HeldCertificate & { readonly embedded?: boolean }) | string {
    const { pki, node } = this.#dependencies
    if (!pki.isChanged(KUBELET_CONFIG_FILE, node)) return this.#loadFile(KUBELET_CLIENT_FILE)
    const text = pki.find(KUBELET_CONFIG_FILE, node)
    if (text === undefined) return ''
    const user = userOf(text)
    if (user === undefined)
      return (
        `unable to read existing bootstrap client config from ${KUBELET_CONFIG_FILE}: invalid ` +
        'configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment ' +
        'variable'
      )
    const data = user['client-certificate-data']
    const { 'client-certificate': file } = user
    if (typeof data !== 'string') return this.#loadFile(typeof file === 'string' ? file : '')
    const held = heldOf(decoded(data))
    return typeof held === 'string' ? held : { ...held, embedded: true }
  }

  #loadFile(file: string): HeldCertificate | string {
    const { pki, node } = this.#dependencies
    if (file === KUBELET_CLIENT_FILE && !pki.isChanged(file, node)) return joinedValidity(pki.joined(node))
    const text = pki.find(file, node)
    if (text === undefined)
      return (
        'unable to load TLS configuration from existing bootstrap client config read from ' +
        `${KUBELET_CONFIG_FILE}: open ${file}: no such file or directory`
      )
    return heldOf(text)
  }
}

function heldOf(text: string): HeldCertificate | string {
  try {
    const chain = parseCertificates(text)
    const pem = text.replace(
      /-----BEGIN (?:RSA |EC )?PRIVATE KEY-----(?:[^-]|-(?!----))*-----END (?:RSA |EC )?PRIVATE KEY-----\n?/g,
      '',
    )
    return {
      pem,
      notBefore: Math.max(...chain.map(({ notBefore }) => notBefore)),
      notAfter: Math.min(...chain.map(({ notAfter }) => notAfter)),
    }
  } catch {
    return (
      'unable to load TLS certificates from existing bootstrap client config read from ' +
      `${KUBELET_CONFIG_FILE}: data does not contain any valid RSA or ECDSA certificates`
    )
  }
}

function decoded(data: string): string {
  try {
    return atob(data)
  } catch {
    return ''
  }
}

/** Returns the user in the current context of a kubeconfig file. */
function userOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const {
      users,
      contexts,
      'current-context': current,
    } = parseYamlText(text) as {
      users?: { name?: string; user?: Readonly<Record<string, unknown>> }[]
      contexts?: { name?: string; context?: { user?: string } }[]
      'current-context'?: string
    }
    const name = contexts?.find((one) => one.name === current)?.context?.user
    return users?.find((one) => one.name === name)?.user
  } catch {
    return undefined
  }
}
