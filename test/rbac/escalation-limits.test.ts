import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import type { PolicyRule } from '../../src/api/rbac/generated.js'
import { ApiError } from '../../src/client/api-error.js'
import { breakDown, hasRights, MOST_PARTS, missingRights } from '../../src/rbac/covers.js'

const numbered = (count: number, prefix: string): string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}${at}`)

/** A cluster in which jane may write roles, and holds some rules. */
function writer(held: readonly PolicyRule[]): (rules: readonly PolicyRule[]) => string {
  const cluster = new SimCluster({ nodes: 0 })
  const own = { verbs: ['create'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'] }
  cluster.create('clusterroles', { metadata: { name: 'held' }, rules: [own, ...held] })
  cluster.create('clusterrolebindings', {
    metadata: { name: 'held' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'held' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }],
  })
  const jane = cluster.as({ user: 'jane' })
  return (rules) => {
    try {
      jane.create('roles', { metadata: { namespace: 'default', name: 'a' }, rules: [...rules] })
      return 'created'
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return `${error.code} ${error.message}`
    }
  }
}

const bomb: PolicyRule = {
  verbs: numbered(100, 'v'),
  apiGroups: numbered(100, 'g'),
  resources: numbered(100, 'r'),
  resourceNames: numbered(100, 'n'),
}

test('a role of 2 kB with a hundred million parts is refused with 403', () => {
  const text = writer([])([bomb])
  expect(text).toContain('403 roles.rbac.authorization.k8s.io "a" is forbidden')
  expect(text).toContain(`takes more than ${MOST_PARTS} steps`)
})

test('who holds it as a whole may grant it, and an administrator anything', () => {
  expect(writer([bomb])([bomb])).toBe('created')
  expect(writer([{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }])([bomb, bomb])).toBe('created')
})

const single = (at: number, more: object): PolicyRule => ({
  verbs: ['get'],
  apiGroups: [''],
  resources: ['pods'],
  ...more,
  ...(at < 0 ? { resourceNames: [] } : {}),
})

test.each([
  ['names', (at: number) => single(at, { resourceNames: [`n${at}`] })],
  ['verbs', (at: number) => single(at, { verbs: [`v${at}`] })],
  ['groups', (at: number) => single(at, { apiGroups: [`g${at}.example`] })],
  ['resources', (at: number) => single(at, { resources: [`r${at}`] })],
  ['paths', (at: number) => ({ verbs: ['get'], nonResourceURLs: [`/p${at}`] })],
])('many rules that differ in their %s are compared without a look at all of those held', (_, rule) => {
  const rules = Array.from({ length: 2_000 }, (__, at) => rule(at))
  expect(missingRights(rules, rules)).toEqual([])
  expect(missingRights(rules, [rule(-1), rule(2_001)])).toHaveLength(2)
})

test('a URL of 100,000 stars is shortened once, not for each part', () => {
  const held = [{ verbs: ['get'], nonResourceURLs: [`/${'*'.repeat(100_000)}`, `/a${'*'.repeat(100_000)}`] }]
  const wanted = Array.from({ length: 5_000 }, (_, at) => ({ verbs: ['get'], nonResourceURLs: [`b${at}`] }))
  const before = process.cpuUsage()
  expect(missingRights(held, wanted)).toHaveLength(5_000)
  const { user } = process.cpuUsage(before)
  // 5,000 times it takes some seconds
  expect(user / 1_000).toBeLessThan(1_000)
})

test('rules that are made to be compared with all that are held end in a refusal', () => {
  const held = Array.from({ length: 6_000 }, (_, at): PolicyRule => {
    const miss = at % 3
    return {
      verbs: [...(miss === 0 ? ['x'] : numbered(20, 'v'))],
      apiGroups: miss === 1 ? ['x'] : numbered(20, 'g'),
      resources: miss === 2 ? ['x'] : numbered(20, 'r'),
    }
  })
  const wanted = { verbs: numbered(20, 'v'), apiGroups: numbered(20, 'g'), resources: numbered(20, 'r') }
  expect(() => missingRights(held, [wanted])).toThrow(
    'the comparison with the rules that are held takes more',
  )
})

test('the message of a refusal has 64 KiB, and says how many rules it leaves out', () => {
  const rules = numbered(9_000, 'resource-with-a-long-name-').map((resource) => ({
    verbs: ['get'],
    apiGroups: ['a'],
    resources: [resource],
  }))
  const text = writer([])(rules)
  expect(text.length).toBeLessThan(70_000)
  expect(text).toMatch(/\n\.\.\. and \d+ more/)
})

test('kubectl describes such a role with an error', () => {
  const cluster = new SimCluster({ nodes: 0 })
  cluster.create('roles', { metadata: { name: 'a' }, rules: [bomb] })
  const { exitCode, stderr } = cluster.kubectl('describe role a')
  expect(exitCode).toBe(1)
  expect(stderr).toContain(`takes more than ${MOST_PARTS} steps`)
})

const some = (values: readonly string[]): fc.Arbitrary<string[]> => fc.subarray([...values], { minLength: 1 })
const rule: fc.Arbitrary<PolicyRule> = fc.oneof(
  fc.record({
    verbs: some(['get', 'list', '*']),
    apiGroups: some(['', 'apps', '*']),
    resources: some(['pods', 'pods/log', '*/log', '*']),
    resourceNames: fc.subarray(['a', 'b']),
  }),
  fc.record({ verbs: some(['get', '*']), nonResourceURLs: some(['/a', '/a/*', '/b', '*']) }),
)

/** Upstream's comparison: every part with every rule. */
function isCovered(held: readonly PolicyRule[], part: PolicyRule): boolean {
  const all = (own: readonly string[] = [], wanted: readonly string[] = []): boolean =>
    own.includes('*') || wanted.every((value) => own.includes(value))
  return held.some(
    ({ verbs, apiGroups, resources = [], resourceNames = [], nonResourceURLs = [] }) =>
      all(verbs, part.verbs) &&
      all(apiGroups, part.apiGroups) &&
      (part.resources ?? []).every(
        (one) =>
          all(resources, [one]) ||
          (one.includes('/') && resources.includes(`*${one.slice(one.indexOf('/'))}`)),
      ) &&
      (part.nonResourceURLs ?? []).every((url) =>
        nonResourceURLs.some(
          (own) => own === url || (own.endsWith('*') && url.startsWith(own.replace(/\*+$/, ''))),
        ),
      ) &&
      (resourceNames.length === 0 ||
        ((part.resourceNames ?? []).length > 0 && all(resourceNames, part.resourceNames))),
  )
}

test('the comparison is that of upstream, which looks at all', () => {
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 5 }), fc.array(rule, { maxLength: 3 }), (held, wanted) => {
      const missing = breakDown(wanted).filter((part) => !isCovered(held, part))
      expect(missingRights(held, wanted)).toEqual(missing)
      expect(hasRights(held, wanted)).toBe(missing.length === 0)
    }),
  )
})
