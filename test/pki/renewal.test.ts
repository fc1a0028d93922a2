import { badInput } from '../support/typed.js'
import type { PublicKey } from '../../src/pki/crypto/rsa.js'
import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { certificateExpiry, expiryText, parseCertificates, renewCertificates } from '../../src/pki/index.js'
import { CREATED, LAB, newPki } from './support.js'

const DAY = 86_400_000
const HOUR = DAY / 24

/** As recorded of kubeadm v1.34.1 on a machine without kubeconfig files; `<date>` stands for dates. */
const RECORDED = `CERTIFICATE                         EXPIRES                  RESIDUAL TIME   CERTIFICATE AUTHORITY   EXTERNALLY MANAGED
!MISSING! admin.conf                                                                                 
apiserver                           <date>   364d            ca                      no      
apiserver-etcd-client               <date>   364d            etcd-ca                 no      
apiserver-kubelet-client            <date>   364d            ca                      no      
!MISSING! controller-manager.conf                                                                    
etcd-healthcheck-client             <date>   364d            etcd-ca                 no      
etcd-peer                           <date>   364d            etcd-ca                 no      
etcd-server                         <date>   364d            etcd-ca                 no      
front-proxy-client                  <date>   364d            front-proxy-ca          no      
!MISSING! scheduler.conf                                                                             
!MISSING! super-admin.conf                                                                           

CERTIFICATE AUTHORITY   EXPIRES                  RESIDUAL TIME   EXTERNALLY MANAGED
ca                      <date>   9y              no      
etcd-ca                 <date>   9y              no      
front-proxy-ca          <date>   9y              no      
`

test('when certificates end, as kubeadm prints it', () => {
  const pki = newPki()
  for (const name of ['admin', 'controller-manager', 'scheduler', 'super-admin'])
    pki.remove(`/etc/kubernetes/${name}.conf`)
  const text = expiryText(certificateExpiry(pki), CREATED + 1000)
  expect(text.replace(/[A-Z][a-z]{2} \d\d, \d{4} \d\d:\d\d UTC/g, '<date>')).toBe(RECORDED)
  expect(text).toContain('Jan 01, 2027 00:00 UTC')
  pki.remove('/etc/kubernetes/pki/etcd/ca.key')
  pki.remove('/etc/kubernetes/pki/front-proxy-ca.crt')
  const later = expiryText(certificateExpiry(pki), CREATED + 365 * DAY + 2000)
  expect(later).toMatch(/^etcd-peer +.* <invalid> +etcd-ca +yes {5}$/m)
  expect(later).toMatch(/^!MISSING! front-proxy-ca +$/m)
  expect(expiryText(certificateExpiry(newPki()), CREATED + 365 * DAY - 5 * HOUR)).toMatch(
    /^admin.conf +.* 5h +ca +no {6}$/m,
  )
  expect(certificateExpiry(newPki({ minor: 28 })).certificates.map(({ name }) => name)).not.toContain(
    'super-admin.conf',
  )
})

test('renewed certificates are good for another year, under the same name, with another key', () => {
  const pki = newPki()
  const now = CREATED + 300 * DAY
  const path = '/etc/kubernetes/pki/apiserver.crt'
  const [old, oldKey] = [parseCertificates(pki.read(path))[0], pki.read('/etc/kubernetes/pki/apiserver.key')]
  expect(renewCertificates(pki, 'apiserver', now)).toEqual([
    { name: 'apiserver', title: 'certificate for serving the Kubernetes API', result: 'renewed' },
  ])
  const [renewed] = parseCertificates(pki.read(path))
  expect(renewed).toMatchObject({
    subject: old?.subject,
    names: old?.names,
    purposes: ['server auth'],
    notAfter: now + 365 * DAY,
    notBefore: now - 5 * 60_000,
  })
  expect(renewed?.serial).not.toBe(old?.serial)
  expect(pki.read('/etc/kubernetes/pki/apiserver.key')).not.toBe(oldKey)
  expect(renewed?.isSignedBy(pki.authority().certificate.publicKey as PublicKey)).toBe(true)

  const admin = pki.read('/etc/kubernetes/admin.conf')
  pki.remove('/etc/kubernetes/scheduler.conf')
  pki.remove('/etc/kubernetes/pki/front-proxy-ca.key')
  const all = renewCertificates(pki, 'all', now)
  expect(
    all.filter(({ result }) => result !== 'renewed').map(({ name, result }) => `${name} ${result}`),
  ).toEqual(['front-proxy-client external', 'scheduler.conf missing'])
  const data = /client-certificate-data: (\S+)/.exec(pki.read('/etc/kubernetes/admin.conf'))?.[1] ?? ''
  expect(pki.read('/etc/kubernetes/admin.conf')).not.toBe(admin)
  expect(pki.identify(parseCertificates(atob(data)), now + 364 * DAY)).toMatchObject({
    commonName: 'kubernetes-admin',
    organizations: ['kubeadm:cluster-admins'],
  })
  expect(pki.identify(parseCertificates(atob(data)), now + 366 * DAY)).toContain(
    'x509: certificate has expired',
  )
  expect(() => renewCertificates(pki, 'nosuch', now)).toThrow(
    'unknown command "nosuch" for "kubeadm certs renew"',
  )
  expect(LAB.created).toBe(CREATED)
})

test('certificates are valid as long as the configuration says, renewed ones too', () => {
  const pki = newPki({ certificateValidityPeriod: '2h', caCertificateValidityPeriod: '30d' })
  const path = '/etc/kubernetes/pki/apiserver.crt'
  const endOf = (file: string): number | undefined => parseCertificates(pki.read(file))[0]?.notAfter
  expect(endOf(path)).toBe(CREATED + 2 * HOUR)
  expect(endOf('/etc/kubernetes/pki/ca.crt')).toBe(CREATED + 30 * DAY)
  renewCertificates(pki, 'apiserver', CREATED + HOUR)
  expect(endOf(path)).toBe(CREATED + 3 * HOUR)
})

test('a cluster takes the period, and kubeadm keeps it in its configuration', () => {
  const cluster = new SimCluster({ nodes: 1, kubeadm: { certificateValidityPeriod: '1h' } })
  const [certificate] = parseCertificates(cluster.pki.read('/etc/kubernetes/pki/apiserver.crt'))
  expect(certificate?.notAfter).toBe(CREATED + HOUR)
  expect(() => new SimCluster({ kubeadm: { certificateValidityPeriod: badInput('soon') } })).toThrow(
    /must be a duration/,
  )
})
