import { parseCertificates, verifyChain } from '../../pki/index.js'
import { opensslTime } from '../machine/texts.js'
import type { CommandCall, CommandOutput, Options } from './command.js'
import { failed, readOptions } from './command.js'
import { bodyOf, headersOf, methodOf, printed } from './curl-request.js'
import { nameTextOf } from './openssl/text.js'
import { endpointHost, joinHostPort } from '../../lang/go/host-port.js'
import type { Payload } from '../../network/index.js'
import { authorizationService } from '../control-plane/apply-flags.js'
import type { HostMachine } from '../machine/host-machine.js'
import { etcdReply, localReply, type LocalReply } from './local-servers.js'
import { jobReply } from './jobs.js'
import { lookUp } from './resolver.js'
import { isLoopback, machineAt, sourceAt } from '../machine/places.js'

const VALUED = [
  'X',
  'request',
  'H',
  'header',
  'd',
  'data',
  'data-binary',
  'cacert',
  'cert',
  'E',
  'key',
  'o',
  'output',
  'm',
  'max-time',
  'w',
  'write-out',
  'connect-timeout',
  'A',
  'user-agent',
]

/**
 * curl, to the apiserver, to health endpoints of this machine's programs, and to what the cluster's network
 * reaches: `-k`, `--cacert`, `--cert`, `--key`, `-H`, `-X`, `-d`, `-v`, `-i`, `-I`, `-s`, `-o`,
 * `-w %{http_code}`.
 */
export function curl(call: CommandCall): CommandOutput {
  const options = readOptions(
    call.args.flatMap((arg) =>
      /^-[ksvifSLI]+[oXHdmwEA]?$/.test(arg) && arg.length > 2
        ? arg
            .slice(1)
            .split('')
            .map((letter) => `-${letter}`)
        : [arg],
    ),
    VALUED,
  )
  const [url] = options.words
  if (url === undefined)
    return failed(
      "curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information",
      2,
    )
  const [, scheme = 'http', named = '', port = scheme === 'https' ? '443' : '80', path = '/'] =
    /^(?:(https?):\/\/)?([^:/]+|\[[^\]]*\])(?::(\d+))?(\/.*)?$/.exec(url) ?? []
  const host = endpointHost(named)
  const quiet = options.has('s', 'silent') && !options.has('S', 'show-error')
  const fail = (code: number, text: string): CommandOutput =>
    failed(quiet ? '' : `curl: (${code}) ${text}`, code)
  const { hosts, cluster } = call.machine
  const own = endpointHost(cluster.pki.config.advertiseAddress)
  const isLocal = call.machine.isControlPlane && isLoopback(host)
  const isKnown =
    [
      own,
      hosts.controlPlaneName,
      'master',
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
    ].includes(host) ||
    isLocal ||
    lookUp(call.machine, host)[0] === own
  const isUp = hosts.controlPlane?.state.components.get('kube-apiserver')?.state === 'running'
  if (!isKnown || (port !== '6443' && port !== '443'))
    return elsewhere(call, options, { host, port, path, isSecure: scheme === 'https', fail })
  if (!isUp) return fail(7, refused(host, port))
  if (scheme === 'http') return { stdout: 'Client sent an HTTP request to an HTTPS server.\n' }
  const distrust = options.has('k', 'insecure')
    ? undefined
    : serverFault(call, options, host, apiserverCertificate(call))
  if (distrust !== undefined) return fail(60, distrust)
  return report(call, options, {
    host: joinHostPort(host, port),
    path,
    fail,
    handshake: options.has('v', 'verbose') ? handshake(call, host, port, options) : '',
  })
}

const APISERVER_CERTIFICATE = '/etc/kubernetes/pki/apiserver.crt'

const apiserverCertificate = ({ machine }: CommandCall): string =>
  machine.hosts.controlPlane?.files.text(APISERVER_CERTIFICATE) ?? ''

const refused = (host: string, port: string): string =>
  `Failed to connect to ${host} port ${port} after 0 ms: Couldn't connect to server`

