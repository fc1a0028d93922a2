import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { typed } from './typed.js'

const root = mkdtempSync(join(tmpdir(), 'simcluster-policies-'))
afterAll(() => rmSync(root, { recursive: true }))

/** Makes a folder with one manifest. */
function folder(name: string, text: string): string {
  mkdirSync(join(root, name))
  writeFileSync(join(root, name, 'all.yaml'), text)
  return join(root, name)
}

const pod = (name: string): string => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, labels: { app: ${name} } }
spec: { containers: [{ name: c, image: nginx }] }
---`
const policy = (name: string, port: number): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: shop }
spec:
  podSelector: { matchLabels: { app: db } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: ${port} }] }]
---`
const shop = `apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n---${pod('web')}${pod('db')}`

describe('simcluster netpol', () => {
  const deployment = (name: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec:
  selector: {matchLabels: {app: ${name}}}
  template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: c, image: nginx}]}}
`
  test('takes the workloads of a folder for their pods', async () => {
    const shop = folder('workloads', `${deployment('web')}---\n${deployment('db')}`)
    expect((await typed('netpol', 'matrix', shop)).out).toContain('all pods in shop (2 pods)')
    expect(await typed('netpol', 'eval', shop, 'shop/deploy/web -> shop/app=db:5432')).toMatchObject({
      code: 0,
      out: 'allowed\n',
    })
    expect(await typed('netpol', 'eval', shop, 'shop/deploy/wbe -> shop/deploy/db:1')).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean shop/deploy/web?'),
    })
  })

  test('says why there is nothing to show, and what was not checked', async () => {
    const empty = folder('empty', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n')
    expect(await typed('netpol', 'matrix', empty)).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is no pod and no workload in'),
    })
    expect(await typed('netpol', 'lint', empty)).toMatchObject({
      code: 2,
      err: expect.stringContaining('has no NetworkPolicy and no Service: there is nothing to check'),
    })
    const alone = folder('alone', policy('db', 5432))
    expect((await typed('netpol', 'lint', alone)).err).toContain('was not checked')
  })

  test('lint names the nearest label of a Service that selects nothing', async () => {
    const service = `apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: wbe}, ports: [{port: 80}]}
