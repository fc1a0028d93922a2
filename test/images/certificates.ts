import { cachedKey, createCertificate, testKeys } from '../../src/pki/index.js'

const YEAR = 365 * 86_400_000
/** The middle of the time in which the certificates are valid. */
export const START: number = Date.parse('2026-01-01T00:00:00Z')

/** Returns a certificate authority and a server certificate from it. */
export function certificates(name: string): {
  readonly ca: string
  readonly server: string
  readonly key: string
} {
  const [caKey, key] = ['ca', 'server'].map((purpose) => testKeys(3)(purpose)) as [string, string]
  const issuer = { subject: { commonName: 'e2e-server-cert-ca' }, key: cachedKey(caKey) }
  const times = { notBefore: START - YEAR, notAfter: START + YEAR }
  const ca = createCertificate(
    { ...times, subject: issuer.subject, serial: 1n, keyUsages: ['cert sign'], isCa: true },
    cachedKey(caKey),
    issuer,
  )
  const server = createCertificate(
    {
      ...times,
      subject: { commonName: name },
      serial: 2n,
      keyUsages: ['digital signature', 'key encipherment'],
      purposes: ['server auth'],
      names: { dns: [name] },
    },
    cachedKey(key),
    issuer,
  )
  return { ca, server, key }
}
