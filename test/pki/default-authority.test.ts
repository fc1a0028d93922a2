import type { PublicKey } from '../../src/pki/crypto/rsa.js'
import { expect, test } from 'vitest'
import { DEFAULT_AUTHORITY } from '../../src/pki/default-authority.js'
import { createCertificate } from '../../src/pki/certificate.js'
import { NUMBER_OF_TEST_KEYS, seedClass, testKey } from '../../src/pki/keys.js'
import { testPrimes } from '../../src/pki/test-keys.js'
import { parseCertificates } from '../../src/pki/index.js'
import { DEFAULT_START } from '../../src/sim/clock.js'
import { SimCluster } from 'simcluster'
import { testKeys } from 'simcluster/pki'

const DAY = 86_400_000

test('the authority that is written down is the one that the default seed makes', () => {
  const key = testKey(1, 'pki/ca')
  const { serial } = parseCertificates(DEFAULT_AUTHORITY.pem)[0] as ReturnType<
    typeof parseCertificates
  >[number]
  const made = createCertificate(
    {
      subject: { commonName: 'kubernetes' },
      serial,
      notBefore: DEFAULT_START - 300_000,
      notAfter: DEFAULT_START + 3650 * DAY,
      keyUsages: ['digital signature', 'key encipherment', 'cert sign'],
      isCa: true,
      names: { dns: ['kubernetes'] },
    },
    key,
    { subject: { commonName: 'kubernetes' }, key },
  )
  expect(DEFAULT_AUTHORITY).toEqual({ id: `ca ${seedClass(1)} ${DEFAULT_START}`, pem: made })
})

test('clusters of other test keys have other authorities, each cluster one that its leaves chain to', () => {
  const authorities = [undefined, 2, 3].map((choice) => {
    const { pki } = new SimCluster({
      nodes: 0,
      ...(choice === undefined ? {} : { kubeadm: { keys: testKeys(choice) } }),
    })
    const issued = parseCertificates(pki.read('/etc/kubernetes/pki/apiserver.crt'))[0]
    expect(issued?.isSignedBy(pki.authority().certificate.publicKey as PublicKey)).toBe(true)
    return pki.authority().pem
  })
  expect(new Set(authorities).size).toBe(3)
})

test('every namespace gets the certificate of the authority', () => {
  const cluster = new SimCluster({ nodes: 0 })
  expect(cluster.get('configmaps', { namespace: 'default', name: 'kube-root-ca.crt' }).data).toEqual({
    'ca.crt': cluster.pki.authority().pem,
  })
})

test('as many test keys are counted as there are', () => {
  expect(testPrimes(NUMBER_OF_TEST_KEYS - 1)).toHaveLength(2)
  expect(() => testPrimes(NUMBER_OF_TEST_KEYS)).toThrow(RangeError)
})
