import { createCertificate, parseCertificates, PKI_DIR } from '../pki/index.js'
import type { Certificate, Pki } from '../pki/index.js'

const DAY = 86_400_000
const LOCAL = { dns: ['localhost'], ip: ['127.0.0.1', '::1'] }

/** What a TLS server needs. */
export interface ServingCertificate {
  readonly certificate: string
  readonly key: string
  /** What clients must trust: the cluster's authority. */
  readonly authority: string
}

/**
 * The apiserver's certificate for real clients: signed by the cluster's authority, with the names of apiserver.crt and those of this machine. It
 * is valid at virtual and at real time, since real clients look at their own clock; where the authority itself is not, a second certificate of
 * the same authority (same name and key, other validity) stands beside it.
 */
export function servingCertificate(pki: Pki, hosts: { readonly dns: readonly string[]; readonly ip: readonly string[] }, real: number): ServingCertificate {
  const { pem, certificate: authority, key } = pki.authority()
  const [own] = parseCertificates(pki.read(`${PKI_DIR}/apiserver.crt`)) as [Certificate]
  const validity = { notBefore: Math.min(own.notBefore, real - DAY), notAfter: Math.max(own.notAfter, real + 365 * DAY) }
  const names = {
    dns: [...new Set([...own.names.dns ?? [], ...LOCAL.dns, ...hosts.dns])], ip: [...new Set([...own.names.ip ?? [], ...LOCAL.ip, ...hosts.ip])],
  }
  const servingKey = `${PKI_DIR}/apiserver.key`
  const certificate = pki.sign({
    subject: own.subject, serial: pki.serialOf('server/apiserver'), ...validity, names,
    keyUsages: own.keyUsages, purposes: ['server auth'],
  }, pki.key('pki/apiserver'))
  const isTimely = authority.notBefore <= real && real <= authority.notAfter
  const bridge = isTimely ? '' : createCertificate({
    subject: authority.subject, serial: pki.serialOf('server/ca'), ...validity, isCa: true, keyUsages: authority.keyUsages, names: authority.names,
  }, key, { subject: authority.subject, key })
  return { certificate, key: pki.read(servingKey), authority: pem + bridge }
}
