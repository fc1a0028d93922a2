import type { KubeObject } from '../../../src/api/kind/definition.js'
import { describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import type { Component } from '../../../src/client/component.js'

const rolesOf = (verbs: readonly string[]): readonly object[] => [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'r' },
    rules: [{ apiGroups: [''], resources: ['configmaps'], verbs }],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'r' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'r' },
    subjects: [{ kind: 'User', name: 'watcher', apiGroup: 'rbac.authorization.k8s.io' }],
  },
]

/** A component without any rights of its own that counts ConfigMaps. */
function watcher(seen: string[]): Component {
  return {
    name: 'watcher',
    identity: { name: 'watcher', groups: ['system:authenticated'] },
    setup: (host) => {
      host
        .informer('configmaps', { namespace: 'default' })
        .onChange(({ type, object }) => void seen.push(`${type} ${object.metadata.name as string}`))
    },
  }
}

describe('authorization of a cluster', () => {
  test('a component that may not watch waits for its rights, and does not hold settle()', () => {
    const seen: string[] = []
    const cluster = new SimCluster({ nodes: 0, components: [watcher(seen)] })
    cluster.create('configmaps', { metadata: { name: 'a', namespace: 'default' } })
    cluster.settle().advance('5m')
    expect(seen).toEqual([])
    const fork = cluster.fork()
    cluster.apply(rolesOf(['list', 'watch']))
    cluster.advance('1m')
    expect(seen).toContain('ADDED a')
    const before = seen.length
    fork.advance('1m') // nobody has given it any rights there
    expect(seen.length).toBe(before)
  })

  test('a copy decides by its own store', () => {
    const cluster = new SimCluster({ nodes: 0 })
    const watcherOf =
      (of: SimCluster): (() => unknown) =>
      () =>
        of.as({ user: 'watcher' }).list('configmaps')
    expect(watcherOf(cluster)).toThrow(
      'configmaps is forbidden: User "watcher" cannot list resource "configmaps" in API group "" at ' +
        'the cluster scope',
    )
    const fork = cluster.fork()
    fork.apply(rolesOf(['list']))
    expect(watcherOf(fork)).not.toThrow()
    expect(watcherOf(fork.fork())).not.toThrow()
    expect(watcherOf(SimCluster.fromJSON(JSON.parse(JSON.stringify(fork))))).not.toThrow()
    expect(watcherOf(cluster)).toThrow('forbidden')
    fork.delete('clusterroles', { name: 'r' })
    expect(watcherOf(fork)).toThrow('RBAC: clusterrole.rbac.authorization.k8s.io "r" not found')
  })

  test(
    'AlwaysAllow lets everybody do everything; an authorizer of your own decides alone, but for ' +
      'system:masters',
    () => {
      const open = new SimCluster({ nodes: 0, access: { authorization: 'AlwaysAllow' } })
      expect(() => open.as({ user: 'nobody' }).list('secrets')).not.toThrow()
      const own = new SimCluster({
        nodes: 0,
        access: {
          authorization: {
            authorize: ({ name }, { verb }) => ({
              allowed: name !== 'jane' || verb === 'get',
              reason: 'mine',
            }),
          },
        },
      })
      expect(() => own.as({ user: 'jane' }).list('secrets')).toThrow('at the cluster scope: mine')
      expect(() => own.as({ user: 'jane', groups: ['system:masters'] }).list('secrets')).not.toThrow()
    },
  )

  test('nothing that runs in a cluster is refused anything', () => {
    const cluster = new SimCluster({ nodes: 3 })
    const refused: string[] = []
    cluster.on('request', ({ code, user, status }) => {
      if (code === 403) refused.push(`${user.name}: ${status?.message ?? ''}`)
    })
    const labels = { app: 'web' }
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }
    for (const kind of ['Deployment', 'DaemonSet']) {
      cluster.apply({
        apiVersion: 'apps/v1',
        kind,
        metadata: { name: kind.toLowerCase(), namespace: 'default' },
        spec: { selector: { matchLabels: labels }, template },
      })
    }
    cluster.settle()
    cluster.node('node-2').crash()
    cluster.advance('10m')
    cluster.kubectl('create namespace gone')
    cluster.kubectl('delete namespace gone')
    cluster.kubectl('drain node-1 --ignore-daemonsets --force --delete-emptydir-data')
    cluster.settle().advance('5m')
    expect(refused).toEqual([])
  })
})

