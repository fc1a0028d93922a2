import { request } from 'node:https'
import type { SecureCall, SecureReply } from '../../apiserver/proxied.js'
import { trusting } from '../trust.js'

/** Errors of TLS in the words of Go's crypto/x509, by Node's code. */
const UNTRUSTED = 'x509: certificate signed by unknown authority'
const TLS_ERRORS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'x509: certificate has expired or is not yet valid',
  CERT_NOT_YET_VALID: 'x509: certificate has expired or is not yet valid',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
}

const DEFAULT_SECONDS = 10

/**
 * Posts to a server on this machine. Resolves with its response, or with the error of Go's HTTP client, also
 * when the time in the path (`?timeout=10s`) is over.
 */
export function postOutside(call: SecureCall): Promise<SecureReply | string> {
  const { ip, port, serverName, path, body, caBundle } = call
  const seconds = Number(/[?&]timeout=(\d+)s/.exec(path)?.[1] ?? DEFAULT_SECONDS)
  const started = performance.now()
  return new Promise((resolve) => {
    const sent = request(
      {
        host: ip,
        port,
        // a name of an address cannot be sent
        ...(serverName === ip ? {} : { servername: serverName }),
        method: 'POST',
        // as Go's ServeMux would have it, which redirects otherwise
        path: path.replaceAll(/\/{2,}/g, '/'),
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        ...trusting(caBundle),
        signal: AbortSignal.timeout(seconds * 1000),
      },
      (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('error', (error) => resolve(textOf(error, call)))
        response.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8')
          resolve({ code: response.statusCode ?? 0, body: text, took: performance.now() - started })
        })
      },
    )
    sent.on('error', (error) => resolve(textOf(error, call)))
    sent.end(body)
  })
}

function textOf(error: NodeJS.ErrnoException, { ip, port, serverName }: SecureCall): string {
  const { code = '', name } = error
  if (name === 'AbortError' || name === 'TimeoutError' || code === 'ABORT_ERR')
    return 'context deadline exceeded'
  if (code === 'ECONNREFUSED') return `dial tcp ${ip}:${port}: connect: connection refused`
  if (code === 'ECONNRESET') return 'EOF'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `tls: failed to verify certificate: x509: certificate is not valid for ${serverName}`
  const fault = TLS_ERRORS[code]
  return fault === undefined ? error.message : `tls: failed to verify certificate: ${fault}`
}
