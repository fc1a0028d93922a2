import {
  createHash,
  createPrivateKey,
  createVerify,
  generateKeyPairSync,
  sign as nodeSign,
  X509Certificate,
} from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRequest, parseCertificates, PKI_DIR, Pki, signRequest } from '../../src/pki/index.js'
import type { Certificate } from '../../src/pki/index.js'
import {
  keyOf,
  parsePrivateKey,
  privateKeyPem,
  publicKeyPem,
  sign,
  verify,
} from '../../src/pki/crypto/rsa.js'
import { Random } from '../../src/sim/random.js'
import { CREATED, hasOpenssl, LAB, newPki, openssl } from './support.js'

const DAY = 86_400_000
const pki = newPki()

describe('RSA', () => {
  test('signs and verifies the same bytes as node:crypto', () => {
    const pem = pki.read(`${PKI_DIR}/sa.key`)
    const key = parsePrivateKey(pem)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
        const bytes = String.fromCharCode(...message)
        const own = sign(key, bytes)
        expect(Buffer.from(own, 'latin1')).toEqual(nodeSign('sha256', message, createPrivateKey(pem)))
        expect(verify(key, bytes, own)).toBe(true)
        expect(verify(key, `${bytes}!`, own)).toBe(false)
      }),
      { numRuns: 30 },
    )
  })

  test('its keys are keys to node:crypto, and come back from PEM', () => {
    const key = parsePrivateKey(
      generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
        type: 'pkcs8',
        format: 'pem',
      }) as string,
    )
    expect(parsePrivateKey(privateKeyPem(key))).toEqual(key)
    expect(keyOf(key.p, key.q).modulus).toBe(key.modulus)
    expect(createPrivateKey(privateKeyPem(key)).asymmetricKeyDetails).toMatchObject({ modulusLength: 2048 })
  })

  test('does not take a signature that is too long, too short or no number of the key', () => {
    const key = parsePrivateKey(pki.read(`${PKI_DIR}/sa.key`))
    const good = sign(key, 'x')
    for (const bad of ['', good.slice(1), `\0${good}`, '\xff'.repeat(256)])
      expect(verify(key, 'x', bad)).toBe(false)
  })
})

describe('tokens', () => {
  const token = pki.tokens.signToken({ sub: 'system:serviceaccount:default:ä', aud: ['x'] })

  test('are RS256 JWTs that other implementations verify', () => {
    const [header = '', payload = '', signature = ''] = token.split('.')
    const spki = Buffer.from(pki.read(`${PKI_DIR}/sa.pub`).replace(/-----.*-----|\n/g, ''), 'base64')
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'RS256',
      kid: createHash('sha256').update(spki).digest('base64url'),
    })
    const verifier = createVerify('sha256').update(`${header}.${payload}`)
    expect(verifier.verify(pki.read(`${PKI_DIR}/sa.pub`), signature, 'base64url')).toBe(true)
    expect(pki.tokens.verifyToken(token)).toEqual({ sub: 'system:serviceaccount:default:ä', aud: ['x'] })
  })

  test('of another key, another algorithm or another form are refused, whatever they are', () => {
    expect(newPki({ seed: 9 }).tokens.verifyToken(token)).toBeUndefined()
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    for (const bad of [
      '',
      'a.b',
      `${part({ alg: 'none' })}.${part({})}.`,
      `${part({ alg: 'HS256' })}.${part({})}.AAAA`,
      `${token}.x`,
    ]) {
      expect(pki.tokens.verifyToken(bad)).toBeUndefined()
    }
    fc.assert(
      fc.property(fc.string(), fc.nat(token.length), (text, at) => {
        expect(pki.tokens.verifyToken(text)).toBeUndefined()
        const broken = token.slice(0, at) + text + token.slice(at)
        // the last character of base64url may hold bits that do not count
        if (at < token.length - 1 && text !== '') expect(pki.tokens.verifyToken(broken)).toBeUndefined()
      }),
      { numRuns: 200 },
    )
  })
})

