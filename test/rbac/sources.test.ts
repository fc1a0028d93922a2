import { describe, expect, test } from 'vitest'
import { parseManifests, SimCluster } from 'simcluster'
import * as rbac from 'simcluster/rbac'

const TEXT = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: prod}
rules: [{apiGroups: [''], resources: [secrets], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: prod}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}]
`
const cluster = new SimCluster({ nodes: 1 })
cluster.kubectl('create namespace prod')
cluster.apply(TEXT)
const query = { user: 'jane', verb: 'get', resource: 'secrets', namespace: 'prod' } as const

describe.each([
  ['YAML text', TEXT],
  ['a list of objects', parseManifests(TEXT)],
  ['a cluster', cluster],
] as const)('from %s', (_, source) => {
  test('every evaluator decides', () => {
    const verdict = rbac.authorize(source, query)
    expect(rbac.formatProof(verdict)).toBe(
      'allowed: RoleBinding prod/readers gives Role prod/reader to User jane, ' +
        'rule 0: {APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}',
    )
    expect(rbac.proofErrors(source, query, verdict)).toEqual([])
    expect(rbac.whoCan(source, query).map(({ subject }) => subject.name)).toContain('jane')
    expect(rbac.compileAccess(source).allows(query)).toBe(true)
    expect(rbac.escalationPaths(source, { user: 'jane' })).toEqual([])
  })
})

describe('every proof has a text', () => {
  test('denied: what was tried, and what would nearly do', () => {
    expect(rbac.formatProof(rbac.authorize(TEXT, { ...query, verb: 'delete' }))).toBe(
      'denied:\n  RoleBinding prod/readers gives Role prod/reader to User jane, ' +
        'whose rules are about another verb',
    )
    expect(rbac.formatProof(rbac.authorize(TEXT, { ...query, namespace: 'dev' }))).toBe(
      'denied:\n  RoleBinding prod/readers gives Role prod/reader to User jane, ' +
        'for its own namespace only\n' +
        '  rule 0 of Role prod/reader would allow it, but is bound to the user in another namespace: ' +
        'RoleBinding prod/readers',
    )
    expect(rbac.formatProof(rbac.authorize(TEXT, { ...query, user: 'joe' }))).toMatch(
      /^denied: no binding names the user\n {2}rule 0 .*is bound to somebody else/,
    )
  })

  test('of members of system:masters, and of other authorizers', () => {
    expect(rbac.formatProof(cluster.can({ user: 'a', groups: ['system:masters'] }, 'get', 'pods'))).toBe(
      'allowed: members of system:masters may do everything',
    )
    const open = new SimCluster({ nodes: 1, access: { authorization: 'AlwaysAllow' } })
    expect(rbac.formatProof(open.can({ user: 'a' }, 'get', 'pods'))).toMatch(/^allowed/)
  })
})
