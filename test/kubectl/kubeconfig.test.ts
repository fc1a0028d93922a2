import { SimCluster } from 'simcluster'
import { beforeAll, describe, expect, it } from 'vitest'

let cluster: SimCluster
let [authority, admin]: readonly [unknown: string, unknown: object] = ['', {}]
beforeAll(() => {
  cluster = new SimCluster({ nodes: 0, users: [{ name: 'jane', token: 'jane-token' }] })
  const { clusters, users } = JSON.parse(cluster.kubectl('config view --raw -o json').stdout) as {
    readonly clusters: readonly { readonly cluster: Readonly<Record<string, string>> }[]
    readonly users: readonly { readonly user: object }[]
  }
  authority = clusters[0]?.cluster['certificate-authority-data'] ?? ''
  admin = users[0]?.user ?? {}
})

/** What kubectl says with a kubeconfig of cluster c, user u. */
function said(of: { readonly cluster?: object; readonly user?: object }, line: string): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'x',
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443', ...of.cluster } }],
    users: [{ name: 'u', user: of.user ?? { token: 'jane-token' } }],
  }
  const { stdout, stderr } = cluster.kubectl(line, {
    files: { conf: JSON.stringify(config), 'no.pem': 'nothing\n' },
    env: { KUBECONFIG: 'conf' },
  })
  return stdout + stderr
}
const WHO = 'auth whoami -o jsonpath={.status.userInfo.username}'

describe('a kubeconfig', () => {
  it('must name files that exist, and a key beside the certificate', () => {
    expect(said({ cluster: { 'certificate-authority': 'nope' } }, WHO)).toBe(
      'error: unable to read certificate-authority nope for c due to open nope: no such file or directory\n',
    )
    expect(said({ user: { 'client-certificate': 'no.pem' } }, WHO)).toBe(
      'error: client-key-data or client-key must be specified for u to use the clientCert ' +
        'authentication method.\n',
    )
    expect(said({ user: { tokenFile: 'nope' } }, WHO)).toBe('error: open nope: no such file or directory\n')
  })
  it('has all its faults told at once, those of the user first', () =>
    expect(said({ user: { 'client-certificate': 'a', 'client-key': 'b' } }, WHO)).toBe(
      'Error in configuration: \n' +
        '* unable to read client-cert a for u due to open a: no such file or directory\n' +
        '* unable to read client-key b for u due to open b: no such file or directory\n',
    ))
  it('has an authority that is PEM, unless nothing is verified', () => {
    const broken = { 'certificate-authority': 'no.pem' }
    expect(said({ cluster: broken }, WHO)).toBe(
      'error: unable to load root certificates: unable to parse bytes as PEM block\n',
    )
    expect(said({ cluster: broken }, `${WHO} --insecure-skip-tls-verify`)).toBe('jane')
    expect(
      said({ cluster: { 'certificate-authority-data': authority, 'insecure-skip-tls-verify': true } }, WHO),
    ).toBe('error: specifying a root certificates file with the insecure flag is not allowed\n')
  })
  it('has its fields replaced by flags, which are checked as well', () =>
    expect(said({}, `${WHO} --certificate-authority=nope`)).toContain(
      'unable to read certificate-authority nope',
    ))
})

describe('--token', () => {
  it('loses to a client certificate in the kubeconfig, since the server prefers that', () => {
    expect(said({ user: admin }, `${WHO} --token=jane-token`)).toBe('kubernetes-admin')
    expect(said({ user: {} }, `${WHO} --token=jane-token`)).toBe('jane')
  })
  it('cannot be beside a name and a password', () =>
    expect(said({}, `${WHO} --username=a --password=b`)).toBe(
      'error: username/password or bearer token may be set, but not both\n',
    ))
})