/** A request to another server than the apiserver: a program of this machine, a pod, a Service, a node. */
function elsewhere(
  call: CommandCall,
  options: Options,
  { host, port, path, isSecure, fail }: Elsewhere,
): CommandOutput {
  const { machine } = call
  const [bare = path] = path.split('?')
  const isOwn = isLoopback(host)
  const isEtcd = port === ETCD_PORT && (isOwn || host === machine.address)
  const local = isEtcd
    ? etcdReply(machine, bare)
    : isOwn
      ? localReply(machine, Number(port), bare)
      : undefined
  if (local !== undefined && local.isSecure !== isSecure)
    return isSecure ? fail(35, NO_TLS) : { stdout: 'Client sent an HTTP request to an HTTPS server.\n' }
  if (local?.isSecure === true && !options.has('k', 'insecure')) {
    const { certificate } = local
    const distrust = certificate === undefined ? SELF_SIGNED : serverFault(call, options, host, certificate)
    if (distrust !== undefined) return fail(60, distrust)
  }
  const authorizer = authorizationReply(
    call,
    options,
    `${isSecure ? 'https' : 'http'}://${joinHostPort(host, port)}${path}`,
  )
  if (authorizer !== undefined && isSecure && !options.has('k', 'insecure')) return fail(60, SELF_SIGNED)
  const [address] = authorizer === undefined ? lookUp(machine, host) : [host]
  if (address === undefined) return fail(6, `Could not resolve host: ${host}`)
  const to = machineAt(machine, address)
  const body = bodyOf(call, options)
  const method = methodOf(options, body)
  const authority = joinHostPort(host, port)
  const headers = headersOf(options, body)
  const given = options.get('cert', 'E')
  const shown = given === undefined ? undefined : machine.files.text(call.path(given))
  if (given !== undefined && shown === undefined) return fail(58, noCertificate(given))
  if (given !== undefined && certificatesIn(shown ?? '').length === 0)
    return fail(58, `could not load PEM client certificate from ${given}, OpenSSL error ${NO_PEM}`)
  const refusal = local !== undefined && isEtcd ? clientFault(machine, shown) : undefined
  if (refusal !== undefined) return fail(56, `OpenSSL SSL_read: ${refusal}, errno 0`)
  const sent =
    local ??
    authorizer ??
    (isOwn && !isSecure
      ? jobReply(machine, Number(port), authority, {
          method,
          path,
          headers,
          ...(body === undefined ? {} : { body }),
        })
      : undefined) ??
    exchange(machine, to?.address ?? address, Number(port), {
      protocol: 'http',
      method,
      path,
      host: authority,
      headers,
      secure: isSecure,
      ...(body === undefined ? {} : { body }),
      ...(shown === undefined ? {} : { clientCertificate: shown }),
    })
  if (typeof sent === 'string') {
    if (sent === 'timeout') {
      const seconds = Number(options.get('connect-timeout', 'm', 'max-time') ?? LONGEST_CONNECT)
      machine.cluster.advance(Math.round(seconds * 1000))
      return fail(28, `Connection timed out after ${Math.round(seconds * 1000)} milliseconds`)
    }
    if (sent === 'empty') return fail(52, 'Empty reply from server')
    return fail(7, refused(host, port))
  }
  const { certificate } = sent
  // the kubelet's own certificate, which it has signed itself
  const isKubelets = certificate === undefined && to !== undefined && port === KUBELET_PORT
  if (isSecure && local === undefined && certificate === undefined && !isKubelets) return fail(35, NO_TLS)
  if (isSecure && local === undefined && !options.has('k', 'insecure')) {
    const distrust = isKubelets ? SELF_SIGNED : serverFault(call, options, host, certificate ?? '')
    if (distrust !== undefined) return fail(60, distrust)
  }
  const response = { code: sent.code, headers: sent.headers ?? {}, body: sent.body }
  const told = `*   Trying ${authority}...\n* Connected to ${host} port ${port}\n`
  return printed(call, options, response, told, { method, path, authority, headers, protocol: 'HTTP/1.1' })
}

const ETCD_PORT = '2379'

