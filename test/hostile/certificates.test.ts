import { describe, expect, test } from 'vitest'
import { createCertificate } from '../../src/pki/certificate.js'
import type { CertificateSpec } from '../../src/pki/certificate.js'
import { parseCertificates, verifyChain } from '../../src/pki/index.js'
import type { Certificate } from '../../src/pki/index.js'
import { parsePrivateKey } from '../../src/pki/rsa.js'
import { PKI_DIR } from '../../src/pki/index.js'
import { newPki } from '../pki/support.js'

const key = parsePrivateKey(newPki().read(`${PKI_DIR}/sa.key`))
const NOW = Date.UTC(2026, 0, 1)

function issued(name: string, issuer: string, parts: Partial<CertificateSpec> = {}): Certificate {
  const spec: CertificateSpec = {
    subject: { commonName: name },
    serial: BigInt(name.length),
    notBefore: NOW - 1_000,
    notAfter: NOW + 1_000_000,
    keyUsages: parts.isCa === true ? ['cert sign'] : ['digital signature'],
    purposes: parts.isCa === true ? [] : ['client auth'],
    ...parts,
  }
  return parseCertificates(createCertificate(spec, key, { subject: { commonName: issuer }, key }))[0]!
}

describe('certificate chains', () => {
  const root = issued('root', 'root', { isCa: true, maxPathLength: 0 })

  test('do not pass an authority whose path length is exceeded', () => {
    const between = issued('between', 'root', { isCa: true })
    const leaf = issued('leaf', 'between')
    const verify = (roots: readonly Certificate[]): string | undefined =>
      verifyChain(leaf, { roots, intermediates: [between], now: NOW, purpose: 'client auth' })
    expect(verify([root])).toBe(
      'x509: certificate signed by unknown authority (possibly because of "x509: too many intermediates ' +
        'for path length constraint" while trying to verify candidate authority certificate "root")',
    )
    expect(verify([issued('root', 'root', { isCa: true, maxPathLength: 1 })])).toBeUndefined()
    expect(verify([issued('root', 'root', { isCa: true })])).toBeUndefined()
  })

  test('without an authority between are taken', () => {
    const options = { roots: [root], now: NOW, purpose: 'client auth' as const }
    expect(verifyChain(issued('leaf', 'root'), options)).toBeUndefined()
  })

  test('cost a hundred signatures at most, however many ways there are', () => {
    const loops = Array.from({ length: 12 }, (_, at) =>
      issued('loop', 'loop', { isCa: true, serial: BigInt(at) }),
    )
    let checks = 0
    const counted = [issued('leaf', 'loop'), ...loops].map((certificate) => ({
      ...certificate,
      isSignedBy: (by: Parameters<Certificate['isSignedBy']>[0]) => {
        checks++
        return certificate.isSignedBy(by)
      },
    }))
    const [leaf, ...intermediates] = counted
    expect(verifyChain(leaf!, { roots: [root], intermediates, now: NOW, purpose: 'client auth' })).toMatch(
      /unknown authority|attempts limit/,
    )
    expect(checks).toBeLessThanOrEqual(100)
  })
})