describe('tokens', () => {
  const post = (
    cluster: SimCluster,
    path: string,
    body: object,
    headers: Record<string, string> = {},
  ): { readonly code: number; readonly body: never } => {
    const response = cluster.http.handle({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    // the body fits whatever a test destructures
    return { code: response.code, body: JSON.parse((response as { body: string }).body) as never }
  }
  const SELF = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
  const whoAmI = (
    cluster: SimCluster,
    token: string,
  ): { readonly code: number; readonly body: { readonly status: { readonly userInfo: object } } } =>
    post(
      cluster,
      SELF,
      { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      { authorization: `Bearer ${token}` },
    )
  const tokenOf = (cluster: SimCluster, spec: object): string => {
    const made = cluster.client.createSubresource(
      'serviceaccounts',
      { namespace: 'default', name: 'default' },
      'token',
      { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec },
    )
    return (made as KubeObject & { readonly status: { readonly token: string } }).status.token
  }
  const claims = (token: string): Record<string, unknown> =>
    JSON.parse(atob((token.split('.')[1] as string).replaceAll('-', '+').replaceAll('_', '/')))

  test('of a service account: who it is, how long it is good, and that it ends with its object', () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.create('pods', {
      metadata: { name: 'p', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    })
    cluster.settle()
    const pod = cluster.get('pods', { namespace: 'default', name: 'p' })
    const node = cluster.get('nodes', { name: 'node-1' })
    const account = cluster.get('serviceaccounts', { namespace: 'default', name: 'default' })
    const token = tokenOf(cluster, {
      expirationSeconds: 600,
      boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p' },
    })
    const { jti, ...rest } = claims(token)
    const issued = Math.floor(cluster.now() / 1000)
    expect(rest).toEqual({
      aud: ['https://kubernetes.default.svc.cluster.local'],
      exp: issued + 600,
      iat: issued,
      nbf: issued,
      iss: 'https://kubernetes.default.svc.cluster.local',
      sub: 'system:serviceaccount:default:default',
      'kubernetes.io': {
        namespace: 'default',
        node: { name: 'node-1', uid: node.metadata.uid },
        pod: { name: 'p', uid: pod.metadata.uid },
        serviceaccount: { name: 'default', uid: account.metadata.uid },
      },
    })
    expect(whoAmI(cluster, token)).toMatchObject({
      code: 201,
      body: {
        status: {
          userInfo: {
            username: 'system:serviceaccount:default:default',
            uid: account.metadata.uid,
            groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
            extra: {
              'authentication.kubernetes.io/credential-id': [`JTI=${jti as string}`],
              'authentication.kubernetes.io/pod-name': ['p'],
              'authentication.kubernetes.io/pod-uid': [pod.metadata.uid],
              'authentication.kubernetes.io/node-name': ['node-1'],
              'authentication.kubernetes.io/node-uid': [node.metadata.uid],
            },
          },
        },
      },
    })
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } }
    expect(cluster.client.create('tokenreviews', review)).toMatchObject({
      status: { authenticated: true, audiences: ['https://kubernetes.default.svc.cluster.local'] },
    })
    expect(
      cluster.client.create('tokenreviews', { ...review, spec: { token, audiences: ['other'] } }),
    ).toMatchObject({
      status: {
        error:
          '[invalid bearer token, token audiences ["https://kubernetes.default.svc.cluster.local"] is ' +
          'invalid for the target audiences ["other"]]',
      },
    })
    const fork = cluster.fork()
    expect(whoAmI(fork.advance('9m'), token).code).toBe(201)
    expect(whoAmI(fork.advance('3m'), token).code).toBe(401)
    expect(fork.client.create('tokenreviews', review)).toMatchObject({
      status: { error: '[invalid bearer token, service account token has expired]' },
    })
    cluster.delete('pods', { namespace: 'default', name: 'p' }, { gracePeriodSeconds: 0 })
    expect(whoAmI(cluster, token).code).toBe(401)
    expect(cluster.client.create('tokenreviews', review)).toMatchObject({
      status: { error: '[invalid bearer token, service account token has been invalidated]' },
    })
    const other = token.slice(0, -4) + (token.endsWith('AAAA') ? 'BBBB' : 'AAAA')
    expect(cluster.client.create('tokenreviews', { ...review, spec: { token: other } })).toMatchObject({
      status: { error: 'invalid bearer token' },
    })
  })

  test('a token as the ServiceAccount plugin mounts it lives a year', () => {
    const cluster = new SimCluster({ nodes: 0 })
    cluster.create('pods', {
      metadata: { name: 'p', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    })
    const token = tokenOf(cluster, {
      expirationSeconds: 3607,
      boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p' },
    })
    const {
      exp,
      iat,
      'kubernetes.io': kubernetes,
    } = claims(token) as { exp: number; iat: number; 'kubernetes.io': { warnafter: number } }
    expect([exp - iat, kubernetes.warnafter - iat]).toEqual([365 * 24 * 3600, 3607])
  })

  test.each([
    [
      { expirationSeconds: 60 },
      'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 60: ' +
        'may not specify a duration less than 10 minutes',
    ],
    [
      { boundObjectRef: { kind: 'ConfigMap', apiVersion: 'v1', name: 'x' } },
      'cannot bind token to object of type /v1, Kind=ConfigMap',
    ],
    [{ boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 'x' } }, 'secrets "x" not found'],
    [
      { expirationSeconds: 'a' },
      'json: cannot unmarshal string into Go struct field TokenRequestSpec.spec.expirationSeconds of ' +
        'type int64',
    ],
  ])('a request for one that makes no sense is refused: %j', (spec, message) => {
    expect(() => tokenOf(new SimCluster({ nodes: 0 }), spec)).toThrow(message)
  })

  test('of users of the token file; an unknown one is refused, none at all is anonymous', () => {
    const cluster = new SimCluster({
      nodes: 0,
      users: [{ name: 'jane', token: 'secret', uid: 'u', groups: ['dev'] }],
    })
    expect(whoAmI(cluster, 'secret').body.status.userInfo).toEqual({
      username: 'jane',
      uid: 'u',
      groups: ['dev', 'system:authenticated'],
    })
    expect(whoAmI(cluster, 'nonsense')).toMatchObject({ code: 401, body: { message: 'Unauthorized' } })
    expect(post(cluster, SELF, {})).toMatchObject({
      code: 403,
      body: { message: expect.stringContaining('User "system:anonymous" cannot create') as string },
    })
  })
})

describe('can', () => {
  const cluster = new SimCluster({ nodes: 1 })

  test('says why: by which binding, role and rule, or what each binding lacked', () => {
    expect(cluster.can({ user: 'jane' }, 'get', '/healthz')).toMatchObject({
      allowed: true,
      proof: {
        kind: 'rule',
        binding: { name: 'system:discovery' },
        role: { name: 'system:discovery' },
        index: 0,
      },
    })
    expect(cluster.can({ user: 'jane' }, 'list', 'pods', { namespace: 'default' })).toMatchObject({
      allowed: false,
      proof: { tried: [{ role: { name: 'system:basic-user' }, faults: ['verb', 'verb'] }, {}, {}] },
    })
    expect(cluster.can({ user: 'x', groups: ['system:masters'] }, 'delete', 'nodes')).toEqual({
      allowed: true,
      proof: { kind: 'privileged', group: 'system:masters' },
    })
    expect(() => cluster.can({ user: 'jane' }, 'get', 'nosuch')).toThrow(
      'could not find the requested resource',
    )
  })

  test('a node may read what its pods refer to, and its own Node', () => {
    const node = { user: 'system:node:node-1', groups: ['system:nodes'] }
    const ask = (verb: string, what: string, options: object = {}): unknown => {
      const { allowed, proof } = cluster.can(node, verb, what, options)
      return allowed || ('reason' in proof ? proof.reason : proof.kind)
    }
    const denied = (
      verb: string,
      resource: string,
      key: { readonly namespace?: string; readonly name?: string },
    ): unknown => {
      const review = {
        spec: { user: node.user, groups: node.groups, resourceAttributes: { verb, resource, ...key } },
      }
      return (
        cluster.client.create('subjectaccessreviews', { metadata: {}, ...review }) as {
          readonly status?: { readonly reason?: string }
        }
      ).status?.reason
    }
    const secret = { namespace: 'default', name: 's' }
    expect(denied('get', 'secrets', secret)).toBe(
      "no relationship found between node 'node-1' and this object",
    )
    expect(denied('list', 'secrets', { namespace: 'default' })).toBe('No Object name found')
    expect(denied('get', 'nodes', { name: 'node-2' })).toBe(
      "node 'node-1' cannot read 'node-2', only its own Node object",
    )
    expect(ask('get', 'nodes', { name: 'node-1' })).toBe(true)
    cluster.create('pods', {
      metadata: { name: 'p', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'i', envFrom: [{ secretRef: { name: 's' } }] }] },
    })
    cluster.settle()
    expect(ask('get', 'secrets', secret)).toBe(true)
    expect(ask('create', 'serviceaccounts/token', { namespace: 'default', name: 'default' })).toBe(true)
    expect(ask('get', 'serviceaccounts', { namespace: 'default', name: 'default' })).toBe(true)
    expect(ask('get', 'serviceaccounts', { namespace: 'default', name: 'other' })).not.toBe(true)
    cluster.delete('pods', { namespace: 'default', name: 'p' }, { gracePeriodSeconds: 0 })
    expect(ask('get', 'secrets', secret)).not.toBe(true)
  })
})

test("the administrators of kubeadm's admin.conf have their rights from a binding since v1.29", () => {
  const list = (version: string): unknown =>
    new SimCluster({ version, nodes: 0 })
      .as({ user: 'kubernetes-admin', groups: ['kubeadm:cluster-admins'] })
      .list('secrets').items
  expect(list('v1.29')).toEqual(expect.any(Array))
  expect(() => list('v1.28')).toThrow('forbidden')
})
