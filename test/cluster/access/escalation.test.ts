import type {
  ClusterRoleInput,
  PolicyRuleInput,
  RoleBindingInput,
  RoleInput,
} from '../../../src/api/rbac/inputs.js'
import { beforeEach, describe, expect, it } from 'vitest'
import { SimCluster } from 'simcluster'
import type { HttpResponse } from '../../../src/client/http.js'

const GROUP = 'rbac.authorization.k8s.io'
const rule = (verbs: string, apiGroups: string, resources: string, more: object = {}): PolicyRuleInput => ({
  verbs: verbs.split(' '),
  apiGroups: apiGroups.split(' '),
  resources: resources.split(' '),
  ...more,
})
const role = (name: string, rules: RoleInput['rules'], more: object = {}): RoleInput => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'Role',
  metadata: { name, namespace: 'default', ...more },
  rules,
})
const clusterRole = (name: string, rules: RoleInput['rules'], more: object = {}): ClusterRoleInput => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'ClusterRole',
  metadata: { name },
  rules,
  ...more,
})
const binding = (name: string, kind: string, to: string, user: string): RoleBindingInput => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'RoleBinding',
  metadata: { name, namespace: 'default' },
  roleRef: { apiGroup: GROUP, kind, name: to },
  subjects: [{ kind: 'User', apiGroup: GROUP, name: user }],
})

let cluster: SimCluster
const jane = { user: 'jane', groups: ['dev'] }

/** Jane may read pods, and write roles and bindings, in `default`. */
beforeEach(() => {
  cluster = new SimCluster({ nodes: 0 })
  cluster.create(
    'roles',
    role('reader', [
      rule('get list', '', 'pods'),
      rule('create update patch get', GROUP, 'roles rolebindings'),
    ]),
  )
  cluster.create('rolebindings', binding('reader', 'Role', 'reader', 'jane'))
})

