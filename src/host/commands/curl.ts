import { parseCertificates, verifyChain } from '../../pki/index.js'
import type { HttpResponse } from '../../client/http.js'
import { opensslTime } from '../machine/texts.js'
import type { CommandCall, CommandOutput, Options } from './command.js'
import { failed, readOptions } from './command.js'
import { nameTextOf } from './openssl-text.js'
import { endpointHost, joinHostPort } from '../../lang/go/host-port.js'
import { parseIp } from '../../lang/go/ip.js'

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
 * curl, to the cluster's apiserver only: `-k`, `--cacert`, `--cert`, `--key`, `-H`, `-X`, `-d`, `-v`, `-i`,
 * `-s`, `-o`, `-w %{http_code}`.
 */
export function curl(call: CommandCall): CommandOutput {
  const options = readOptions(
    call.args.flatMap((arg) =>
      /^-[ksvifSL]{2,}$/.test(arg)
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
  const isLocal = call.machine.isControlPlane && ['localhost', '127.0.0.1', '::1'].includes(host)
  const isKnown =
    [
      own,
      hosts.controlPlaneName,
      'master',
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
    ].includes(host) || isLocal
  if (!isKnown && parseIp(host) === undefined) return fail(6, `Could not resolve host: ${host}`)
  const isUp = hosts.controlPlane?.state.components.get('kube-apiserver')?.state === 'running'
  if (!isKnown || !isUp || (port !== '6443' && port !== '443'))
    return fail(7, `Failed to connect to ${host} port ${port} after 0 ms: Couldn't connect to server`)
  if (scheme === 'http') return { stdout: 'Client sent an HTTP request to an HTTPS server.\n' }
  const distrust = options.has('k', 'insecure') ? undefined : serverFault(call, options, host)
  if (distrust !== undefined) return fail(60, distrust)
  return report(call, options, {
    host: joinHostPort(host, port),
    path,
    fail,
    handshake: options.has('v', 'verbose') ? handshake(call, host, port, options) : '',
  })
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
  const [leaf] = certificatesIn(controlPlane?.files.text('/etc/kubernetes/pki/apiserver.crt') ?? '')
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

function serverFault(call: CommandCall, options: Options, host: string): string | undefined {
  const more =
    '\nMore details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy ' +
    'of the server and therefore could not\nestablish a secure connection to it. To learn more about ' +
    'this situation and\nhow to fix it, please visit the web page mentioned above.'
  const path = options.get('cacert')
  const text = path === undefined ? '' : call.machine.files.text(call.path(path))
  if (text === undefined) return `error setting certificate file: ${path ?? ''}`
  const { controlPlane } = call.machine.hosts
  const [leaf] = certificatesIn(controlPlane?.files.text('/etc/kubernetes/pki/apiserver.crt') ?? '')
  const fault =
    leaf === undefined
      ? 'no certificate'
      : verifyChain(leaf, {
          roots: certificatesIn(text),
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
  const data = options.get('d', 'data', 'data-binary')
  const body =
    data?.startsWith('@') === true
      ? data === '@-'
        ? call.stdin
        : (files.text(call.path(data.slice(1))) ?? '')
      : data
  const headers: Record<string, string> = { 'user-agent': 'curl/8.5.0', accept: '*/*' }
  if (body !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded'
  for (const line of options.all('H', 'header'))
    headers[line.slice(0, line.indexOf(':')).trim().toLowerCase()] = line.slice(line.indexOf(':') + 1).trim()
  const certificate = options.get('cert', 'E')
  let user: { readonly name: string; readonly groups: readonly string[] } | undefined
  if (certificate !== undefined) {
    const text = files.text(call.path(certificate))
    if (text === undefined)
      return fail(
        58,
        `could not load PEM client certificate from ${certificate}, OpenSSL error ` +
          'error:80000002:system library::No such file or directory',
      )
    const found = cluster.pki.identify(certificatesIn(text), cluster.now())
    // An untrusted certificate does not authenticate a user.
    if (typeof found === 'string') headers.authorization ??= 'Bearer invalid'
    else user = { name: found.commonName, groups: [...found.organizations, 'system:authenticated'] }
  }
  const method = options.get('X', 'request') ?? (body === undefined ? 'GET' : 'POST')
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
  return printed(
    call,
    options,
    response,
    told,
    `${method} ${path} HTTP/2\n> Host: ${host}\n${Object.entries(headers)
      .map(([name, value]) => `> ${name}: ${value}\n`)
      .join('')}`,
  )
}

function printed(
  call: CommandCall,
  options: Options,
  response: HttpResponse,
  told: string,
  request: string,
): CommandOutput {
  const text = typeof response.body === 'string' ? response.body : new TextDecoder().decode(response.body)
  const status = `HTTP/2 ${response.code} \n`
  const lines = Object.entries(response.headers).map(([name, value]) => `${name}: ${String(value)}\n`)
  const head = options.has('i', 'include') ? `${status}${lines.join('')}\n` : ''
  const isVerbose = options.has('v', 'verbose')
  const before = isVerbose
    ? `${told}> ${request}> \n< ${status}${lines.map((line) => `< ${line}`).join('')}< \n`
    : ''
  const peer = endpointHost(/^.*/.exec(request.split('> Host: ')[1] ?? '')?.[0] ?? '')
  const end = isVerbose ? `* Connection #0 to host ${peer} left intact\n` : ''
  const stderr = before + end
  const out = options.get('o', 'output')
  if (out !== undefined && out !== '/dev/null') call.machine.files.write(call.path(out), text)
  const after =
    options
      .get('w', 'write-out')
      ?.replaceAll('%{http_code}', String(response.code))
      .replaceAll('\\n', '\n') ?? ''
  if (options.has('f', 'fail') && response.code >= 400)
    return { stderr: `${stderr}curl: (22) The requested URL returned error: ${response.code}\n`, code: 22 }
  const stdout = `${out === undefined ? head + text : ''}${after}`
  return { stdout, stderr, terminal: before + stdout + end }
}