describe('certificate requests', () => {
  const key = pki.key('user/dave')
  const request = createRequest({ commonName: 'dave', organizations: ['dev', 'ops'] }, key, {
    dns: ['a.example'],
    ip: ['10.0.0.1', 'fd00::1'],
  })
  const order = { request, usages: ['client auth', 'digital signature'], ttl: DAY, now: CREATED }

  test('are signed as the controller manager signs', () => {
    const pem = signRequest(pki, order)
    const [certificate] = parseCertificates(pem) as [Certificate]
    expect(certificate).toMatchObject({
      subject: { commonName: 'dave', organizations: ['dev', 'ops'] },
      purposes: ['client auth'],
      keyUsages: ['digital signature'],
      notBefore: CREATED - 300_000,
      notAfter: CREATED + DAY - 300_000,
      names: { dns: ['a.example'], ip: ['10.0.0.1', 'fd00::1'] },
      isCa: false,
    })
    expect(
      new X509Certificate(pem).verify(new X509Certificate(pki.read(`${PKI_DIR}/ca.crt`)).publicKey),
    ).toBe(true)
    expect(pki.identify([certificate], CREATED)).toEqual({
      commonName: 'dave',
      organizations: ['dev', 'ops'],
    })
  })

  test('a short life is not cut at its end; none outlives the authority', () => {
    const lifeOf = (ttl: number): number =>
      (parseCertificates(signRequest(pki, { ...order, ttl })) as [Certificate])[0].notAfter
    expect(lifeOf(600_000)).toBe(CREATED + 600_000)
    expect(lifeOf(20_000 * DAY)).toBe(pki.authority().certificate.notAfter)
    expect(() => signRequest(pki, { ...order, now: CREATED + 20_000 * DAY })).toThrow(
      'refusing to sign a certificate that expired in the past',
    )
  })

  test('what is no request, or not signed by its key, is refused', () => {
    expect(() => signRequest(pki, { ...order, request: 'x' })).toThrow(
      'PEM block type must be CERTIFICATE REQUEST',
    )
    expect(() => signRequest(pki, { ...order, usages: ['nonsense'] })).toThrow(
      'unrecognized usages: ["nonsense"]',
    )
    const lines = request.split('\n')
    const line = lines.at(-3) as string
    const broken = request.replace(line, `${line.startsWith('A') ? 'B' : 'A'}${line.slice(1)}`)
    expect(() => signRequest(pki, { ...order, request: broken })).toThrow('crypto/rsa: verification error')
  })

  test.skipIf(!hasOpenssl)(
    'openssl reads them, and ours reads those of openssl, of elliptic curves too',
    () => {
      expect(openssl(['req', '-in', 'r', '-noout', '-verify', '-text'], { r: request })).toMatch(
        /Subject: O=dev \+ O=ops, CN=dave|Subject: O = dev \+ O = ops, CN = dave/,
      )
      for (const options of [
        ['-newkey', 'rsa:2048'],
        ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
      ]) {
        const text = openssl([
          'req',
          '-new',
          ...options,
          '-nodes',
          '-keyout',
          'k',
          '-subj',
          '/O=team x/CN=eve',
        ])
        const pem = signRequest(pki, { ...order, request: text })
        expect((parseCertificates(pem) as [Certificate])[0].subject).toEqual({
          commonName: 'eve',
          organizations: ['team x'],
        })
        expect(
          openssl(['verify', '-attime', String(CREATED / 1000), '-CAfile', 'ca', 'c'], {
            ca: pki.read(`${PKI_DIR}/ca.crt`),
            c: pem,
          }),
        ).toBe('c: OK\n')
      }
    },
  )
})

describe('client certificates', () => {
  const make = (
    options: { readonly notBefore: number; readonly validFor?: number },
    from: Pki = pki,
  ): Certificate =>
    (
      parseCertificates(
        from.clientCertificate({ commonName: 'jane', organizations: ['dev'] }, options).certificate,
      ) as [Certificate]
    )[0]

  test('say who their bearer is, while they are valid', () => {
    const jane = make({ notBefore: CREATED, validFor: DAY })
    expect(pki.identify([jane], CREATED + DAY)).toEqual({ commonName: 'jane', organizations: ['dev'] })
    expect(pki.identify([jane], CREATED + DAY + 1000)).toBe(
      'x509: certificate has expired or is not yet valid: current time 2026-01-02T00:00:01Z is after ' +
        '2026-01-02T00:00:00Z',
    )
    expect(pki.identify([jane], CREATED - DAY)).toContain('is before 2025-12-31T23:55:00Z')
  })

  test('of another authority or for another purpose are not believed', () => {
    expect(pki.identify([make({ notBefore: CREATED }, newPki({ seed: 10 }))], CREATED)).toBe(
      'x509: certificate signed by unknown authority',
    )
    expect(pki.identify([], CREATED)).toBe('x509: no certificate')
    const server = parseCertificates(pki.read(`${PKI_DIR}/apiserver.crt`))
    expect(pki.identify(server, CREATED)).toBe('x509: certificate specifies an incompatible key usage')
    const etcd = parseCertificates(pki.read(`${PKI_DIR}/apiserver-etcd-client.crt`))
    expect(pki.identify(etcd, CREATED)).toBe('x509: certificate signed by unknown authority')
  })

  test('keys of a provider are asked for once, and are part of the state', () => {
    const asked: string[] = []
    const state = { files: new Map<string, string | null>(), keys: new Map<string, string>() }
    const provided = (): Pki =>
      new Pki({
        config: LAB,
        state: () => state,
        serials: () => new Random(1).stream('x'),
        keys: (purpose) => (
          asked.push(purpose),
          generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
            type: 'pkcs1',
            format: 'pem',
          }) as string
        ),
      })
    const first = provided()
    const certificate = first.read(`${PKI_DIR}/apiserver.crt`)
    expect(asked.toSorted()).toEqual(['pki/apiserver', 'pki/ca'])
    expect(provided().read(`${PKI_DIR}/apiserver.crt`)).toBe(certificate)
    expect(asked).toHaveLength(2)
    expect(publicKeyPem(first.key('pki/ca'))).toContain('BEGIN PUBLIC KEY')
  })
})

test.skipIf(!hasOpenssl)('openssl verifies every certificate against its authority', () => {
  const authorityOf = (name: string): string =>
    name.startsWith('etcd/') || name.includes('etcd-client')
      ? 'etcd/ca'
      : name.startsWith('front-proxy')
        ? 'front-proxy-ca'
        : 'ca'
  for (const path of pki.paths().filter((name) => name.endsWith('.crt'))) {
    const files = {
      ca: pki.read(`${PKI_DIR}/${authorityOf(path.slice(PKI_DIR.length + 1))}.crt`),
      c: pki.read(path),
      k: pki.read(path.replace('.crt', '.key')),
    }
    expect(
      openssl(['verify', '-attime', String(CREATED / 1000), '-x509_strict', '-CAfile', 'ca', 'c'], files),
    ).toBe('c: OK\n')
    expect(openssl(['pkey', '-in', 'k', '-pubout'], files)).toBe(
      openssl(['x509', '-in', 'c', '-noout', '-pubkey'], files),
    )
  }
})
