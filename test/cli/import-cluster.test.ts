import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, type TestContext, vi } from 'vitest'
import { ClusterSnapshot, SimCluster } from 'simcluster'
import { type ClusterServer, type KubeconfigUser, serve } from 'simcluster/server'
import { needs, programs } from '../e2e/harness.js'
import { typed } from './typed.js'

const folder = mkdtempSync(join(tmpdir(), 'simcluster-import-'))
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => void vi.unstubAllEnvs())
const at = (name: string): string => join(folder, name)

let cluster: SimCluster
let server: ClusterServer
beforeAll(async () => {
  cluster = new SimCluster({ nodes: 3, like: 'kind' })
  cluster.apply(SHOP)
  cluster.settle()
  server = await serve(cluster)
})
afterAll(() => server.close())

const SHOP = `
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: other}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx, envFrom: [{secretRef: {name: key}}]}]}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Secret, metadata: {name: key, namespace: shop}, stringData: {a: b}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: note, namespace: other}, data: {a: b}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: nodes}
rules: [{apiGroups: [''], resources: [nodes], verbs: [list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: jane-nodes}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}]
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: nodes}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: jane-view, namespace: shop}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}]
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
`

/** Writes the kubeconfig of a user, and returns its path. */
function kubeconfig(name: string, user: KubeconfigUser = {}): string {
  mkdirSync(dirname(at(name)), { recursive: true })
  server.writeKubeconfig(at(name), user)
  return at(name)
}

/** Types `simcluster import`, and restores what it has written. */
async function imported(
  ...words: readonly string[]
): Promise<{ code: number; err: string; objects: (resource: string) => readonly string[] }> {
  const file = at('imported.snapshot')
  const { code, err } = await typed('import', '-o', file, ...words)
  return {
    code,
    err,
    objects: (resource) =>
      SimCluster.restore(ClusterSnapshot.fromFile(readFileSync(file)))
        .state.peek(resource as 'pods')
        .map(({ metadata: { namespace, name } }) =>
          namespace === undefined ? `${name}` : `${namespace}/${name}`,
        ),
  }
}

/** The two ways to a cluster. */
const WAYS = ['kubectl', 'https'] as const
function byWay(context: TestContext, way: (typeof WAYS)[number]): void {
  if (way === 'kubectl') needs(context, 'kubectl')
  vi.stubEnv('PATH', way === 'kubectl' ? dirname(programs.kubectl) : '/nowhere')
}

