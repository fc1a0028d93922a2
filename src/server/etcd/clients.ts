import type { TLSSocket } from 'node:tls'
import { PKI_DIR, readChain, verifyChain } from '../../pki/index.js'
import type { Pki } from '../../pki/index.js'
import { chainOf } from '../peers.js'

/**
 * Whether a client has shown a certificate of etcd's authority, good at virtual time (`--client-cert-auth`). What etcd says during the
 * handshake is said by closing the connection: clients see both as a server that they cannot reach.
 */
export function admitsClient(pki: Pki, now: number, socket: TLSSocket): boolean {
  const [leaf, ...intermediates] = chainOf(socket) ?? []
  if (leaf === undefined) return false
  const roots = readChain(pki.read(`${PKI_DIR}/etcd/ca.crt`))
  return verifyChain(leaf, { roots, intermediates, now, purpose: 'client auth' }) === undefined
}