`
    const stray = folder('stray', `${deployment('web')}---\n${service}`)
    expect(await typed('netpol', 'lint', stray)).toMatchObject({
      code: 1,
      out: expect.stringContaining('Service shop/web selects no pod and no workload; did you mean app=web?'),
    })
  })

  const before = folder('before', shop + policy('db', 5432))
  const after = folder('after', shop + policy('db', 5433))
  const twice = folder('twice', shop + policy('a', 5432) + policy('b', 5432))
  const broken = folder('broken', 'kind: [')
  const OPEN = 'shop/web -> shop/db:5432'
  const CLOSED = 'shop/web -> shop/db:80'

  test('prints the matrix as text, JSON and a picture', async () => {
    expect((await typed('netpol', 'matrix', before)).out).toContain('shop')
    expect(JSON.parse((await typed('netpol', 'matrix', before, '-o', 'json')).out)).toHaveProperty('groups')
    expect((await typed('netpol', 'matrix', before, '-o', 'svg')).out).toMatch(/^<svg [^]*<\/svg>\n$/)
    expect(await typed('netpol', 'matrix', before, '-o', 'junit')).toMatchObject({
      code: 2,
      err: expect.stringContaining('-o junit: netpol matrix can be printed as text, json, svg'),
    })
  })

  test('judges connections, as a test suite, too', async () => {
    expect(await typed('netpol', 'eval', before, OPEN)).toEqual({ code: 0, out: 'allowed\n', err: '' })
    expect(await typed('netpol', 'eval', before, CLOSED, '--expect', 'denied')).toMatchObject({ code: 0 })
    const { code, out } = await typed('netpol', 'eval', before, OPEN, CLOSED)
    expect({ code, out }).toEqual({ code: 1, out: `allowed  ${OPEN}\ndenied  ${CLOSED}\n` })
    const suite = (await typed('netpol', 'eval', before, OPEN, CLOSED, '-o', 'junit')).out
    expect(suite).toContain('<testsuite name="simcluster netpol eval" tests="2" failures="1">')
    expect(suite).toContain('name="shop/web -&gt; shop/db:5432" />')
    expect(suite).toContain('<failure message="denied, not allowed">denied, not allowed\n')
    expect(JSON.parse((await typed('netpol', 'eval', before, OPEN, '-o', 'json')).out)).toMatchObject([
      { connection: OPEN, allowed: true },
    ])
    expect((await typed('netpol', 'eval', before, CLOSED, '-o', 'svg')).out).toContain('<svg')
  })

  test('compares folders, and finds what has no effect', async () => {
    const same = await typed('netpol', 'diff', before, before, '-o', 'junit')
    expect(same).toMatchObject({ code: 0, out: expect.stringContaining('no connection changes') })
    const changed = await typed('netpol', 'diff', before, after, '-o', 'json')
    expect(changed.code).toBe(1)
    expect(JSON.parse(changed.out)).toMatchObject({ opened: [{}], closed: [{}] })
    expect(await typed('netpol', 'lint', before)).toEqual({ code: 0, out: '', err: '' })
    const lint = await typed('netpol', 'lint', twice)
    expect(lint.code).toBe(1)
    expect(lint.out).toContain('NetworkPolicy shop/a has no effect')
  })

  test.each([
    [['matrix'], 'write matrix DIR'],
    [['eval', before], "write eval DIR 'FROM -> TO:PORT'..."],
    [['check', before], 'write matrix DIR, eval DIR'],
    [['eval', before, OPEN, '--expect', 'open'], '--expect open: write allowed or denied'],
    [['lint', before, '--expect', 'denied'], '--expect goes with eval only'],
    [['eval', before, 'web'], 'must be like'],
    [['matrix', before, '-o', 'yaml'], '-o yaml: netpol matrix can be printed as'],
    [['matrix', broken], 'broken/all.yaml: the manifest is not YAML'],
  ])('%j is refused: %s', async (words, text) => {
    expect(await typed('netpol', ...words)).toMatchObject({ code: 2, err: expect.stringContaining(text) })
  })
})

const binding = (role: string, subject: string): string => `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: ${role}, namespace: prod }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${role} }
subjects: [${subject}]
---`
const JANE = '{ kind: User, name: jane, apiGroup: rbac.authorization.k8s.io }'

describe('simcluster rbac', () => {
  const view = folder('view', binding('view', JANE))
  const admin = folder(
    'admin',
    binding('admin', JANE) + binding('view', '{ kind: ServiceAccount, name: ci }'),
  )
  const IN_PROD = ['--namespace', 'prod']

  test('knows the default roles, and tells why', async () => {
    expect(await typed('rbac', 'can', view, 'jane', 'list', 'deploy', ...IN_PROD)).toMatchObject({
      code: 0,
      out: expect.stringContaining('allowed: RoleBinding prod/view'),
    })
    const denied = await typed('rbac', 'can', view, 'jane', 'get', 'secrets', ...IN_PROD, '-o', 'junit')
    expect(denied.code).toBe(1)
    expect(denied.out).toContain('<testcase classname="simcluster rbac can" name="jane get secrets in prod">')
    const account = 'system:serviceaccount:prod:ci'
    expect(await typed('rbac', 'can', admin, account, 'get', 'pods/log', '-n', 'prod')).toMatchObject({
      code: 0,
    })
    expect((await typed('rbac', 'can', view, 'jane', 'get', 'pods', '-o', 'svg')).out).toContain('<svg')
  })

  test('lists who can, and ways to gain rights', async () => {
    expect(await typed('rbac', 'who-can', admin, 'get', 'secrets', '-n', 'prod')).toMatchObject({
      code: 0,
      out: 'User jane\n',
    })
    expect(await typed('rbac', 'paths', view, 'jane')).toEqual({ code: 0, out: '', err: '' })
    const account = '\napiVersion: v1\nkind: ServiceAccount\nmetadata: { name: ci, namespace: prod }\n---'
    const bindings = binding('edit', JANE) + binding('admin', '{ kind: ServiceAccount, name: ci }')
    const edit = folder('edit', bindings + account)
    const found = await typed('rbac', 'paths', edit, 'jane')
    expect(found.err).toBe('')
    expect(found.code).toBe(1)
    expect(found.out).toMatch(
      /^[\w-]+: acts as system:serviceaccount:prod:ci, and becomes admin of prod\n {2}1\. /m,
    )
    expect((await typed('rbac', 'paths', edit, 'jane', '-o', 'svg')).out).toContain(
      'How jane can gain rights',
    )
  })

  test('compares the rights of folders', async () => {
    expect(await typed('rbac', 'diff', view, view)).toEqual({ code: 0, out: '', err: '' })
    const { code, out } = await typed('rbac', 'diff', view, admin)
    expect(code).toBe(1)
    expect(out).toContain('+ User jane in prod: create deployments.apps\n')
    expect(out).toContain('+ ServiceAccount prod/ci in prod: get pods\n')
    expect(out).not.toMatch(/^-/m)
    expect((await typed('rbac', 'diff', admin, view)).out).toContain('- User jane in prod: delete secrets\n')
  })

  test.each([
    [['can', view, 'jane', 'get'], 'write can DIR USER VERB RESOURCE'],
    [['may', view], 'write can DIR USER VERB RESOURCE, who-can DIR VERB RESOURCE, paths DIR USER, diff'],
    [['who-can', view, 'get', 'pods', '--depth', '2'], '--depth does not go with who-can'],
    [['can', view, 'jane', 'get', 'widgets'], 'write a custom one with its group: widgets.GROUP'],
    [['who-can', view, 'get', 'pods', '-o', 'svg'], '-o svg: rbac who-can can be printed as text, json'],
  ])('%j is refused: %s', async (words, text) => {
    expect(await typed('rbac', ...words)).toMatchObject({ code: 2, err: expect.stringContaining(text) })
  })
})