describe.for(WAYS)('reading a cluster by %s', (way) => {
  test('takes every object that the user can list, and does not change the cluster', async (context) => {
    byWay(context, way)
    // leases and nodes change by themselves
    const revisions = (): readonly unknown[] =>
      ['namespaces', 'pods', 'services', 'deployments', 'configmaps', 'secrets'].map((resource) =>
        cluster.state.peek(resource as 'pods').map(({ metadata }) => metadata.resourceVersion),
      )
    const before = revisions()
    const { code, err, objects } = await imported('--kubeconfig', kubeconfig('admin'))
    expect(code).toBe(0)
    expect(err).toContain('left out: secrets: Secrets are read only if they are asked for')
    expect(err).toContain('not given: secrets shop/key')
    for (const resource of ['nodes', 'pods', 'services', 'clusterroles', 'endpointslices', 'leases'])
      expect(objects(resource)).toEqual(
        cluster.state
          .peek(resource as 'pods')
          .map(({ metadata: { namespace, name } }) =>
            namespace === undefined ? `${name}` : `${namespace}/${name}`,
          ),
      )
    expect(revisions()).toEqual(before)
  })

  test('reads Secrets if they are asked for, and only the namespaces that are named', async (context) => {
    byWay(context, way)
    const words = ['--secrets', '--namespaces', 'shop', '--kubeconfig', kubeconfig('admin')]
    const { code, objects } = await imported(...words)
    expect(code).toBe(0)
    expect(objects('secrets')).toEqual(['shop/key'])
    expect(objects('configmaps').filter((name) => name.startsWith('other/'))).toEqual([])
    expect(objects('services')).toEqual(['default/kubernetes', 'shop/web'])
  })

  test('reads with the token of a service account', async (context) => {
    byWay(context, way)
    cluster.kubectl(
      'create clusterrolebinding reader --clusterrole=cluster-admin --serviceaccount=shop:default',
    )
    const token = cluster.kubectl('create token default -n shop').stdout.trim()
    const { code, objects } = await imported('--kubeconfig', kubeconfig('token', { user: 'ci', token }))
    expect(code).toBe(0)
    expect(objects('nodes')).toEqual(['node-1', 'node-2', 'node-3'])
  })

  test('names what a user may not list, and goes on with the rest', async (context) => {
    byWay(context, way)
    const path = kubeconfig('jane', { user: 'jane' })
    const all = await imported('--kubeconfig', path)
    expect(all.code).toBe(0)
    expect(all.err).toMatch(/^left out: .*\bpods, .*: "jane" may not list them$/m)
    // in her own namespace she may list what it has
    const own = await imported('--kubeconfig', path, '--namespaces', 'shop')
    expect(own.code).toBe(0)
    expect(own.objects('pods')).toHaveLength(3)
    expect(own.err).toMatch(
      /^left out: .*\brolebindings\.rbac\.authorization\.k8s\.io, .*: "jane" may not list/m,
    )
    expect(own.err).not.toMatch(/\bpods, .*: "jane" may not list them/)
  })

  test('a user who may list no nodes is told what could not be read', async (context) => {
    byWay(context, way)
    const { code, err } = await imported('--kubeconfig', kubeconfig('joe', { user: 'joe' }))
    expect(code).toBe(2)
    expect(err).toContain('simcluster import: no Node can be read, so no pod would run anywhere')
    expect(err).toMatch(/^left out: .*\bnodes, .*: "joe" may not list them$/m)
  })

  test('leaves out a group whose server does not respond, and says so', async (context) => {
    byWay(context, way)
    const broken = new SimCluster({ nodes: 1 })
    broken.apply(`
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.metrics.k8s.io}
spec:
  group: metrics.k8s.io
  version: v1beta1
  groupPriorityMinimum: 100
  versionPriority: 100
  insecureSkipTLSVerify: true
  service: {name: metrics-server, namespace: kube-system}`)
    broken.settle()
    const own = await serve(broken)
    try {
      own.writeKubeconfig(at('broken'))
      const { code, err } = await imported('--kubeconfig', at('broken'))
      expect(code).toBe(0)
      expect(err).toMatch(/^left out: metrics\.k8s\.io\/v1beta1: /m)
    } finally {
      await own.close()
    }
  })

  test('an unreachable server and invalid credentials are told with exit code 2', async (context) => {
    byWay(context, way)
    const gone = await serve(new SimCluster({ nodes: 1 }))
    gone.writeKubeconfig(at('gone'))
    await gone.close()
    const refused = await imported('--kubeconfig', at('gone'))
    expect(refused.code).toBe(2)
    expect(refused.err).toContain(new URL(gone.url).host)
    const unknown = await imported('--kubeconfig', kubeconfig('unknown', { user: 'eve', token: 'nonsense' }))
    expect(unknown.code).toBe(2)
    expect(unknown.err).toMatch(/does not know the user eve|must be logged in|Unauthorized/)
  })
})

