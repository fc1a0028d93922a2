import { describe, expect, test } from 'vitest'
import type { CertificateSigningRequest } from '../../src/api/certificates/generated.js'
import { ApiError } from '../../src/client/api-error.js'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { pemBlocks } from '../../src/lang/bytes/pem.js'
import { createRequest, parseCertificates } from '../../src/pki/index.js'
import {
  bits,
  explicit,
  fromPem,
  integer,
  nothing,
  oid,
  sequence,
  set,
  toDer,
  toPem,
} from '../../src/pki/crypto/der.js'
import { publicKeyInfo, sign } from '../../src/pki/crypto/rsa.js'
import { extensionsDer } from '../../src/pki/extensions.js'
import { nameOf } from '../../src/pki/name.js'
import { testKey } from '../../src/pki/keys.js'

const CLIENT = 'kubernetes.io/kube-apiserver-client'
const key = testKey(9, 'user/csr')
const honest = createRequest({ commonName: 'dave', organizations: ['dev'] }, key)
const der = fromPem(honest)[0]?.der ?? ''

type Spec = Partial<CertificateSigningRequest['spec']>

/** Creates and approves a request. Returns what became of it. */
function signed(spec: Spec): CertificateSigningRequest['status'] {
  const cluster = new SimCluster({ nodes: 0 })
  cluster.create('certificatesigningrequests', {
    metadata: { name: 'r' },
    spec: { signerName: CLIENT, usages: ['client auth'], request: btoa(honest), ...spec },
  })
  cluster.settle()
  const csr = cluster.get('certificatesigningrequests', { name: 'r' })
  const conditions = [{ type: 'Approved', status: 'True', reason: 'R', message: 'M' }]
  cluster.update(
    'certificatesigningrequests',
    { ...csr, status: { ...csr.status, conditions } },
    { subresource: 'approval' },
  )
  return cluster.settle().get('certificatesigningrequests', { name: 'r' }).status
}

/** Sequences in sequences, each with a length of four bytes. */
const nested = (depth: number): string => {
  let inner = ''
  for (let at = 0; at < depth; at++) {
    const bytes = [24, 16, 8, 0].map((shift) => (inner.length >>> shift) & 255)
    inner = `0\x84${String.fromCharCode(...bytes)}${inner}`
  }
  return inner
}

const asRequest = (bytes: string): string => btoa(toPem('CERTIFICATE REQUEST', bytes))