/** Why etcd lets no client in without a certificate of its own authority; undefined if it does. */
function clientFault({ files, cluster }: HostMachine, pem: string | undefined): string | undefined {
  if (pem === undefined) return 'error:0A00045C:SSL routines::tlsv13 alert certificate required'
  const [leaf, ...intermediates] = certificatesIn(pem)
  const roots = certificatesIn(files.text('/etc/kubernetes/pki/etcd/ca.crt') ?? '')
  const now = cluster.now()
  const fault =
    leaf === undefined ? '' : verifyChain(leaf, { roots, intermediates, now, purpose: 'client auth' })
  return fault === undefined ? undefined : 'error:0A000412:SSL routines::sslv3 alert bad certificate'
}

/** What an authorization webhook of the cluster's options responds with to a SubjectAccessReview. */
function authorizationReply(call: CommandCall, options: Options, url: string): LocalReply | undefined {
  const { authorizationWebhooks = {} } = call.machine.cluster.internals.options.access ?? {}
  const webhook = authorizationService(authorizationWebhooks, url)
  if (webhook === undefined) return undefined
  const isSecure = url.startsWith('https:')
  try {
    const {
      apiVersion = 'authorization.k8s.io/v1',
      kind,
      spec,
    } = JSON.parse(bodyOf(call, options) ?? '') as Parameters<typeof webhook>[0]
    if (kind !== 'SubjectAccessReview' || spec === undefined)
      throw new SyntaxError(`unexpected ${String(kind)}`)
    const status = webhook({ apiVersion, kind, metadata: {}, spec })
    return { isSecure, code: 200, body: `${JSON.stringify({ apiVersion, kind, spec, status })}\n` }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { isSecure, code: error instanceof SyntaxError ? 400 : 500, body: `${why}\n` }
  }
}

interface Elsewhere {
  readonly host: string
  readonly port: string
  readonly path: string
  readonly isSecure: boolean
  readonly fail: (code: number, text: string) => CommandOutput
}

const KUBELET_PORT = '10250'

const SELF_SIGNED = 'SSL certificate problem: self-signed certificate'

/** What curl says of a server that does not speak TLS. */
const NO_TLS = 'error:0A00010B:SSL routines::wrong version number'

const NO_PEM = 'error:0480006C:PEM routines::no start line'

const noCertificate = (path: string): string =>
  `could not load PEM client certificate from ${path}, OpenSSL error ` +
  'error:80000002:system library::No such file or directory'

/** Seconds until Linux gives up on a connection that gets no response. */
const LONGEST_CONNECT = 134

/** Sends a request through the cluster's network. Returns the response, or why there is none. */
function exchange(
  machine: HostMachine,
  ip: string,
  port: number,
  send: Payload,
): LocalReply | 'timeout' | 'empty' | 'refused' {
  const { outcome, response } = machine.cluster.network.connect({
    from: sourceAt(machine),
    to: { ip },
    port,
    send,
  })
  if (outcome === 'timeout') return 'timeout'
  if (outcome !== 'connected') return outcome === 'reset' ? 'empty' : 'refused'
  if (response?.status === undefined) return 'empty'
  const { status, ...reply } = response
  return { ...reply, isSecure: send.secure === true, code: status }
}

/**
 * The part of `-v` about the connection: which certificate the server presented, and whether curl trusts it.
 */
function handshake(
  { machine: { hosts } }: CommandCall,
  host: string,
  port: string,
  options: Options,
): string {
  const { controlPlane } = hosts
  const [leaf] = certificatesIn(controlPlane?.files.text(APISERVER_CERTIFICATE) ?? '')
  if (leaf === undefined) return ''
  const address = controlPlane?.address ?? host
  const isIp = leaf.names.ip?.includes(host) === true
  const messages = [
    'OUT), TLS handshake, Client hello (1)',
    'IN), TLS handshake, Server hello (2)',
    'IN), TLS handshake, Encrypted Extensions (8)',
    'IN), TLS handshake, Request CERT (13)',
    'IN), TLS handshake, Certificate (11)',
    'IN), TLS handshake, CERT verify (15)',
    'IN), TLS handshake, Finished (20)',
    'OUT), TLS change cipher, Change cipher spec (1)',
    'OUT), TLS handshake, Certificate (11)',
    ...(options.has('cert', 'E') ? ['OUT), TLS handshake, CERT verify (15)'] : []),
    'OUT), TLS handshake, Finished (20)',
  ]
  const verdict = options.has('k', 'insecure')
    ? [' SSL certificate verify result: unable to get local issuer certificate (20), continuing anyway.']
    : [' SSL certificate verify ok.']
  return [
    `  Trying ${joinHostPort(address, port)}...`,
    `Connected to ${host} (${address}) port ${port}`,
    'ALPN: curl offers h2,http/1.1',
    ...messages.map((message) => `TLSv1.3 (${message}:`),
    'SSL connection using TLSv1.3 / TLS_AES_128_GCM_SHA256 / X25519 / RSASSA-PSS',
    'ALPN: server accepted h2',
    'Server certificate:',
    ` subject: ${nameTextOf(leaf.subjectDer).replaceAll(' = ', '=')}`,
    ` start date: ${opensslTime(leaf.notBefore)}`,
    ` expire date: ${opensslTime(leaf.notAfter)}`,
    ...(options.has('k', 'insecure')
      ? []
      : [` subjectAltName: host "${host}" matched cert's ${isIp ? 'IP address' : `"${host}"`}!`]),
    ` issuer: ${nameTextOf(leaf.issuerDer).replaceAll(' = ', '=')}`,
    ...verdict,
    'using HTTP/2',
  ]
    .map((line) => `* ${line}\n`)
    .join('')
}