describe('the kubeconfig of a cluster that is read over HTTPS', () => {
  /** Writes a kubeconfig with these parts, and types `import` with it. */
  async function withParts(
    parts: { readonly cluster?: object; readonly user?: object; readonly context?: string },
    ...words: readonly string[]
  ): Promise<{ code: number; err: string }> {
    vi.stubEnv('PATH', '/nowhere')
    const text = JSON.stringify({
      'current-context': parts.context ?? 'shop',
      contexts: [{ name: 'shop', context: { cluster: 'shop', user: 'admin' } }],
      clusters: [
        { name: 'shop', cluster: parts.cluster ?? { server: server.url, 'certificate-authority': 'ca.crt' } },
      ],
      users: [
        { name: 'admin', user: parts.user ?? { 'client-certificate': 'me.crt', 'client-key': 'me.key' } },
      ],
    })
    mkdirSync(at('own'), { recursive: true })
    writeFileSync(at('own/config'), text)
    writeFileSync(at('own/ca.crt'), server.authority)
    const { certificate, key } = cluster.pki.clientCertificate(
      { commonName: 'admin', organizations: ['system:masters'] },
      { notBefore: cluster.now() },
    )
    writeFileSync(at('own/me.crt'), certificate)
    writeFileSync(at('own/me.key'), key)
    return imported('--kubeconfig', at('own/config'), ...words)
  }

  test('files that it names are beside it', async () => {
    expect(await withParts({})).toMatchObject({ code: 0 })
  })

  test('a token may be in a file, and a user may act as another', async () => {
    writeFileSync(at('token'), `${cluster.kubectl('create token default -n shop').stdout.trim()}\n`)
    expect(await withParts({ user: { tokenFile: at('token') } })).toMatchObject({ code: 0 })
    const certificate = { 'client-certificate': 'me.crt', 'client-key': 'me.key' }
    const { err } = await withParts({ user: { ...certificate, as: 'jane', 'as-groups': ['a', 'b'] } })
    expect(err).toMatch(/\bpods, .*: "jane" may not list them/)
  })

  test('the files of KUBECONFIG are one, and the first that has a value wins', async () => {
    await withParts({})
    writeFileSync(at('first'), 'current-context: shop\n')
    vi.stubEnv('KUBECONFIG', `${at('first')}:${at('none')}:${at('own/config')}`)
    expect(await imported()).toMatchObject({ code: 0 })
  })

  test.for([
    [{ context: 'shp' }, 'there is no context shp; did you mean shop?'],
    [{ context: '' }, 'there is no current context; name one with --context; there are: shop'],
    [
      { user: { exec: { command: 'aws' } } },
      'the user admin gets its credentials from a program (exec), which needs',
    ],
    [
      { user: { username: 'a', password: 'b' } },
      'the user admin has a password (username), which needs kubectl',
    ],
    [
      { cluster: { server: 'https://127.0.0.1:1', 'proxy-url': 'http://x' } },
      'the cluster shop is behind a proxy',
    ],
    [{ cluster: {} }, 'the cluster shop has no server'],
    [
      { cluster: { server: 'https://127.0.0.1:1' } },
      'https://127.0.0.1:1 cannot be reached: connect ECONNREFUSED',
    ],
    [{ user: { 'client-certificate': 'none.crt', 'client-key': 'me.key' } }, 'none.crt'],
  ] as const)('%j: %s', async ([parts, says]) => {
    const { code, err } = await withParts(parts)
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(says) as string })
  })

  test('a server whose certificate another authority has signed is not trusted', async () => {
    const { code, err } = await withParts({ cluster: { server: server.url } })
    expect(code).toBe(2)
    expect(err).toContain(`${server.url} cannot be reached: `)
    const skipped = { server: server.url, 'insecure-skip-tls-verify': true }
    expect(await withParts({ cluster: skipped })).toMatchObject({ code: 0 })
  })

  test('no kubeconfig at all is told with what to do', async () => {
    vi.stubEnv('PATH', '/nowhere')
    vi.stubEnv('KUBECONFIG', at('nothing'))
    expect((await imported()).err).toContain(
      `there is no kubeconfig ${at('nothing')}: name one with --kubeconfig`,
    )
  })

  test('what responds and is no apiserver is told', async () => {
    const page = createServer((_, response) => void response.end('<html>')).listen(0, '127.0.0.1')
    await new Promise((resolve) => page.once('listening', resolve))
    const url = `http://127.0.0.1:${(page.address() as AddressInfo).port}`
    const { code, err } = await withParts({ cluster: { server: url } })
    page.close()
    expect(code).toBe(2)
    expect(err).toContain(`${url}/version is no apiserver's: `)
  })
})
