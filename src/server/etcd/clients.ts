import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { PKI_DIR, readChain, verifyChain } from '../../pki/index.js'
import type { Pki } from '../../pki/index.js'
import { chainOf } from '../peers.js'

/**
 * Whether a client has shown a certificate of etcd's authority, good at virtual time (`--client-cert-auth`).
 * What etcd says during the handshake is said by closing the connection: clients see both as a server that
 * they cannot reach.
 */
export function admitsClient(pki: Pki, now: number, socket: TLSSocket): boolean {
  const [leaf, ...intermediates] = chainOf(socket) ?? []
  if (leaf === undefined) return false
  const roots = readChain(pki.read(`${PKI_DIR}/etcd/ca.crt`))
  return verifyChain(leaf, { roots, intermediates, now, purpose: 'client auth' }) === undefined
}

const names = new WeakMap<Socket, string>()

/**
 * The common name in a client's certificate: the user that it is, for one who has no token. Source:
 * server/auth/store.go AuthInfoFromTLS.
 */
export function commonNameOf(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  let name = names.get(socket)
  if (name === undefined) {
    const { CN = '' } = socket.getPeerCertificate().subject ?? {}
    names.set(socket, (name = Array.isArray(CN) ? (CN[0] ?? '') : CN))
  }
  return name
}
