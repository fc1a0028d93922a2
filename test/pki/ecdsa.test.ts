import { execFileSync } from 'node:child_process'
import { createPrivateKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { childrenOf, fromDer, fromPem } from '../../src/pki/crypto/der.js'
import { parseCurveKeyInfo, parsePrivateCurveKey } from '../../src/pki/crypto/ecdsa.js'
import { signCurveJws, verifyCurve, verifyCurveJws } from '../../src/pki/crypto/ecdsa.js'
import type { CurveKey, PrivateCurveKey } from '../../src/pki/crypto/ecdsa.js'
import { parseCertificates, verifyChain } from '../../src/pki/index.js'
import { readSigningKey, readVerifyingKeys, TokenSigner } from '../../src/pki/tokens/token-signer.js'
import { needs } from '../e2e/harness.js'

const folder = mkdtempSync(join(tmpdir(), 'simcluster-ecdsa-'))
afterAll(() => rmSync(folder, { recursive: true }))

const keys = (curve: string): { publicKey: string; privateKey: string } =>
  generateKeyPairSync('ec', {
    namedCurve: curve,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
const derOf = (pem: string): string => fromPem(pem)[0]?.der ?? ''
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

describe.each([
  ['P-256', 'sha256'],
  ['P-384', 'sha384'],
  ['P-521', 'sha512'],
] as const)('a key on %s', (curve, hash) => {
  const { publicKey, privateKey } = keys(curve)
  const own = parseCurveKeyInfo(fromDer(derOf(publicKey))) as CurveKey
  const secret = parsePrivateCurveKey(childrenOf(fromDer(derOf(privateKey)))) as PrivateCurveKey
  const message = 'a message'

  test('verifies what OpenSSL signs, and nothing else', () => {
    const signature = latin1(sign(hash, Buffer.from(message), privateKey))
    expect(verifyCurve(own, message, signature, hash)).toBe(true)
    expect(verifyCurve(own, 'another message', signature, hash)).toBe(false)
    const last = String.fromCharCode(signature.charCodeAt(signature.length - 1) ^ 1)
    expect(verifyCurve(own, message, signature.slice(0, -1) + last, hash)).toBe(false)
    expect(verifyCurve(own, message, 'no signature', hash)).toBe(false)
    const other = parseCurveKeyInfo(fromDer(derOf(keys(curve).publicKey))) as CurveKey
    expect(verifyCurve(other, message, signature, hash)).toBe(false)
  })

  test('signs so that OpenSSL verifies it, always alike', () => {
    const signature = signCurveJws(secret, message)
    expect(signCurveJws(secret, message)).toBe(signature)
    const key = { key: publicKey, dsaEncoding: 'ieee-p1363' as const }
    expect(verify(hash, Buffer.from(message), key, Buffer.from(signature, 'latin1'))).toBe(true)
    expect(verifyCurveJws(own, message, signature)).toBe(true)
    expect(verifyCurveJws(own, 'another message', signature)).toBe(false)
  })

  test('is the same in its private form', () => {
    expect({ curve: secret.curve, point: secret.point }).toEqual(own)
  })

  test('signs tokens that name its algorithm', () => {
    const signer = new TokenSigner(
      () => readSigningKey(privateKey),
      () => readVerifyingKeys(publicKey),
    )
    const token = signer.signToken({ sub: 'jane' })
    expect(signer.verifyToken(token)).toEqual({ sub: 'jane' })
    expect(signer.verifyToken(`${token.slice(0, -6)}AAAAAA`)).toBeUndefined()
    const { x, y } = createPrivateKey(privateKey).export({ format: 'jwk' })
    expect(signer.keySet().keys).toEqual([
      expect.objectContaining({ kty: 'EC', crv: curve, alg: `ES${hash.slice(3)}`, x, y }),
    ])
  })
})

test('a point that is not on its curve is no key', () => {
  const der = Buffer.from(derOf(keys('P-256').publicKey), 'latin1')
  der[der.length - 1] = (der.at(-1) ?? 0) ^ 1
  expect(parseCurveKeyInfo(fromDer(latin1(der)))).toBeUndefined()
})

test('a client certificate of an ECDSA authority is trusted by its chain', (context) => {
  needs(context, 'openssl')
  const openssl = (...words: readonly string[]): Buffer =>
    execFileSync('openssl', words, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] })
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl('req', '-x509', ...ec, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=authority')
  openssl('req', ...ec, '-keyout', 'jane.key', '-out', 'jane.csr', '-subj', '/O=dev/CN=jane')
  openssl('x509', '-req', '-in', 'jane.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-out', 'jane.crt')
  openssl('req', '-x509', ...ec, '-keyout', 'other.key', '-out', 'other.crt', '-subj', '/CN=authority')
  const read = (name: string) => parseCertificates(readFileSync(join(folder, name), 'utf8'))
  const [leaf] = read('jane.crt')
  if (leaf === undefined) throw new Error('openssl wrote no certificate')
  const options = { now: leaf.notBefore, purpose: 'client auth' } as const
  expect(verifyChain(leaf, { ...options, roots: read('ca.crt') })).toBeUndefined()
  expect(verifyChain(leaf, { ...options, roots: read('other.crt') })).toBe(
    'x509: certificate signed by unknown authority',
  )
})
