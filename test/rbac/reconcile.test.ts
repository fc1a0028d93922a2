import { describe, expect, it } from 'vitest'
import type { ClusterRole, ClusterRoleBinding, PolicyRule } from '../../src/api/rbac/generated.js'
import { reconcileBinding, reconcileRole } from '../../src/rbac/index.js'

const rule = (verbs: string, resources: string): PolicyRule => ({
  verbs: verbs.split(' '),
  apiGroups: [''],
  resources: resources.split(' '),
})
const role = (
  rules: readonly PolicyRule[] | null,
  more: object = {},
  metadata: object = {},
): ClusterRole => ({ kind: 'ClusterRole', metadata: { name: 'r', ...metadata }, rules, ...more })
const selector = (label: string): object => ({ matchLabels: { [label]: 'true' } })
const aggregates = (...labels: readonly string[]): object => ({
  aggregationRule: { clusterRoleSelectors: labels.map(selector) },
})

describe('reconcileRole', () => {
  // after component-helpers auth/rbac/reconciliation/reconcile_role_test.go
  it.each([
    ['equal ones need nothing', role([rule('get', 'pods')]), role([rule('get', 'pods')]), 'none', undefined],
    [
      'covered ones neither, and what is more stays',
      role([rule('*', 'pods')]),
      role([rule('get', 'pods')]),
      'none',
      undefined,
    ],
    [
      'what is missing is put in, in its smallest parts',
      role([rule('get', 'pods')]),
      role([rule('get list', 'pods nodes')]),
      'update',
      { rules: [rule('get', 'pods'), rule('list', 'pods'), rule('get', 'nodes'), rule('list', 'nodes')] },
    ],
    [
      'labels are put in, those that are there win',
      role([], {}, { labels: { a: '1' } }),
      role([], {}, { labels: { a: '2', b: '3' } }),
      'update',
      { metadata: { name: 'r', labels: { a: '1', b: '3' } } },
    ],
    [
      "rules of a role that aggregates are nobody else's business",
      role([rule('get', 'pods')], aggregates('a')),
      role(null, aggregates('a')),
      'none',
      undefined,
    ],
    [
      'a selector that is missing is put in',
      role([], aggregates('a')),
      role([], aggregates('b')),
      'update',
      aggregates('a', 'b'),
    ],
    [
      'an aggregationRule that should not be there is taken out',
      role([rule('get', 'pods')], aggregates('a')),
      role([]),
      'update',
      { aggregationRule: undefined },
    ],
  ] as const)('%s', (_, existing, expected, operation, changes) => {
    const before = JSON.stringify([existing, expected])
    const result = reconcileRole(existing, expected)
    expect(result.operation).toBe(operation)
    expect(result.role).toEqual({ ...existing, ...changes })
    expect(JSON.stringify([existing, expected])).toBe(before)
    expect(reconcileRole(result.role, expected).operation).toBe('none')
  })

  it('takes out what is more when told to: the expected rules take the place of all', () => {
    const options = { removeExtraPermissions: true }
    const result = reconcileRole(
      role([rule('* get', 'pods'), rule('get', 'nodes')]),
      role([rule('get list', 'pods')]),
      options,
    )
    expect(result).toMatchObject({
      operation: 'update',
      role: { rules: [rule('get list', 'pods')] },
      missingRules: [],
      extraRules: [rule('*', 'pods'), rule('get', 'nodes')],
    })
    expect(reconcileRole(role([], aggregates('a')), role([], aggregates('b')), options).role).toEqual(
      role([], aggregates('b')),
    )
    expect(reconcileRole(undefined, role([rule('get', 'pods')]))).toMatchObject({
      operation: 'create',
      missingRules: [rule('get', 'pods')],
    })
  })

  it('says that an annotated one may not be touched', () => {
    const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'false' }
    expect(reconcileRole(role([], {}, { annotations }), role([rule('get', 'pods')]))).toMatchObject({
      operation: 'update',
      protected: true,
    })
    expect(reconcileRole(role([]), role([], {}, { annotations }))).toMatchObject({
      operation: 'update',
      protected: false,
    })
  })
})

describe('reconcileBinding', () => {
  const ref = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'r' }
  const user = (name: string): { readonly kind: string; readonly name: string } => ({ kind: 'User', name })
  const binding = (users: readonly string[], more: object = {}): ClusterRoleBinding => ({
    kind: 'ClusterRoleBinding',
    metadata: { name: 'b' },
    roleRef: ref,
    subjects: users.map(user),
    ...more,
  })

  it(
    'puts in subjects that are missing, takes out others when told to, and makes it anew for another ' +
      'role',
    () => {
      expect(reconcileBinding(binding(['a', 'b']), binding(['b']))).toMatchObject({
        operation: 'none',
        missingSubjects: [],
        extraSubjects: [user('a')],
      })
      expect(reconcileBinding(binding(['a']), binding(['b']))).toMatchObject({
        operation: 'update',
        binding: binding(['a', 'b']),
        missingSubjects: [user('b')],
      })
      expect(
        reconcileBinding(binding(['a', 'b']), binding(['b']), { removeExtraSubjects: true }),
      ).toMatchObject({ operation: 'update', binding: binding(['b']) })
      const other = binding(['b'], { roleRef: { ...ref, name: 'other' } })
      expect(reconcileBinding(binding(['a']), other)).toEqual({
        operation: 'recreate',
        protected: false,
        binding: other,
        missingSubjects: [],
        extraSubjects: [],
      })
      expect(reconcileBinding(undefined, other)).toMatchObject({
        operation: 'create',
        missingSubjects: [user('b')],
      })
    },
  )
})