/** Why curl does not trust a server's certificate (PEM), by `--cacert` alone; undefined if it does. */
function serverFault(call: CommandCall, options: Options, host: string, pem: string): string | undefined {
  const more =
    '\nMore details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy ' +
    'of the server and therefore could not\nestablish a secure connection to it. To learn more about ' +
    'this situation and\nhow to fix it, please visit the web page mentioned above.'
  const path = options.get('cacert')
  const text = path === undefined ? '' : call.machine.files.text(call.path(path))
  if (text === undefined) return `error setting certificate file: ${path ?? ''}`
  const [leaf, ...intermediates] = certificatesIn(pem)
  const fault =
    leaf === undefined
      ? 'no certificate'
      : verifyChain(leaf, {
          roots: certificatesIn(text),
          intermediates,
          now: call.machine.cluster.now(),
          purpose: 'server auth',
        })
  if (fault !== undefined) {
    const problem = fault.includes('expired')
      ? 'certificate has expired'
      : 'unable to get local issuer certificate'
    return `SSL certificate problem: ${problem}${more}`
  }
  const { dns = [], ip = [] } = leaf?.names ?? {}
  return dns.includes(host) || ip.includes(host)
    ? undefined
    : `SSL: no alternative certificate subject name matches target host name '${host}'${more}`
}

function certificatesIn(text: string): ReturnType<typeof parseCertificates> {
  try {
    return parseCertificates(text)
  } catch {
    return []
  }
}

function report(
  call: CommandCall,
  options: Options,
  {
    host,
    path,
    fail,
    handshake: told,
  }: {
    readonly host: string
    readonly path: string
    readonly handshake: string
    readonly fail: (code: number, text: string) => CommandOutput
  },
): CommandOutput {
  const { cluster, files } = call.machine
  const body = bodyOf(call, options)
  const headers = headersOf(options, body)
  const certificate = options.get('cert', 'E')
  let user: { readonly name: string; readonly groups: readonly string[] } | undefined
  if (certificate !== undefined) {
    const text = files.text(call.path(certificate))
    if (text === undefined) return fail(58, noCertificate(certificate))
    const found = cluster.pki.identify(certificatesIn(text), cluster.now())
    // An untrusted certificate does not authenticate a user.
    if (typeof found === 'string') headers.authorization ??= 'Bearer invalid'
    else user = { name: found.commonName, groups: [...found.organizations, 'system:authenticated'] }
  }
  const method = methodOf(options, body)
  const at = path.indexOf('?')
  const response = cluster.http.handle({
    method,
    path: at < 0 ? path : path.slice(0, at),
    ...(at < 0 ? {} : { query: path.slice(at + 1) }),
    headers,
    ...(body === undefined ? {} : { body }),
    ...(user === undefined ? {} : { user }),
  })
  if ('next' in response) {
    const lines = response.next()
    response.stop()
    return { stdout: lines.map((line) => `${line}\n`).join('') }
  }
  return printed(call, options, response, told, {
    method,
    path,
    authority: host,
    headers,
    protocol: 'HTTP/2',
  })
}
