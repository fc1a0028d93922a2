import { quote } from '../../lang/go/quote.js'
import { cachedKey, parseCertificates } from '../../pki/index.js'
import { ConfigurationError, KubectlError } from './errors.js'
import type { FileSource } from './files.js'
import type { Flags } from '../args/flags.js'
import type { KubectlEnvironment, RequestedIdentity } from './environment.js'
import type { KubeconfigContent, Named } from './kubeconfig-content.js'
import type { JsonMap } from '../../lang/json/maps.js'
import { EMPTY, merge, parseKubeconfig, textOf } from './kubeconfig-content.js'

/** Default path of the kubeconfig. */
export const DEFAULT_KUBECONFIG = '~/.kube/config'

/** The server if no kubeconfig names one. */
const NO_SERVER = 'http://localhost:8080'

/** Flags that select another user or server than the environment's own. */
const FLAGS = [
  'as',
  'as-group',
  'as-uid',
  'as-user-extra',
  'context',
  'user',
  'cluster',
  'token',
  'server',
  'kubeconfig',
  'client-certificate',
  'client-key',
  'certificate-authority',
  'username',
  'password',
]

/**
 * The kubeconfig of a call: the file of `--kubeconfig`, those of the variable KUBECONFIG, `~/.kube/config`,
 * or the environment's. Files are read lazily. Source: client-go tools/clientcmd/loader.go, client_config.go.
 */
export class Kubeconfig {
  readonly #env: KubectlEnvironment
  readonly #files: FileSource
  readonly #flags: Flags
  readonly #variables: Readonly<Record<string, string>>
  #content: KubeconfigContent | undefined

  constructor(
    env: KubectlEnvironment,
    files: FileSource,
    flags: Flags,
    variables: Readonly<Record<string, string>> = {},
  ) {
    this.#env = env
    this.#files = files
    this.#flags = flags
    this.#variables = variables
  }

  /** The files in their order; the first one that has a value wins. */
  get paths(): readonly string[] {
    const given = this.#flags.string('kubeconfig')
    if (given !== '') return [given]
    const variable = this.#variables['KUBECONFIG'] ?? ''
    return variable === '' ? [DEFAULT_KUBECONFIG] : variable.split(':').filter((path) => path !== '')
  }

  /** The file that is changed if none has the entry. */
  get path(): string {
    return this.paths[0] ?? DEFAULT_KUBECONFIG
  }

