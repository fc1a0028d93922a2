import type { TlsOptions, TLSSocket } from 'node:tls'
import { PKI_DIR, readChain, verifyChain } from '../../pki/index.js'
import type { Pki } from '../../pki/index.js'
import { chainOf } from '../http/peers.js'
import { servingCertificate } from '../credentials/serving-certificate.js'
import type { EtcdSecurity } from './etcd-server.js'

/** Returns how the etcd of a cluster is served over TLS: for `hosts`, at the virtual time of `now`. */
export function clusterSecurity(pki: Pki, now: () => number, hosts: readonly string[]): EtcdSecurity {
  const { certificate, key, authority, clientAuthorities } = servingCertificate(pki, {
    hosts,
    real: Date.now(),
    whose: 'etcd/server',
  })
  const tls: TlsOptions = { cert: certificate, key, ca: [...clientAuthorities], requestCert: true }
  return {
    tls: { ...tls, rejectUnauthorized: false },
    authority,
    admits: (socket) => admitsClient(pki, now(), socket),
    credentials: () => ({
      certificate: pki.read(`${PKI_DIR}/etcd/healthcheck-client.crt`),
      key: pki.read(`${PKI_DIR}/etcd/healthcheck-client.key`),
    }),
  }
}

/**
 * Returns whether a client has sent a certificate of etcd's authority that is valid at virtual time
 * (`--client-cert-auth`). Clients that have not are disconnected after the handshake: Node cannot send the
 * TLS alert that etcd sends, and clients report both as an unreachable server.
 */
function admitsClient(pki: Pki, now: number, socket: TLSSocket): boolean {
  const [leaf, ...intermediates] = chainOf(socket) ?? []
  if (leaf === undefined) return false
  const roots = readChain(pki.read(`${PKI_DIR}/etcd/ca.crt`))
  return verifyChain(leaf, { roots, intermediates, now, purpose: 'client auth' }) === undefined
}
