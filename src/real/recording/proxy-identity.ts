import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { cachedKey, createCertificate } from '../../pki/index.js'

/** How a recording proxy shows who it is, and knows who may use it. */
export interface ProxyIdentity {
  /** PEM of the authority that clients must trust; its key is gone. */
  readonly authority: string
  /** PEM of the proxy's own certificate and key. */
  readonly certificate: string
  readonly key: string
  /** The bearer token of its only user. */
  readonly token: string
}

const HOUR = 3_600_000
/** Longer than any recording. */
const VALID_FOR = 7 * 24 * HOUR
const SERIAL_BYTES = 16

/** Makes keys, certificates and a token for one recording. */
export function proxyIdentity(): ProxyIdentity {
  const now = Date.now()
  const validity = { notBefore: now - HOUR, notAfter: now + VALID_FOR }
  const subject = { commonName: 'simcluster-record-ca' }
  const authorityKey = cachedKey(newKey())
  const issuer = { subject, key: authorityKey }
  const authority = createCertificate(
    { ...validity, subject, serial: newSerial(), keyUsages: ['digital signature', 'cert sign'], isCa: true },
    authorityKey,
    issuer,
  )
  const key = newKey()
  const certificate = createCertificate(
    {
      ...validity,
      subject: { commonName: 'simcluster-record' },
      serial: newSerial(),
      keyUsages: ['digital signature', 'key encipherment'],
      purposes: ['server auth'],
      names: { dns: ['localhost'], ip: ['127.0.0.1'] },
    },
    cachedKey(key),
    issuer,
  )
  return { authority, certificate, key, token: randomBytes(32).toString('base64url') }
}

const newKey = (): string =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  }).privateKey

const newSerial = (): bigint => BigInt(`0x01${randomBytes(SERIAL_BYTES).toString('hex')}`)
