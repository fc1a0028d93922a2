import type { ServerHttp2Session } from 'node:http2'
import type { TLSSocket } from 'node:tls'

const names = new WeakMap<ServerHttp2Session, string>()

/**
 * The common name in a client's certificate: the user of a client that sends no token. Undefined without TLS
 * and once the connection is closed, empty without a certificate. Of several names the last one counts, as in
 * Go. Source: server/auth/store.go
 * AuthInfoFromTLS.
 */
export function commonNameOf(session: ServerHttp2Session): string | undefined {
  if (session.destroyed || session.encrypted !== true) return undefined
  let name = names.get(session)
  if (name === undefined) {
    const { CN = '' } = (session.socket as TLSSocket).getPeerCertificate().subject ?? {}
    names.set(session, (name = Array.isArray(CN) ? (CN.at(-1) ?? '') : CN))
  }
  return name
}