  /** The merged content. Throws KubectlError. */
  get content(): KubeconfigContent {
    return (this.#content ??= this.#load())
  }

  /** The content of one file; undefined if there is no such file. */
  read(path: string): KubeconfigContent | undefined {
    const text = this.text(path)
    return text === undefined ? undefined : parseKubeconfig(text, path)
  }

  /** The text of one file; undefined if there is no such file. */
  text(path: string): string | undefined {
    return this.#files.text(path) ?? (path === DEFAULT_KUBECONFIG ? this.#env.kubeconfig?.() : undefined)
  }

  /** Name of the current context. */
  get contextName(): string {
    return this.#flags.string('context') || this.content.currentContext
  }

  /** Whether anything selects another user, server or namespace than the environment's own. */
  get isAsked(): boolean {
    return FLAGS.some((name) => this.#flags.has(name)) || this.#hasFile
  }

  /**
   * Whether no file and no flag names a context, cluster or user, so that the environment's are used without
   * reading anything.
   */
  get #isOwn(): boolean {
    return !this.#hasFile && !['context', 'user', 'cluster'].some((name) => this.#flags.has(name))
  }

  get #hasFile(): boolean {
    return (
      this.#flags.has('kubeconfig') ||
      (this.#variables['KUBECONFIG'] ?? '') !== '' ||
      this.#files.text(DEFAULT_KUBECONFIG) !== undefined
    )
  }

  /** Namespace of the context. */
  get namespace(): string {
    const found = this.#isOwn ? '' : textOf(this.#context(), 'namespace')
    return found || (this.#env.defaultNamespace ?? 'default')
  }

  /** URL of the server in the kubeconfig. */
  get server(): string {
    const given = this.#flags.string('server')
    if (given !== '') return withScheme(given)
    return textOf(this.#cluster, 'server') || NO_SERVER
  }

  /**
   * How the server's certificate is verified: PEM of the authorities (undefined if none is given), or not at
   * all.
   */
  get trust(): {
    readonly authorities: string | undefined
    readonly isInsecure: boolean
    readonly serverName: string
  } {
    const flags = this.#flags
    const cluster = this.#cluster
    const path = this.#given(cluster, 'certificate-authority')
    const data =
      flags.string('certificate-authority') === ''
        ? fromBase64(textOf(cluster, 'certificate-authority-data'))
        : ''
    const text = data || (path === '' ? '' : (this.#files.text(path) ?? ''))
    return {
      authorities: text === '' ? undefined : text,
      serverName: this.#given(cluster, 'tls-server-name'),
      isInsecure: this.#isUnverified || textOf(cluster, 'insecure-skip-tls-verify') === 'true',
    }
  }

  /** Returns the selected user and server. Throws KubectlError. */
  identity(): RequestedIdentity {
    const flags = this.#flags
    if (this.#isOwn) {
      const server = flags.string('server')
      this.#checkUsable({}, {})
      const { token, ...certificate } = this.#credentials({})
      // the environment's own user has a certificate, but a token is meant to be another user
      const credentials = token === undefined ? certificate : { token }
      return {
        isOwn: Object.keys(credentials).length === 0,
        ...credentials,
        ...this.#impersonation({}),
        ...(server === '' ? {} : { server: withScheme(server) }),
      }
    }
    const cluster = this.#cluster
    const user = this.#part('user', this.content.users, textOf(this.#context(), 'user'))
    const server = this.#given(cluster, 'server') || NO_SERVER
    this.#checkUsable(user, cluster)
    return {
      isOwn: false,
      server: withScheme(server),
      ...this.#credentials(user),
      ...this.#impersonation(user),
    }
  }

  #load(): KubeconfigContent {
    let merged = EMPTY
    for (const path of this.paths) {
      const found = this.read(path)
      if (found === undefined && this.#flags.string('kubeconfig') !== '')
        throw new KubectlError(`stat ${path}: no such file or directory`)
      if (found !== undefined) merged = merge(merged, found)
    }
    return merged
  }

  #context(): JsonMap {
    const name = this.contextName
    const found = this.content.contexts.find((one) => one.name === name)
    if (found !== undefined) return found.value
    if (name === '') return {}
    throw new ConfigurationError(`context was not found for specified context: ${name}`)
  }

  get #cluster(): JsonMap {
    return this.#part('cluster', this.content.clusters, textOf(this.#context(), 'cluster'))
  }

  #part(flag: 'cluster' | 'user', parts: readonly Named<JsonMap>[], ofContext: string): JsonMap {
    const name = this.#flags.string(flag) || ofContext
    const found = parts.find((one) => one.name === name)?.value
    if (found === undefined && this.#flags.has(flag)) {
      throw new KubectlError(
        flag === 'cluster'
          ? `no server found for cluster ${quote(name)}`
          : `auth info ${quote(name)} does not exist`,
      )
    }
    return found ?? {}
  }

  /**
   * Throws KubectlError for a user or a cluster that cannot be used: one fault as it is, several together.
   * Source: client-go tools/clientcmd validation.go, client_config.go ConfirmUsable; rest/config.go.
   */
  #checkUsable(user: JsonMap, cluster: JsonMap): void {
    const flags = this.#flags
    const faults = [...this.#userFaults(user), ...this.#clusterFaults(cluster)]
    if (faults.length > 1) throw new ConfigurationError(faults.map((fault) => `\n* ${fault}`).join(''))
    if (faults.length === 1) throw new KubectlError(faults[0])
    const hasToken = this.#tokenOf(user) !== ''
    if (hasToken && (this.#given(user, 'username') !== '' || this.#given(user, 'password') !== ''))
      throw new KubectlError('username/password or bearer token may be set, but not both')
    const isInsecure = textOf(cluster, 'insecure-skip-tls-verify') === 'true'
    const path = this.#given(cluster, 'certificate-authority')
    const hasAuthority = path !== '' || textOf(cluster, 'certificate-authority-data') !== ''
    if (isInsecure && hasAuthority && flags.string('certificate-authority') === '')
      throw new KubectlError('specifying a root certificates file with the insecure flag is not allowed')
    const text = path === '' ? '' : (this.#files.text(path) ?? '')
    if (path !== '' && !this.#isUnverified && !text.includes('-----BEGIN CERTIFICATE-----'))
      throw new KubectlError('unable to load root certificates: unable to parse bytes as PEM block')
  }

  /** Whether a flag says that the server's certificate is not verified, whatever authority is known. */
  get #isUnverified(): boolean {
    return this.#flags.bool('insecure-skip-tls-verify')
  }

  /** A field of the kubeconfig that a flag of the same name replaces. */
  #given(fields: JsonMap, name: string): string {
    return this.#flags.string(name) || textOf(fields, name)
  }

  #userFaults(user: JsonMap): readonly string[] {
    const name = this.#flags.string('user') || textOf(this.#context(), 'user')
    const [path, keyPath] = [this.#given(user, 'client-certificate'), this.#given(user, 'client-key')]
    const hasKey = keyPath !== '' || textOf(user, 'client-key-data') !== ''
    if (path === '' && textOf(user, 'client-certificate-data') === '') return []
    return [
      ...(hasKey
        ? []
        : [
            `client-key-data or client-key must be specified for ${name} to use the clientCert ` +
              'authentication method.',
          ]),
      ...this.#missing('client-cert', path, name),
      ...this.#missing('client-key', keyPath, name),
    ]
  }

  #clusterFaults(cluster: JsonMap): readonly string[] {
    const name = this.#flags.string('cluster') || textOf(this.#context(), 'cluster')
    if (this.#isUnverified) return []
    return this.#missing('certificate-authority', this.#given(cluster, 'certificate-authority'), name)
  }

  #missing(what: string, path: string, name: string): readonly string[] {
    return path === '' || this.#files.text(path) !== undefined
      ? []
      : [`unable to read ${what} ${path} for ${name} due to open ${path}: no such file or directory`]
  }

  #tokenOf(user: JsonMap): string {
    const token = this.#given(user, 'token')
    const path = textOf(user, 'tokenFile')
    if (token !== '' || path === '') return token
    const text = this.#files.text(path)
    if (text === undefined) throw new KubectlError(`open ${path}: no such file or directory`)
    return text.trim()
  }

  /** A user may have both a token and a certificate: then the server decides, and prefers the certificate. */
  #credentials(user: JsonMap): Pick<RequestedIdentity, 'token' | 'certificate'> {
    const token = this.#tokenOf(user)
    const path = this.#given(user, 'client-certificate')
    const data =
      this.#flags.string('client-certificate') === '' ? textOf(user, 'client-certificate-data') : ''
    const certificate = data === '' ? (this.#files.text(path) ?? '') : fromBase64(data)
    const bearer = token === '' ? {} : { token }
    if (certificate === '' && data === '') return bearer
    if (!certificate.includes('-----BEGIN CERTIFICATE-----'))
      throw new KubectlError('tls: failed to find any PEM data in certificate input')
    const keyPath = this.#given(user, 'client-key')
    checkKey(certificate, fromBase64(textOf(user, 'client-key-data')) || (this.#files.text(keyPath) ?? ''))
    return { ...bearer, certificate }
  }

  #impersonation(user: JsonMap): Pick<RequestedIdentity, 'as' | 'asGroups' | 'asUid' | 'asExtra'> {
    const flags = this.#flags
    const as = flags.string('as') || textOf(user, 'as')
    const groups = flags.has('as-group') ? flags.strings('as-group') : user['as-groups']
    const uid = flags.string('as-uid') || textOf(user, 'as-uid')
    const extra = flags.has('as-user-extra') ? extraOf(flags.strings('as-user-extra')) : user['as-user-extra']
    const hasGroups = Array.isArray(groups) && groups.length > 0
    if (as === '' && (hasGroups || uid !== '' || extra !== undefined)) {
      throw new KubectlError(
        `requesting uid, groups or user-extra for ${textOf(this.#context(), 'user')} without ` +
          'impersonating a user',
      )
    }
    return {
      ...(as === '' ? {} : { as }),
      ...(hasGroups ? { asGroups: groups.map(String) } : {}),
      ...(uid === '' ? {} : { asUid: uid }),
      ...(typeof extra === 'object' && extra !== null
        ? { asExtra: extra as Readonly<Record<string, readonly string[]>> }
        : {}),
    }
  }
}

/**
 * Checks that certificate and key belong together. An unreadable key is ignored, since nothing here signs
 * with it. Source: Go crypto/tls X509KeyPair.
 */
function checkKey(certificate: string, key: string): void {
  if (!key.includes('-----BEGIN RSA PRIVATE KEY-----') && !key.includes('-----BEGIN PRIVATE KEY-----')) return
  const { publicKey } = parseCertificates(certificate)[0] ?? {}
  if (publicKey !== undefined && publicKey.modulus !== cachedKey(key).modulus)
    throw new KubectlError('tls: private key does not match public key')
}

function extraOf(pairs: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const extra: Record<string, string[]> = Object.create(null) as Record<string, string[]>
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    if (at < 0) continue
    ;(extra[pair.slice(0, at)] ??= []).push(pair.slice(at + 1))
  }
  return extra
}

function fromBase64(text: string): string {
  try {
    return atob(text)
  } catch {
    return ''
  }
}

const withScheme = (server: string): string => (server.includes('://') ? server : `http://${server}`)
