import { expect, test } from 'vitest'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'
import { certificateFault } from '../../../src/kubectl/rest/verify-server.js'
import { testKeys } from '../../../src/pki/index.js'

const { pki } = new SimCluster({ nodes: 0, start: Date.UTC(2026, 0, 1) })
const CA = '/etc/kubernetes/pki/ca.crt'
const other = new SimCluster({ nodes: 0, keys: testKeys(99) }).pki.read(CA)
const now = Date.UTC(2026, 5, 1)

const shown = (dns: readonly string[], ip: readonly string[], notAfter = Date.UTC(2027, 0, 1)): string =>
  pki.sign(
    {
      subject: { commonName: 's', organizations: [] },
      notBefore: Date.UTC(2026, 0, 1),
      notAfter,
      names: { dns, ip },
      keyUsages: ['digital signature'],
      purposes: ['server auth'],
    },
    pki.key('pki/apiserver'),
  )

test.each<
  [
    name: string,
    certificate: string,
    host: string,
    authorities: string | undefined,
    fault: string | undefined,
  ]
>([
  ['all is well', shown(['a.example'], ['10.0.0.1']), '10.0.0.1', pki.read(CA), undefined],
  ['a name with a star', shown(['*.example'], []), 'a.example', pki.read(CA), undefined],
  [
    'a star is one part',
    shown(['*.example'], []),
    'b.a.example',
    pki.read(CA),
    'x509: certificate is valid for *.example, not b.a.example',
  ],
  [
    'another address',
    shown([], ['10.0.0.1', '10.0.0.2']),
    '10.0.0.3',
    pki.read(CA),
    'x509: certificate is valid for 10.0.0.1, 10.0.0.2, not 10.0.0.3',
  ],
  [
    'no address',
    shown(['a'], []),
    '10.0.0.3',
    pki.read(CA),
    "x509: cannot validate certificate for 10.0.0.3 because it doesn't contain any IP SANs",
  ],
  [
    'no name',
    shown([], ['10.0.0.1']),
    'a',
    pki.read(CA),
    'x509: certificate is not valid for any names, but wanted to match a',
  ],
  [
    'its time is over',
    shown([], [], Date.UTC(2026, 1, 1)),
    '10.0.0.1',
    pki.read(CA),
    'x509: certificate has expired or is not yet valid: current time 2026-06-01T00:00:00Z is after ' +
      '2026-02-01T00:00:00Z',
  ],
  [
    'nobody is trusted',
    shown([], ['10.0.0.1']),
    '10.0.0.1',
    undefined,
    'x509: certificate signed by unknown authority',
  ],
  [
    'another authority of the same name',
    shown([], ['10.0.0.1']),
    '10.0.0.1',
    other,
    'x509: certificate signed by unknown authority (possibly because of "crypto/rsa: verification ' +
      'error" while trying to verify candidate authority certificate "kubernetes")',
  ],
])('%s', (_name, certificate, host, authorities, fault) => {
  expect(certificateFault(certificate, { authorities, host, now })).toBe(
    fault === undefined ? undefined : `tls: failed to verify certificate: ${fault}`,
  )
})
