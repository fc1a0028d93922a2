import type { KubeObject } from '../../../src/api/kind/definition.js'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SimCluster } from 'simcluster'
import { testKeys } from '../../../src/pki/index.js'
import { kubeconfigFor } from '../../../src/server/credentials/kubeconfig.js'
import type { ServedCluster } from '../harness.js'

/** The value of the first pattern that matches. */
export const first = (
  table: readonly (readonly [id: RegExp, value: string])[],
  id: string,
): string | undefined => table.find(([pattern]) => pattern.test(id))?.[1]

/** The file that is the kubeconfig of a command; see {@link addConfigs}. */
export const kubeconfigs: readonly (readonly [id: RegExp, path: string])[] = [
  [/connection refused(?!.* warm)/, 'refused.conf'],
  [/not resolve/, 'nowhere.conf'],
  [/no kubeconfig|names a missing file$|kubeconfig empty/, 'missing.conf'],
  [/current-context does not exist/, 'nocontext.conf'],
  [/no base64/, 'badb64.conf'],
  [/no PEM/, 'badpem.conf'],
  [/client-certificate file missing/, 'nofile.conf'],
  [/private key does not match/, 'otherkey.conf'],
  [/kubeconfig is no YAML/, 'garbage.conf'],
  [/^config /, 'work.conf'],
  [/unknown authority/, 'distrust.conf'],
  [/without CA/, 'noca.conf'],
  [/insecure/, 'insecure.conf'],
  [/HTTP server behind/, 'plain.conf'],
  [/SNI/, 'localhost.conf'],
  [/no client certificate/, 'nobody.conf'],
]

/** Users whose credentials are bad, or no certificates. */
export const special: readonly (readonly [id: RegExp, name: string])[] = [
  [/bad bearer token/, 'bad-token'],
  [/valid bearer token/, 'service-account'],
  [/expired client certificate/, 'expired'],
  [/of another CA/, 'foreign'],
]

/** As whom a command runs: dev-user may do nothing. */
export function userFor(id: string): string {
  const name = first(special, id)
  if (name !== undefined) return name
  if (/ denied|without rights|^auth can-i create pods -q|^auth can-i --list \(2\)/.test(id)) return 'dev-user'
  return id.includes('terminating') ? 'ending' : 'admin'
}

/** The administrator's kubeconfig. */
export const adminConfig = ({ folder }: ServedCluster): string =>
  readFileSync(join(folder, 'admin.kubeconfig'), 'utf8')

const without = (field: string, text: string): string =>
  text.replaceAll(new RegExp(`\\n *${field}: \\S+`, 'g'), '')

/** Kubeconfigs that lead nowhere, or cannot be used. */
export function addConfigs(served: ServedCluster): void {
  const admin = adminConfig(served)
  const at = (server: string): string => admin.replaceAll(served.server.url, server)
  const withData = (field: string, data: string): string =>
    admin.replace(new RegExp(`${field}: \\S+`), `${field}: ${data}`)
  const other = served.cluster.pki.clientCertificate(
    { commonName: 't', organizations: [] },
    { notBefore: served.cluster.now(), validFor: 3_600_000 },
  )
  const texts: Readonly<Record<string, string>> = {
    'refused.conf': at('https://127.0.0.1:1'),
    'nowhere.conf': at('https://nope.invalid:6443'),
    'garbage.conf': 'a: [b\n',
    'distrust.conf': withData(
      'certificate-authority-data',
      btoa(
        new SimCluster({ nodes: 0, kubeadm: { keys: testKeys(99) } }).pki.read('/etc/kubernetes/pki/ca.crt'),
      ),
    ),
    'noca.conf': without('certificate-authority-data', admin),
    'localhost.conf': at(served.server.url.replace('127.0.0.1', 'localhost')),
    'insecure.conf': admin.replace(/certificate-authority-data: .*/, 'insecure-skip-tls-verify: true'),
    'nobody.conf': without('client-(certificate|key)-data', admin),
    'nocontext.conf': admin.replace(/current-context: .*/, 'current-context: nope'),
    'badb64.conf': withData('client-certificate-data', '"%%%"'),
    'badpem.conf': withData('client-certificate-data', btoa('no PEM')),
    'otherkey.conf': withData('client-key-data', btoa(other.key)),
    'nofile.conf': admin.replace(
      /client-certificate-data: .*/,
      'client-certificate: /nonexistent/client.crt',
    ),
    'work.conf': at('https://127.0.0.1:6443'),
    'jane.crt': other.certificate,
    'jane.key': other.key,
    'client.crt': other.certificate,
    'client.key': other.key,
  }
  for (const [name, text] of Object.entries(texts)) served.file(name, text)
}

/** Users whose credentials are tokens, expired, or of another cluster; an hour goes by. */
export function addCredentials(served: ServedCluster): void {
  const { cluster, server } = served
  const account = cluster.client.createSubresource(
    'serviceaccounts',
    { namespace: 'default', name: 'default' },
    'token',
    { spec: {} },
  )
  served.user('bad-token', { token: 'nonsense' })
  served.user('service-account', {
    token: (account as KubeObject & { readonly status: { readonly token: string } }).status.token,
  })
  served.user('expired', { validFor: 1_000 })
  const foreign = new SimCluster({ nodes: 0, kubeadm: { keys: testKeys(99) } })
  const text = kubeconfigFor(foreign, { server: server.url, authority: server.authority })
  served.file('foreign.kubeconfig', text)
  cluster.advance('1h')
}

/** Writes tls.crt and tls.key. */
export function addKeyPair(served: ServedCluster): void {
  const { cluster } = served
  const during = { notBefore: cluster.now(), validFor: 3_600_000 }
  const { certificate, key } = cluster.pki.clientCertificate({ commonName: 't', organizations: [] }, during)
  served.file('tls.crt', certificate)
  served.file('tls.key', key)
}