describe('nobody gives what they do not have', () => {
  it('neither in a new role', () => {
    const as = cluster.as(jane)
    expect(() =>
      as.create(
        'roles',
        role('wide', [rule('get list', '', 'secrets pods'), rule('*', 'apps', 'deployments')]),
      ),
    ).toThrow(
      'roles.rbac.authorization.k8s.io "wide" is forbidden: user "jane" (groups=["dev" ' +
        '"system:authenticated"]) is attempting to grant RBAC ' +
        'permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}\n' +
        '{APIGroups:["apps"], Resources:["deployments"], Verbs:["*"]}',
    )
    expect(() =>
      as.create('roles', role('names', [rule('get update', '', 'pods', { resourceNames: ['a'] })])),
    ).toThrow(
      'not currently held:\n{APIGroups:[""], Resources:["pods"], ResourceNames:["a"], Verbs:["update"]}',
    )
    expect(as.create('roles', role('narrow', [rule('get', '', 'pods')])).metadata.name).toBe('narrow')
  })

  it('nor in one that is changed, but may take owners and finalizers away', () => {
    cluster.create('roles', role('strong', [rule('*', '*', '*')], { finalizers: ['example.com/x'] }))
    const as = cluster.as(jane)
    const key = { namespace: 'default', name: 'strong' }
    expect(() =>
      as.patch('roles', key, { type: 'merge', body: { metadata: { labels: { a: 'b' } } } }),
    ).toThrow('not currently held')
    expect(
      as.patch('roles', key, { type: 'merge', body: { metadata: { finalizers: null } } }).metadata.finalizers,
    ).toBeUndefined()
  })

  it('nor by a binding: of a stronger role, of one that is not there, or of nonsense', () => {
    const as = cluster.as(jane)
    expect(() => as.create('rolebindings', binding('grab', 'ClusterRole', 'admin', 'jane'))).toThrow(
      '{APIGroups:[""], Resources:["pods"], Verbs:["create" "delete" "deletecollection" "patch" ' +
        '"update" "watch"]}',
    )
    expect(() => as.create('rolebindings', binding('grab', 'ClusterRole', 'nosuch', 'jane'))).toThrow(
      'clusterroles.rbac.authorization.k8s.io "nosuch" not found',
    )
    expect(() => as.create('rolebindings', binding('grab', 'Thing', 'x', 'jane'))).toThrow(
      'unsupported role reference kind: "Thing"',
    )
    expect(as.create('rolebindings', binding('ok', 'Role', 'reader', 'bob')).metadata.name).toBe('ok')
  })

  it('unless they may escalate, or bind that very role', () => {
    const as = cluster.as(jane)
    cluster.create(
      'roles',
      role('may', [
        rule('escalate', GROUP, 'roles'),
        rule('bind', GROUP, 'clusterroles', { resourceNames: ['edit'] }),
      ]),
    )
    cluster.create('rolebindings', binding('may', 'Role', 'may', 'jane'))
    expect(as.create('roles', role('wide', [rule('*', '*', '*')])).metadata.name).toBe('wide')
    expect(as.create('rolebindings', binding('edit', 'ClusterRole', 'edit', 'bob')).metadata.name).toBe(
      'edit',
    )
    expect(() => as.create('rolebindings', binding('admin', 'ClusterRole', 'admin', 'bob'))).toThrow(
      'not currently held',
    )
  })

  it('and an aggregationRule wants all rights there are', () => {
    cluster.create('clusterroles', clusterRole('writer', [rule('*', GROUP, 'clusterroles')]))
    cluster.create('clusterrolebindings', {
      apiVersion: `${GROUP}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'writer' },
      roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: 'writer' },
      subjects: [{ kind: 'User', apiGroup: GROUP, name: 'jane' }],
    })
    const as = cluster.as(jane)
    const gather = clusterRole('gather', null, {
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] },
    })
    expect(as.create('clusterroles', gather).metadata.name).toBe('gather') // the `*` verb holds escalate
    cluster.patch(
      'clusterroles',
      { name: 'writer' },
      { type: 'merge', body: { rules: [rule('create update patch get', GROUP, 'clusterroles')] } },
    )
    expect(() => as.create('clusterroles', { ...(gather as object), metadata: { name: 'more' } })).toThrow(
      'clusterroles.rbac.authorization.k8s.io "more" is forbidden: must have cluster-admin privileges ' +
        'to use an aggregationRule',
    )
  })

  it('roles that are missing are told', () => {
    cluster.create('rolebindings', binding('dangling', 'Role', 'nosuch', 'jane'))
    expect(() => cluster.as(jane).create('roles', role('wide', [rule('get', '', 'secrets')]))).toThrow(
      'Verbs:["get"]}; resolution errors: [roles.rbac.authorization.k8s.io "nosuch" not found]',
    )
  })
})

describe('aggregated roles', () => {
  it('follow the roles that they select', () => {
    const rulesOf = (name: string): unknown => cluster.get('clusterroles', { name }).rules
    const labelled = (name: string, resource: string): ClusterRoleInput =>
      clusterRole(name, [rule('get', '', resource)], {
        metadata: { name, labels: { 'agg.example.com/g': '1' } },
      })
    cluster.create(
      'clusterroles',
      clusterRole('agg', [rule('get', 'x', 'y')], {
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'agg.example.com/g': '1' } }] },
      }),
    )
    cluster.create('clusterroles', labelled('b', 'pods'))
    cluster.create('clusterroles', labelled('a', 'secrets'))
    cluster.settle()
    expect(rulesOf('agg')).toEqual([rule('get', '', 'secrets'), rule('get', '', 'pods')])
    cluster.delete('clusterroles', { name: 'b' })
    cluster.settle()
    expect(rulesOf('agg')).toEqual([rule('get', '', 'secrets')])
    cluster.create(
      'clusterroles',
      clusterRole('more-view', [rule('get', 'example.com', 'widgets')], {
        metadata: { name: 'more-view', labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } },
      }),
    )
    cluster.settle()
    for (const name of ['view', 'edit', 'admin'])
      expect(rulesOf(name)).toContainEqual(rule('get', 'example.com', 'widgets'))
  })
})

describe('impersonation', () => {
  const SELF = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
  const review = (headers: Record<string, string>): unknown => {
    const body = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' })
    const user = { name: 'jane', groups: ['dev', 'system:authenticated'] }
    const response = cluster.http.handle({
      method: 'POST',
      path: SELF,
      user,
      headers: { 'content-type': 'application/json', ...headers },
      body,
    }) as HttpResponse
    const json = JSON.parse(response.body) as { message?: string; status: { userInfo: unknown } }
    return json.message ?? json.status.userInfo
  }
  const allow = (...rules: readonly PolicyRuleInput[]): void => {
    cluster.create('clusterroles', clusterRole('imp', rules))
    cluster.create('clusterrolebindings', {
      apiVersion: `${GROUP}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'imp' },
      roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: 'imp' },
      subjects: [{ kind: 'User', apiGroup: GROUP, name: 'jane' }],
    })
  }

  it('asks for each user, group, uid and extra value by itself', () => {
    const headers = {
      'impersonate-user': 'joe',
      'impersonate-group': 'g1',
      'impersonate-uid': '5',
      'impersonate-extra-scopes': 'view',
    }
    expect(review(headers)).toBe(
      'users "joe" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at ' +
        'the cluster scope',
    )
    allow(rule('impersonate', '', 'users', { resourceNames: ['joe'] }))
    expect(review(headers)).toBe(
      'groups "g1" is forbidden: User "jane" cannot impersonate resource "groups" in API group "" at ' +
        'the cluster scope',
    )
    const more = (...rules: readonly object[]): void => {
      cluster.patch(
        'clusterroles',
        { name: 'imp' },
        { type: 'merge', body: { rules: [rule('impersonate', '', 'users groups'), ...rules] } },
      )
    }
    more()
    expect(review(headers)).toBe(
      'userextras.authentication.k8s.io "view" is forbidden: User "jane" cannot impersonate resource ' +
        '"userextras/scopes" ' +
        'in API group "authentication.k8s.io" at the cluster scope',
    )
    more(rule('impersonate', 'authentication.k8s.io', 'userextras/scopes'))
    expect(review(headers)).toContain('uids.authentication.k8s.io "5" is forbidden')
    more(rule('impersonate', 'authentication.k8s.io', 'userextras/scopes uids'))
    expect(review(headers)).toEqual({
      username: 'joe',
      uid: '5',
      groups: ['g1', 'system:authenticated'],
      extra: { scopes: ['view'] },
    })
  })

  it('as a service account is asked for in its namespace, and brings the groups of accounts', () => {
    const headers = { 'impersonate-user': 'system:serviceaccount:default:bot' }
    expect(review(headers)).toBe(
      'serviceaccounts "bot" is forbidden: User "jane" cannot impersonate resource "serviceaccounts" ' +
        'in API group "" in the namespace "default"',
    )
    cluster.create('roles', role('imp', [rule('impersonate', '', 'serviceaccounts')]))
    cluster.create('rolebindings', binding('imp', 'Role', 'imp', 'jane'))
    cluster.create('clusterrolebindings', {
      apiVersion: `${GROUP}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'self' },
      roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: 'system:basic-user' },
    })
    expect(review(headers)).toEqual({
      username: 'system:serviceaccount:default:bot',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
    })
  })
})
