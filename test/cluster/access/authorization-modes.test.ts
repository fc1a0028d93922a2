import { describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import type { AuthorizationMode } from 'simcluster'
import type { ClusterRole } from '../../../src/api/rbac/generated.js'

const allowed = (
  authorization: AuthorizationMode | readonly AuthorizationMode[],
): ((...question: readonly [string, string, string, string?, string?]) => boolean) => {
  const cluster = new SimCluster({ nodes: 0, access: { authorization } })
  return (user, verb, what, namespace, group) =>
    cluster.can(
      { user, groups: group === undefined ? [] : [group] },
      verb,
      what,
      namespace === undefined ? {} : { namespace },
    ).allowed
}

describe('ABAC', () => {
  const line = (spec: object): string =>
    JSON.stringify({ apiVersion: 'abac.authorization.kubernetes.io/v1beta1', kind: 'Policy', spec })
  const policies = [
    '# comment',
    '',
    line({ user: 'alice', namespace: '*', resource: '*', apiGroup: '*' }),
    line({ user: 'bob', namespace: 'projectCaribou', resource: 'pods', readonly: true }),
    line({ group: 'ops', user: 'carol', namespace: '*', resource: 'nodes' }),
    line({ group: 'system:authenticated', readonly: true, nonResourcePath: '/healthz*' }),
    '{"user":"dave"}',
    line({ namespace: '*', resource: '*' }),
  ].join('\n')

  test('allows whom a policy is for, reading the file as the real one does', () => {
    const ask = allowed([{ type: 'ABAC', policies }])
    expect(['list', 'delete'].map((verb) => ask('alice', verb, 'deployments', 'x'))).toEqual([true, true])
    expect(ask('alice', 'get', '/metrics')).toBe(false)
    expect(
      [['get', 'projectCaribou'], ['create', 'projectCaribou'], ['get', 'x'], ['list']].map(
        ([verb = '', namespace]) => ask('bob', verb, 'pods', namespace),
      ),
    ).toEqual([true, false, false, false])
    expect([ask('carol', 'get', 'nodes'), ask('carol', 'get', 'nodes', undefined, 'ops')]).toEqual([
      false,
      true,
    ])
    expect([ask('x', 'get', '/healthz/ping'), ask('x', 'post', '/healthz'), ask('x', 'get', 'pods')]).toEqual(
      [true, false, false],
    )
    // the old form: nothing named is everything
    expect([ask('dave', 'delete', 'nodes'), ask('dave', 'get', '/metrics')]).toEqual([true, true])
  })

  test('lists rules, says what did not match, refuses files that make no sense', () => {
    const cluster = new SimCluster({
      nodes: 0,
      access: { authorization: [{ type: 'ABAC', policies }, 'RBAC'] },
    })
    expect(() => cluster.as({ user: 'bob' }).list('secrets', { namespace: 'x' })).toThrow(
      'in the namespace "x": No policy matched.',
    )
    const review = cluster
      .as({ user: 'bob' })
      .create('selfsubjectrulesreviews', { spec: { namespace: 'projectCaribou' } })
    expect(review).toMatchObject({
      status: {
        incomplete: false,
        resourceRules: [{ verbs: ['get', 'list', 'watch'], apiGroups: [''], resources: ['pods'] }, {}, {}],
      },
    })
    expect(
      () => new SimCluster({ nodes: 0, access: { authorization: { type: 'ABAC', policies: 'user: x' } } }),
    ).toThrow('ABAC policy, line 1: not a JSON object: user: x')
    expect(
      () =>
        new SimCluster({
          nodes: 0,
          access: { authorization: { type: 'ABAC', policies: [{ apiVersion: 'v1', kind: 'Policy' }] } },
        }),
    ).toThrow('no kind "Policy"')
  })
})

describe('a list of modes', () => {
  test('is asked in order: allowing and denying decide, all reasons are told', () => {
    const seen: object[] = []
    const webhook: AuthorizationMode = {
      type: 'Webhook',
      review: ({ spec }) => {
        seen.push(spec)
        if (spec.user === 'broken') throw new Error('connection refused')
        return spec.user === 'mallory'
          ? { allowed: false, denied: true, reason: 'never' }
          : { allowed: spec.user === 'jane', reason: 'hook' }
      },
    }
    const cluster = new SimCluster({ nodes: 0, access: { authorization: [webhook, 'AlwaysDeny', 'RBAC'] } })
    const list = (user: string, groups: readonly string[] = []): unknown =>
      cluster.as({ user, groups }).list('pods', { namespace: 'x' })
    expect(() => list('jane')).not.toThrow()
    expect(seen.at(-1)).toEqual({
      user: 'jane',
      groups: ['system:authenticated'],
      resourceAttributes: { verb: 'list', group: '', version: 'v1', resource: 'pods', namespace: 'x' },
    })
    expect(() => list('mallory')).toThrow(/in the namespace "x": never$/)
    expect(() => list('bob')).toThrow('in the namespace "x": hook\nEverything is forbidden.')
    expect(() => list('broken')).toThrow(
      'Internal Server Error: "/api/v1/namespaces/x/pods": connection refused',
    )
    expect(() => list('broken', ['system:masters'])).not.toThrow()
    const status = (user: string): unknown =>
      (
        cluster.client.create('subjectaccessreviews', {
          metadata: {},
          spec: { user, resourceAttributes: { verb: 'get', resource: 'pods' } },
        }) as { readonly status?: unknown }
      ).status
    expect(status('mallory')).toEqual({ allowed: false, denied: true, reason: 'never' })
    expect(status('broken')).toEqual({
      allowed: false,
      reason: 'Everything is forbidden.',
      evaluationError: 'connection refused',
    })
    expect(cluster.can({ user: 'jane' }, 'get', 'pods')).toEqual({
      allowed: true,
      proof: { kind: 'authorizer', reason: 'hook' },
    })
  })

  test('a webhook may be slow, fail always, keep its decisions, and be asked about some requests', () => {
    const rules = [{ effect: 'allow', takes: 4000 }] as const
    const waiting = (timeout: string): boolean =>
      allowed([{ type: 'Webhook', review: rules, timeout }])('x', 'get', 'pods')
    expect([waiting('3s'), waiting('4s')]).toEqual([false, true])
    const gone = new SimCluster({
      nodes: 0,
      access: { authorization: [{ type: 'Webhook', review: { error: 'no route to host' } }] },
    })
    const copy = SimCluster.fromJSON(gone.toJSON())
    expect(() => copy.as({ user: 'x' }).list('pods')).toThrow('no route to host')
    let calls = 0
    const cluster = new SimCluster({
      nodes: 0,
      access: {
        authorization: [
          {
            type: 'Webhook',
            review: ({ spec }) => ({ allowed: spec.user !== 'jane' || ++calls > 0 }),
            authorizedTTL: '1m',
            matchConditions: [{ expression: "request.user != 'eve'" }],
          },
        ],
      },
    })
    const list = (user: string): unknown => cluster.as({ user }).list('pods', { namespace: 'x' })
    for (let time = 0; time < 3; time++) list('jane')
    expect(calls).toBe(1)
    cluster.advance('1m')
    list('jane')
    expect(calls).toBe(2)
    expect(() => list('eve')).toThrow('forbidden')
    expect(calls).toBe(2)
  })

  test('who only asks whether a user may do something leaves no decision behind', () => {
    let calls = 0
    const review = (): { allowed: boolean } => ({ allowed: ++calls > 1 })
    const mode = { type: 'Webhook', review, authorizedTTL: '1m', unauthorizedTTL: '1m' } as const
    const cluster = new SimCluster({ nodes: 0, access: { authorization: [mode] } })
    calls = 0
    const isAllowed = (): boolean => cluster.can({ user: 'jane' }, 'list', 'pods', { namespace: 'x' }).allowed
    expect([isAllowed(), isAllowed(), calls]).toEqual([false, true, 2])
    cluster.as({ user: 'jane' }).list('pods', { namespace: 'x' })
    expect(calls).toBe(3) // nothing was kept; this decision is
    expect([isAllowed(), calls]).toEqual([true, 3])
  })

  test('durations and conditions of a webhook are checked at once', () => {
    const made = (options: object): (() => SimCluster) => {
      const mode = { type: 'Webhook', review: () => ({ allowed: true }), ...options } as const
      return () => new SimCluster({ nodes: 0, access: { authorization: [mode] } })
    }
    expect(made({ timeout: '3 s' })).toThrow(
      "access.authorization[0].timeout must be a duration such as '30s'",
    )
    expect(made({ matchConditions: [{ expression: 'request.usr == ""' }] })).toThrow('undefined field')
    expect(made({ matchConditions: [{ expression: 'request.user' }] })).toThrow('must evaluate to bool')
  })

  test('a failed webhook may deny; both answers at once are a failure; later modes may allow', () => {
    const failing = (failurePolicy: 'NoOpinion' | 'Deny'): boolean =>
      allowed([
        { type: 'Webhook', failurePolicy, review: () => ({ allowed: true, denied: true }) },
        'AlwaysAllow',
      ])('x', 'get', 'pods')
    expect([failing('NoOpinion'), failing('Deny')]).toEqual([true, false])
    expect(allowed(['AlwaysDeny', 'AlwaysAllow'])('x', 'get', 'pods')).toBe(true)
    // which RBAC would allow
    expect(
      new SimCluster({ nodes: 0, access: { authorization: 'AlwaysDeny' } }).can(
        { user: 'x' },
        'get',
        '/healthz',
      ),
    ).toEqual({ allowed: false, proof: { kind: 'authorizer', reason: 'Everything is forbidden.' } })
    expect(
      new SimCluster({ nodes: 0, access: { authorization: 'AlwaysDeny' } }).can({ user: 'x' }, 'get', 'pods'),
    ).toMatchObject({ proof: { kind: 'authorizer' } })
    expect(() => new SimCluster({ access: { authorization: [] } })).toThrow(RangeError)
  })

  test('the escalation check asks the modes too', () => {
    const rules = [{ verbs: ['get'], apiGroups: [''], resources: ['secrets'] }]
    const make = (verb: string): unknown =>
      new SimCluster({
        nodes: 0,
        access: {
          authorization: {
            authorize: (_, { verb: asked }) => ({ allowed: asked === 'create' || asked === verb }),
          },
        },
      })
        .as({ user: 'x' })
        .create('clusterroles', { metadata: { name: 'r' }, rules } as ClusterRole)
    expect(() => make('create')).toThrow('is attempting to grant RBAC permissions not currently held')
    expect(() => make('escalate')).not.toThrow()
  })
})

describe('an apiserver that starts', () => {
  test('puts the default policy right, but for what is annotated', () => {
    const cluster = new SimCluster({ nodes: 0 })
    const policy = (): unknown =>
      (['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'] as const).map((resource) =>
        cluster.state
          .peek(resource)
          .map(({ metadata: { name, labels, annotations }, ...rest }) => ({
            ...rest,
            name,
            labels,
            annotations,
          })),
      )
    const before = policy()
    const { revision } = cluster.internals.etcd
    cluster.apiserver.stop().start()
    expect(cluster.internals.etcd.revision).toBe(revision) // nothing to do, nothing written
    cluster.delete('clusterroles', { name: 'system:discovery' })
    cluster.delete('rolebindings', { namespace: 'kube-system', name: 'system:controller:token-cleaner' })
    cluster.edit(
      'clusterrolebindings',
      { name: 'system:kube-scheduler' },
      (draft) => void (draft.subjects = []),
    )
    cluster.apiserver.stop().start()
    expect(policy()).toEqual(before)
    cluster.edit(
      'clusterroles',
      { name: 'system:node' },
      (draft) => void draft.rules?.push({ verbs: ['get'], apiGroups: ['x'], resources: ['y'] }),
    )
    cluster.edit('clusterroles', { name: 'system:basic-user' }, (draft) => {
      Object.assign(draft, {
        metadata: {
          ...draft.metadata,
          annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'false' },
        },
        rules: [],
      })
    })
    cluster.delete('namespaces', { name: 'kube-node-lease' }, {})
    cluster.apiserver.stop().start()
    expect(cluster.get('clusterroles', { name: 'system:basic-user' }).rules).toBeNull()
    expect(cluster.get('clusterroles', { name: 'system:node' }).rules?.at(-1)).toEqual({
      verbs: ['get'],
      apiGroups: ['x'],
      resources: ['y'],
    })
    const fork = cluster.fork()
    fork.apiserver.stop().start()
    expect(fork.internals.etcd.revision).toBe(cluster.internals.etcd.revision)
  })
})
