import { describe, expect, test } from 'vitest'
import { createCertificate } from '../../src/pki/certificate.js'
import type { CertificateSpec } from '../../src/pki/certificate.js'
import { parseCertificates, verifyChain } from '../../src/pki/index.js'
import type { Certificate } from '../../src/pki/index.js'
import { parsePrivateKey } from '../../src/pki/crypto/rsa.js'
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

/** Made by openssl: `x509 -req -sha1`, RSA keys of 1,024 bits. */
const SHA1_ROOT = `-----BEGIN CERTIFICATE-----
MIIB/DCCAWWgAwIBAgIUeEkDNPpz4prPfrhTHjskFF5f73MwDQYJKoZIhvcNAQEL
BQAwDzENMAsGA1UEAwwEcm9vdDAgFw0yNjExMjkwMjIxNDZaGA8yMTI2MTEwNTAy
MjE0NlowDzENMAsGA1UEAwwEcm9vdDCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkC
gYEAldxAcHMqnZ8TFPeZJcuvFm46gws5eJOmAFW2U06JSUt5xb2zo3h3CLYyjMTh
+DJzX9Tg8gMNIIPvwe8tJEWX8SGsGrJqVfl8HHAwMgvTLGvrLEFi05KuNA6OOFzU
M9oe7X7nASfqmjEUlcWy6YA7Rxt8ZQG6cOS050yyunVOUZkCAwEAAaNTMFEwHQYD
VR0OBBYEFIVRNAzyA46ZxdZIM7xYnGjtmJi8MB8GA1UdIwQYMBaAFIVRNAzyA46Z
xdZIM7xYnGjtmJi8MA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADgYEA
SnCSoJnUtLFsjy1O4IHccPqsd0W+CaRjj4EO1Smw6qJw3wZaf1apWLchyCoppGb+
oULYpUnXGeGWlNvhp+7GZlxR9iNiZS5fSJbN5nieTWZvGMeJx3tNPCaMQzPnhTo6
lx2zHbonvJ1CnNnPUH9qk7FA7Yu9Q/PFvWtvwyAM4iE=
-----END CERTIFICATE-----`
const SHA1_LEAF = `-----BEGIN CERTIFICATE-----
MIICGDCCAYGgAwIBAgIUFQtXrI/bjKwYspzv08ocp9XZh8MwDQYJKoZIhvcNAQEF
BQAwDzENMAsGA1UEAwwEcm9vdDAgFw0yNjExMjkwMjIxNDdaGA8yMTI2MTEwNTAy
MjE0N1owJzEXMBUGA1UECgwOc3lzdGVtOm1hc3RlcnMxDDAKBgNVBAMMA2V2ZTCB
nzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEAragHRKkvYAhHvjibT0Y2M+XMvakC
Jm6AAvxEXwy4fT2NGJgwxCATTK7rwVArVH9GVz4zEohs/LU4/9ZaZrADMCSIRpKP
ozf5eyoVS/Lpi9x5WkhCygRvkYQJ7BqSzNG/WoFuKbWL7shG/lDWJm2Phz9328gt
hukmLKfI/NKOke0CAwEAAaNXMFUwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0O
BBYEFAnG/Tyfgg+DUp8oBH3neiHONnEoMB8GA1UdIwQYMBaAFIVRNAzyA46ZxdZI
M7xYnGjtmJi8MA0GCSqGSIb3DQEBBQUAA4GBAIBMDamtVwHo9s/3iWBqFyXVNVFy
qAna9C7jEiDlKArsP3Hy1QazyibBUuK9C1MPKQyzd4gNHthx9yiVsq5bEn3jW1jL
PiCBv5a7nbEoWHc3xR9orKpKVWoFJQQPe3dW2DfbTByVEZmva0/4VxAanVth3lg3
VHTdC1YRanhLIQff
-----END CERTIFICATE-----`

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

  test('with a signature over SHA-1 are refused, as Go does', () => {
    const leaf = parseCertificates(SHA1_LEAF)[0]!
    const root = parseCertificates(SHA1_ROOT)[0]!
    const now = leaf.notBefore + 1_000
    expect(leaf.insecureAlgorithm).toBe('SHA1-RSA')
    expect(verifyChain(leaf, { roots: [root], now, purpose: 'client auth' })).toBe(
      'x509: certificate signed by unknown authority (possibly because of "x509: cannot verify signature: ' +
        'insecure algorithm SHA1-RSA" while trying to verify candidate authority certificate "root")',
    )
  })

  test('have eight certificates at most', () => {
    const free = issued('root', 'root', { isCa: true })
    const verify = (count: number): string | undefined => {
      const names = ['root', ...Array.from({ length: count }, (_, at) => `between-${at}`)]
      const intermediates = names.slice(1).map((name, at) => issued(name, names[at] ?? '', { isCa: true }))
      const leaf = issued('leaf', names.at(-1) ?? '')
      return verifyChain(leaf, { roots: [free], intermediates, now: NOW, purpose: 'client auth' })
    }
    expect(verify(6)).toBeUndefined()
    expect(verify(7)).toContain('x509: certificate signed by unknown authority')
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
