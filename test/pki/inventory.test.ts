import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { opensslAddress, parseCertificates, PKI_DIR } from '../../src/pki/index.js'
import type { Certificate } from '../../src/pki/index.js'
import { CREATED, hasOpenssl, newPki, openssl } from './support.js'

interface Recorded {
  readonly certificates: Readonly<
    Record<
      string,
      {
        readonly subject?: string
        readonly issuer?: string
        readonly lifetimeDays?: number
        readonly backdatedSeconds?: number
        readonly san?: string
        readonly ca?: boolean
        readonly extensions?: readonly string[]
        readonly purposes?: string
        readonly firstLine?: string
      }
    >
  >
  readonly kubeconfigs: Readonly<
    Record<string, { readonly text: string; readonly subject: string; readonly issuer: string }>
  >
}

const recorded = JSON.parse(
  readFileSync(new URL('../fixtures/pki/kubeadm.json', import.meta.url), 'utf8'),
) as Recorded
const DAY = 86_400_000
const pki = newPki()

const subjectText = ({ subject: { organizations, commonName } }: Certificate): string =>
  [...organizations.map((name) => `O=${name}`), `CN=${commonName}`].join('\n')

describe('what kubeadm leaves on a control plane', () => {
  test('every recorded file is there, and no other', () => {
    const files = [
      ...Object.keys(recorded.certificates).map((name) => `${PKI_DIR}/${name}`),
      ...Object.keys(recorded.kubeconfigs).map((name) => `/etc/kubernetes/${name}`),
    ]
    expect(pki.paths()).toEqual(files.toSorted())
  })

  test.each(Object.entries(recorded.certificates).filter(([name]) => name.endsWith('.crt')))(
    '%s',
    (name, golden) => {
      const [certificate] = parseCertificates(pki.read(`${PKI_DIR}/${name}`)) as [Certificate]
      expect(subjectText(certificate)).toBe(golden.subject)
      expect(`CN=${certificate.issuer.commonName}`).toBe(golden.issuer)
      expect((CREATED - certificate.notBefore) / 1000).toBe(golden.backdatedSeconds)
      expect(Math.round(((certificate.notAfter - certificate.notBefore) / DAY) * 1000) / 1000).toBe(
        golden.lifetimeDays,
      )
      if (!hasOpenssl) return
      const text = openssl(['x509', '-in', 'x', '-noout', '-text'], { x: pki.read(`${PKI_DIR}/${name}`) })
      if (golden.san !== undefined) expect(text).toContain(golden.san)
      expect(text).toContain(golden.ca === true ? 'CA:TRUE' : 'CA:FALSE')
      if (golden.purposes !== undefined) expect(text).toContain(golden.purposes)
      const order = [...text.matchAll(/X509v3 ([A-Z][A-Za-z ]+): ?(critical)?/g)].map(([, kind]) =>
        kind?.trim(),
      )
      expect(order).toEqual(golden.extensions?.map((kind) => kind.replace(/^X509v3 | ?: critical/g, '')))
    },
  )

  test.each(Object.entries(recorded.certificates).filter(([name]) => !name.endsWith('.crt')))(
    '%s',
    (name, { firstLine = '' }) => {
      expect(pki.read(`${PKI_DIR}/${name}`).startsWith(`${firstLine}\n`)).toBe(true)
    },
  )

  test.each(Object.entries(recorded.kubeconfigs))('%s', (name, golden) => {
    const text = pki.read(`/etc/kubernetes/${name}`)
    // kubeadm was told of the endpoint after kubelet.conf's form was chosen: it names the node's own
    // apiserver there
    expect(text.replace(/(-data: )\S+/g, '$1<base64-pem>')).toBe(golden.text)
    const {
      users: [user],
    } = parse(text) as { users: [{ user: Record<string, string> }] }
    const [certificate] = parseCertificates(atob(user.user['client-certificate-data'] ?? '')) as [Certificate]
    expect(subjectText(certificate)).toBe(golden.subject)
    expect(certificate.purposes).toEqual(['client auth'])
  })

  test('older releases put the administrators in other groups', () => {
    const old = newPki({ minor: 28 })
    expect(old.paths()).not.toContain('/etc/kubernetes/super-admin.conf')
    const [client] = parseCertificates(old.read(`${PKI_DIR}/apiserver-kubelet-client.crt`)) as [Certificate]
    expect(client.subject.organizations).toEqual(['system:masters'])
  })
})

test('equal seeds give equal files, and other seeds other keys and serial numbers', () => {
  const again = newPki()
  for (const path of pki.paths().toReversed()) expect(again.read(path)).toBe(pki.read(path))
  const other = newPki({ seed: 8 })
  expect(other.read(`${PKI_DIR}/ca.key`)).not.toBe(pki.read(`${PKI_DIR}/ca.key`))
})

test('a written file is what is read, and a removed one is gone', () => {
  const own = newPki()
  own.write(`${PKI_DIR}/ca.crt`, other())
  expect(own.authority().certificate.subject.commonName).toBe('kubernetes')
  own.remove('/etc/kubernetes/admin.conf')
  expect(own.paths()).not.toContain('/etc/kubernetes/admin.conf')
  expect(() => own.read('/etc/kubernetes/admin.conf')).toThrow(
    'open /etc/kubernetes/admin.conf: no such file or directory',
  )
  function other(): string {
    return newPki({ seed: 99 }).read(`${PKI_DIR}/ca.crt`)
  }
})

test('the files of a node', () => {
  const [client] = parseCertificates(pki.read('/var/lib/kubelet/pki/kubelet-client-current.pem', 'n1')) as [
    Certificate,
  ]
  expect(client.subject).toEqual({ commonName: 'system:node:n1', organizations: ['system:nodes'] })
  expect(pki.identify([client], CREATED)).toEqual(client.subject)
  expect(pki.paths('n1')).toContain('/var/lib/kubelet/pki/kubelet.crt')
})

test.each([
  ['10.96.0.1', '10.96.0.1'],
  ['::1', '0:0:0:0:0:0:0:1'],
  ['fd00:10:96::a', 'FD00:10:96:0:0:0:0:A'],
  ['2001:db8::', '2001:DB8:0:0:0:0:0:0'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
])('the address %s as openssl prints it', (address, printed) => {
  expect(opensslAddress(address)).toBe(printed)
})

test('the paths are listed anew after a file was written, removed or forgotten, and in each state', () => {
  const state = { files: new Map<string, string | null>(), keys: new Map<string, string>() }
  const pki = newPki({}, state)
  const first = pki.paths()
  expect(pki.paths()).toBe(first)
  pki.write(`${PKI_DIR}/more.crt`, 'text')
  expect(pki.paths()).toEqual([...first, `${PKI_DIR}/more.crt`].toSorted())
  pki.remove(`${PKI_DIR}/more.crt`)
  expect(pki.paths()).toEqual(first)
  const node = pki.paths('node-1')
  pki.write(`${PKI_DIR}/more.crt`, 'text', 'node-1')
  expect(pki.paths('node-1')).toContain(`${PKI_DIR}/more.crt`)
  expect(pki.paths('node-2')).not.toContain(`${PKI_DIR}/more.crt`)
  pki.forget('node-1')
  expect(pki.paths('node-1')).toEqual(node)
})
