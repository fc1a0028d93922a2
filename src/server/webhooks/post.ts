import type { SecureCall, SecureResponse } from '../../apiserver/proxied.js'
import { OutsideTimeout, sendOutside } from '../http/send-outside.js'
import { trusting } from '../credentials/trust.js'

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

/** Bytes of a response, or twice those of the request if these are more: upstream has no limit. */
const MOST_RESPONSE = 16 * 1024 * 1024

/**
 * Posts to a server on this machine. Resolves with its response, or with the error of Go's HTTP client, also
 * when the time of the call is over; never rejects.
 */
export async function postOutside(call: SecureCall): Promise<SecureResponse | string> {
  const { ip, port, serverName, path, body, caBundle, timeoutSeconds } = call
  const started = performance.now()
  try {
    const target = {
      host: ip,
      port,
      // a name of an address cannot be sent
      ...(serverName === ip ? {} : { servername: serverName }),
      method: 'POST',
      // as Go's ServeMux would have it, which redirects otherwise
      path: path.replaceAll(/\/{2,}/g, '/'),
      headers: { 'content-type': 'application/json' },
      ...trusting(caBundle),
    }
    const limits = { ms: timeoutSeconds * 1000, bytes: Math.max(MOST_RESPONSE, 2 * body.length) }
    const { code, text } = await sendOutside(target, body, limits)
    return { code, body: text, took: performance.now() - started }
  } catch (error) {
    return textOf(error instanceof Error ? error : new Error(String(error)), call)
  }
}

function textOf(error: NodeJS.ErrnoException, { ip, port, serverName }: SecureCall): string {
  const { code = '' } = error
  if (error instanceof OutsideTimeout) return 'context deadline exceeded'
  if (code === 'ECONNREFUSED') return `dial tcp ${ip}:${port}: connect: connection refused`
  if (code === 'ECONNRESET') return 'EOF'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `tls: failed to verify certificate: x509: certificate is not valid for ${serverName}`
  const fault = TLS_ERRORS[code]
  return fault === undefined ? error.message : `tls: failed to verify certificate: ${fault}`
}