const malformed: Readonly<Record<string, string>> = {
  'is no PEM': btoa('hello'),
  'is a certificate by its label': btoa(honest.replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE')),
  'ends early': asRequest(der.slice(0, 100)),
  'goes on after its end': asRequest(`${der}\0\0`),
  'says that it has four gigabytes': asRequest('0\x84\xff\xff\xff\xff'),
  'has a length of nine bytes': asRequest(`0\x89${'\x01'.repeat(9)}`),
  'has no definite length': asRequest(`0\x80${der}\0\0`),
  'nests 10,000 sequences': asRequest(nested(10_000)),
  'has a tag of many bytes': asRequest('\x3f\xff\xff\xff\xff\x7f\0'),
  'is empty': asRequest(''),
  'begins 50,000 times and never ends': btoa('-----BEGIN CERTIFICATE REQUEST-----\n'.repeat(30_000)),
  'ends with other types only': btoa('-----BEGIN A-----\nAAAA\n-----END B-----\n'.repeat(25_000)),
}

describe('a certificate signing request', () => {
  test.each(Object.entries(malformed))('that %s is refused', (_what, request) => {
    expect(() => signed({ request })).toThrow(ApiError)
    expect(() => signed({ request })).toThrow('spec.request: Invalid value')
  })

  test('that its own key has not signed is refused when it is created', () => {
    const flipped = der.slice(0, -1) + String.fromCharCode(der.charCodeAt(der.length - 1) ^ 1)
    expect(() => signed({ request: asRequest(flipped) })).toThrow('crypto/rsa: verification error')
    // the name of somebody else, under the signature for one's own
    const renamed = der.replace('dave', 'root')
    expect(() => signed({ request: asRequest(renamed) })).toThrow('crypto/rsa: verification error')
  })

  test.each([
    ['a key of 400,000 bits', 2n ** 400_000n - 1n, 65_537n],
    ['an exponent of 16,000 bits', 2n ** 16_000n - 1n, 2n ** 15_999n + 1n],
  ])('with %s is refused at once', (_what, modulus, exponent) => {
    const info = sequence(
      sequence(oid('1.2.840.113549.1.1.1'), nothing()),
      bits(toDer(sequence(integer(modulus), integer(exponent)))),
    )
    const body = sequence(integer(0n), nameOf({ commonName: 'dave', organizations: [] }), info, explicit(0))
    const algorithm = sequence(oid('1.2.840.113549.1.1.11'), nothing())
    const signature = '\x7f'.repeat(Math.ceil(modulus.toString(16).length / 2))
    const request = asRequest(toDer(sequence(body, algorithm, bits(signature))))
    const before = process.cpuUsage().user
    expect(() => signed({ request })).toThrow('crypto/rsa: verification error')
    expect(process.cpuUsage().user - before).toBeLessThan(1_500_000)
  })

  test('for system:masters is refused, whoever sends it', () => {
    const request = btoa(createRequest({ commonName: 'x', organizations: ['system:masters'] }, key))
    expect(() => signed({ request })).toThrow('use of kubernetes.io/kube-apiserver-client signer with')
  })

  test('gets no certificate with which others could be signed, and no other use than its signer has', () => {
    for (const usage of ['cert sign', 'crl sign', 'server auth', 'any', 'code signing'] as const) {
      const { certificate, conditions } = signed({ usages: ['client auth', usage] })
      expect([usage, certificate, conditions?.[1]?.type]).toEqual([usage, undefined, 'Failed'])
    }
    const [certificate] = parseCertificates(atob(signed({}).certificate ?? ''))
    expect(certificate).toMatchObject({ isCa: false, purposes: ['client auth'] })
  })

  test('that asks to be an authority gets a certificate that is none', () => {
    const wanted = extensionsDer({ keyUsages: ['cert sign'], purposes: [], isCa: true, names: {} })
    const body = sequence(
      integer(0n),
      nameOf({ commonName: 'dave', organizations: ['dev'] }),
      publicKeyInfo(key),
      explicit(0, sequence(oid('1.2.840.113549.1.9.14'), set(wanted))),
    )
    const algorithm = sequence(oid('1.2.840.113549.1.1.11'), nothing())
    const request = asRequest(toDer(sequence(body, algorithm, bits(sign(key, toDer(body))))))
    const [certificate] = parseCertificates(atob(signed({ request }).certificate ?? ''))
    expect(certificate).toMatchObject({ isCa: false, purposes: ['client auth'] })
    expect(certificate?.keyUsages ?? []).not.toContain('cert sign')
  })

  test('with 5,000 names is signed with all of them', () => {
    const dns = Array.from({ length: 5_000 }, (_, at) => `n${at}.example.com`)
    const request = btoa(createRequest({ commonName: 'dave', organizations: ['dev'] }, key, { dns }))
    const [certificate] = parseCertificates(atob(signed({ request }).certificate ?? ''))
    expect(certificate?.names.dns).toHaveLength(5_000)
  })

  test('for a signer that no controller has is left alone', () => {
    expect(signed({ signerName: 'example.com/mine' }).certificate).toBeUndefined()
  })
})

describe('PEM', () => {
  test('is read as Go reads it: blocks in order, what is around them skipped', () => {
    const text = 'x\n-----BEGIN A-----\nAAAA\n-----END A-----\ny-----BEGIN B-----\r\nAAA=\r\n-----END B-----'
    expect(pemBlocks(text).map(({ type, bytes }) => [type, bytes.length])).toEqual([
      ['A', 3],
      ['B', 2],
    ])
  })

  test('of a block within another that has not ended gives the inner one', () => {
    const text = '-----BEGIN A-----\nAAAA\n-----BEGIN B-----\nAAAA\n-----END B-----\n'
    expect(pemBlocks(text).map(({ type }) => type)).toEqual(['B'])
  })

  test('of 3 MB that begins blocks and ends none does not take time that grows with its square', () => {
    for (const type of ['A', 'CERTIFICATE REQUEST']) {
      expect(pemBlocks(`-----BEGIN ${type}-----\n`.repeat(100_000))).toEqual([])
      expect(pemBlocks(`${`-----BEGIN ${type}-----\n`.repeat(100_000)}-----END X-----`)).toEqual([])
    }
  })
})
