import type { Pause, Served, ServedRequest } from '../../kubelet/index.js'
import { statusText } from '../../kubelet/index.js'
import type { Certificate } from '../../pki/certificate.js'
import { parseCertificates } from '../../pki/certificate.js'
import { fromPem } from '../../pki/crypto/der.js'
import { parsePrivateKey } from '../../pki/crypto/rsa.js'
import { verifyChain } from '../../pki/verify.js'
import { getUrl } from './get-url.js'
import { NOT_FOUND, klog, listening, log, textResponse, urlOf } from './subcommand.js'
import type { Subcommand, SubcommandCall } from './subcommand.js'

/** Virtual ms between two requests of the client. */
const POLL_INTERVAL = 10_000

/** Why the program cannot go on, in the words of upstream's. */
class Failure extends Error {}

/**
 * Requests a URL every ten seconds with the certificate of a credential bundle, and logs the response.
 * Source: test/images/agnhost/mtlsclient.
 */
export const mtlsClient: Subcommand = {
  flags: { 'fetch-url': '', 'server-trust-bundle': '', 'client-cred-bundle': '' },
  run(call) {
    const { flags, memory, world } = call
    if (Object.keys(mtlsClient.flags ?? {}).some((name) => flags[name] === ''))
      return failed(call, 'missing required flags')
    const url = flags['fetch-url'] ?? ''
    if (!/^(?:[a-z][a-z\d+.-]*:|\/)/i.test(url))
      return failed(call, `invalid --fetch-url: parse ${JSON.stringify(url)}: invalid URI for request`)
    if (memory !== undefined) {
      const fault = faultOf(() => poll(call, url))
      if (fault !== undefined)
        klog(call, 'E', 'client.go:71', `while sending requests to the server: ${fault}`)
    }
    return { until: world.now + POLL_INTERVAL, memory: null }
  },
}

function poll(call: SubcommandCall, url: string): void {
  const trusted = readFile(call, 'server-trust-bundle', 'while reading service trust bundle')
  const bundle = readFile(call, 'client-cred-bundle', 'while reading client credential bundle')
  const blocks = fromPem(bundle)
  if (!blocks.some(({ type }) => type === 'PRIVATE KEY'))
    throw new Failure('client credential bundle had no private key')
  if (!blocks.some(({ type }) => type === 'CERTIFICATE'))
    throw new Failure('client credential bundle had no certificates')
  const got = getUrl(call, url, { roots: certificatesOf(trusted), certificate: bundle })
  if (got.status === undefined) throw new Failure(`while getting URL: ${got.error}`)
  if (got.status < 200 || got.status >= 300)
    throw new Failure(`non-2xx status ${got.status} "${got.status} ${statusText(got.status)}"`)
  log(call, `Got response body: ${got.body}`)
}

/**
 * Serves `/spiffe-echo` over TLS: the identity in the client's certificate. Source:
 * test/images/agnhost/mtlsserver.
 */
export const mtlsServer: Subcommand = {
  flags: { listen: '', 'server-creds': '', 'spiffe-trust-bundle': '' },
  run(call): number | Pause {
    const { flags } = call
    if (Object.keys(mtlsServer.flags ?? {}).some((name) => flags[name] === ''))
      return failed(call, 'missing required flags')
    const fault = faultOf(() => {
      const trusted = readFile(call, 'spiffe-trust-bundle', 'while reading SPIFFE trust anchors')
      if (certificatesOf(trusted).length === 0) throw new Failure('failed to append client certs from PEM')
      checkPair(readFile(call, 'server-creds', 'while loading server key pair'))
    })
    if (fault !== undefined) return failed(call, `error while serving: ${fault}`)
    const listen = flags['listen'] ?? ''
    return listening([listen.slice(listen.lastIndexOf(':') + 1)])
  },
  serve(call, request) {
    if (request.secure !== true) return textResponse('Client sent an HTTP request to an HTTPS server.\n', 400)
    const { response } = echo(call, request)
    if (response === undefined) return {}
    return { response: { ...response, certificate: call.world.files.read(call.flags['server-creds'] ?? '') } }
  },
}

function echo(call: SubcommandCall, request: ServedRequest): Served {
  if (urlOf(request).pathname !== '/spiffe-echo') return NOT_FOUND
  if (request.method !== 'GET' && request.method !== 'HEAD') return textResponse('Method Not Allowed\n', 405)
  const required = textResponse('SPIFFE client certificate authentication required\n', 401)
  const [leaf, ...intermediates] = certificatesOf(request.clientCertificate ?? '')
  if (leaf === undefined) return required
  const trusted = faultOf(() => readFile(call, 'spiffe-trust-bundle', ''))
  if (trusted !== undefined) {
    log(call, `Error while reading SPIFFE trust anchors: ${trusted.replace(/^: /, '')}`)
    return textResponse('Internal Error\n', 500)
  }
  const roots = certificatesOf(call.world.files.read(call.flags['spiffe-trust-bundle'] ?? ''))
  // without an option, Go asks for the purpose of a server
  const fault = verifyChain(leaf, { roots, intermediates, now: call.world.now, purpose: 'server auth' })
  if (fault !== undefined) {
    log(call, `Error while verifying SPIFFE client certificate: ${fault}`)
    return required
  }
  const { uri = [] } = leaf.names
  if (uri.length !== 1) {
    log(call, `SPIFFE client certificate did not have 1 URI SAN, count: ${uri.length}`)
    return textResponse('Malformed SPIFFE certificate\n', 401)
  }
  return textResponse(`Client Identity: ${uri[0]}`)
}

/** Reports an error as cobra does. */
function failed(call: SubcommandCall, text: string): number {
  call.error(`Error: ${text}\n`)
  return 1
}

/** Returns the message of a failure of `work`; undefined if there was none. */
function faultOf(work: () => void): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof Failure) return error.message
    throw error
  }
}

function readFile({ flags, world }: SubcommandCall, flag: string, doing: string): string {
  const path = flags[flag] ?? ''
  if (world.files.stat(path) === undefined)
    throw new Failure(`${doing}: open ${path}: no such file or directory`)
  return world.files.read(path)
}

/** The certificates of a PEM text; those that cannot be read are passed over, as in Go. */
function certificatesOf(pem: string): readonly Certificate[] {
  try {
    return parseCertificates(pem)
  } catch {
    return []
  }
}

/** Source: crypto/tls X509KeyPair. Keys that are not RSA are not compared. */
function checkPair(bundle: string): void {
  const [leaf] = certificatesOf(bundle)
  if (leaf === undefined)
    throw new Failure('while loading server key pair: tls: failed to find any PEM data in certificate input')
  if (!fromPem(bundle).some(({ type }) => type.endsWith('PRIVATE KEY')))
    throw new Failure(
      'while loading server key pair: tls: failed to find PEM block with type ending in "PRIVATE KEY" in ' +
        'key input after skipping PEM blocks of the following types: [CERTIFICATE]',
    )
  if (leaf.publicKey !== undefined && parsePrivateKey(bundle).modulus !== leaf.publicKey.modulus)
    throw new Failure('while loading server key pair: tls: private key does not match public key')
}
