import type { ServerHttp2Session } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { PKI_DIR, readChain, verifyChain } from '../../pki/index.js'
import type { Pki } from '../../pki/index.js'
import { chainOf } from '../peers.js'

/**
 * Returns whether a client has sent a certificate of etcd's authority that is valid at virtual time
 * (`--client-cert-auth`). Clients that have not are disconnected after the handshake: Node cannot send the
 * TLS alert that etcd sends, and clients report both as an unreachable server.
 */
export function admitsClient(pki: Pki, now: number, socket: TLSSocket): boolean {
  const [leaf, ...intermediates] = chainOf(socket) ?? []
  if (leaf === undefined) return false
  const roots = readChain(pki.read(`${PKI_DIR}/etcd/ca.crt`))
  return verifyChain(leaf, { roots, intermediates, now, purpose: 'client auth' }) === undefined
}

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
