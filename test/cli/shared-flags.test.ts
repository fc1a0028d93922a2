import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { clusterOf } from '../../src/cli/serving.js'
import { typed } from './typed.js'

const folder = mkdtempSync(join(tmpdir(), 'simcluster-flags-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: b}\n'

describe('standard input', () => {
  const program = ['--import', 'tsx', 'src/cli/main.ts']
  const piped = (input: string, ...words: readonly string[]): { code: number | null; out: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [...program, ...words], {
      input,
      encoding: 'utf8',
    })
    return { code: status, out: stdout + stderr }
  }
  const policy = `apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {containers: [{name: c, image: i}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec: {podSelector: {}}
`

  test.for([
    [['check', '-'], policy, 0, 'in 2 objects of 1 file'],
    [['netpol', 'eval', '-', '--expect', 'denied', 'external -> shop/db:80'], policy, 0, 'denied'],
    [['kubectl', '--manifests', '-', '--', 'get', 'configmaps', 'settings'], map, 0, 'settings   1'],
    [['kubectl', '--', 'create', '-f', '-'], map, 0, 'configmap/settings created'],
    [['diff', '-'], map, 1, '+  a: b'],
    [['netpol', 'diff', '-', '-'], '', 2, 'standard input is empty'],
  ] as const)('is read by %s', { timeout: 60_000 }, ([words, input, code, text]) => {
    const result = piped(input, ...words)
    expect(result.out).toContain(text)
    expect(result.code).toBe(code)
  })
})

test('kubectl reads the real files and folders of -f', async () => {
  const path = file('map.yaml', map)
  expect((await typed('kubectl', '--', 'apply', '-f', path)).out).toBe('configmap/settings created\n')
  mkdirSync(join(folder, 'deploy'))
  file('deploy/map.yaml', map)
  const { out } = await typed('kubectl', '--', 'apply', '-f', join(folder, 'deploy'))
  expect(out).toBe('configmap/settings created\n')
  expect((await typed('kubectl', '--', 'apply', '-f', join(folder, 'none.yaml'))).code).toBe(1)
})

test('--version chooses the release of a new cluster', async () => {
  const { out } = await typed('kubectl', '--version', 'v1.24', '--', 'get', 'nodes', 'node-1')
  expect(out).toContain('v1.24.0')
  const budget = file(
    'budget.yaml',
    'apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec: {maxUnavailable: 1}\n',
  )
  expect((await typed('diff', budget, '--version', 'v1.24')).code).toBe(1)
  expect((await typed('diff', budget)).err).toContain('no matches for kind "PodDisruptionBudget"')
})

test('diff creates the namespaces and definitions of a folder first, and shows them, too', async () => {
  const path = file(
    'crd.yaml',
    `apiVersion: example.com/v1
kind: Widget
metadata: {name: w, namespace: shop}
spec: {size: 3}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, kind: Widget}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}}
`,
  )
  const { code, out, err } = await typed('diff', path)
  expect(err).toBe('')
  expect(code).toBe(1)
  expect(out).toContain('+kind: Namespace')
  expect(out).toContain('+kind: CustomResourceDefinition')
  expect(out).toContain('+  size: 3')
})

describe('simcluster rbac', () => {
  const roles = file(
    'roles.yaml',
    `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: binder, namespace: shop}
rules:
- {apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [create]}
- {apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: binder, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: binder}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}]
`,
  )

  test('paths says what is reached, the most of it', async () => {
    const { out } = await typed('rbac', 'paths', roles, 'jane')
    expect(out).toMatch(/: acts as jane, and becomes admin of shop\n/)
  })

  test('can returns 0 for the verdict that is expected', async () => {
    const can = ['rbac', 'can', roles, 'jane', 'get', 'secrets', '-n', 'shop']
    expect((await typed(...can)).code).toBe(1)
    expect((await typed(...can, '--expect', 'denied')).code).toBe(0)
    expect((await typed(...can, '--expect', 'no')).err).toContain('--expect no: write allowed or denied')
  })

  test('who-can compares with the names that are expected, and says what differs', async () => {
    const who = ['rbac', 'who-can', roles, 'create', 'rolebindings', '-n', 'shop']
    expect((await typed(...who, '--expect', 'User jane')).code).toBe(0)
    expect(await typed(...who, '--expect', 'User bob')).toMatchObject({
      code: 1,
      err: 'User bob: may not, and is expected to\nUser jane: may, and is not expected to\n',
    })
    expect((await typed(...who, '--expect', 'nobody')).code).toBe(1)
    expect((await typed(...who, '--expect', 'jane')).err).toContain(
      "write nobody, or names such as 'User jane",
    )
  })
})

test('The address ranges of a served cluster are kubeadm flags, with two ranges for two families.', () => {
  const cluster = clusterOf({
    nodes: '1',
    'pod-network-cidr': '10.32.0.0/16,fd00:32::/56',
    'service-cidr': '10.33.0.0/16,fd00:33::/112',
  })
  cluster.settle()
  expect(cluster.get('nodes', 'node-1').spec.podCIDRs).toEqual(['10.32.0.0/24', 'fd00:32::/64'])
  expect(cluster.get('servicecidrs', 'kubernetes').spec.cidrs).toEqual(['10.33.0.0/16', 'fd00:33::/112'])
})

test.each([
  [['serve', '--version', 'v9'], '--version v9: write a release from v1.13 to v1.36'],
  [['check', 'x.yaml', '--version', 'v1.35,v2'], '--version v2: write a release from v1.13'],
  [['upgrade', 'examples/upgrade/old.yaml', '--from', 'v1.2'], '--from v1.2: write a release'],
  [['serve', '--pod-network-cidr', '10.0.0.0'], '--pod-network-cidr 10.0.0.0: write a range such as'],
  [['serve', '--service-cidr', 'x,y'], '--service-cidr x,y: write a range such as'],
  [['rbac', 'who-can', 'examples/what-if/shop.yaml', 'get', 'secretz'], 'did you mean secrets?'],
  [['lesson', 'budgt'], 'there is no lesson budgt; did you mean budget?'],
])('simcluster %j says what to write instead, in the words of the flag', async (words, says) => {
  expect(await typed(...words)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(says) })
})
