import { SimCluster } from 'simcluster'
import { authorize, findEventualAccess, whoCan } from 'simcluster/rbac'
import { expect, test } from 'vitest'

const cluster = new SimCluster({ nodes: 0 })

test('a misspelt verb or resource is refused: the verdict would always be "denied"', () => {
  expect(() => cluster.can('jane', 'lst', 'pods')).toThrow(
    'there is no verb "lst", and no rule names it; did you mean "list"?',
  )
  expect(() => authorize(cluster, { user: 'jane', verb: 'get', resource: 'sercets' })).toThrow(
    'did you mean "secrets"?',
  )
  expect(() => whoCan(cluster, { verb: 'gte', resource: 'secrets' })).toThrow('did you mean "get"?')
  expect(() => whoCan(cluster, { verb: 'get', resource: 'secret' })).toThrow('did you mean "secrets"?')
  expect(() => findEventualAccess(cluster, { verb: 'craete', resource: 'pods' })).toThrow('"create"')
})

test('custom verbs and resources are asked about as before', () => {
  expect(cluster.can('jane', 'audit', 'pods').allowed).toBe(false)
  expect(authorize(cluster, { user: 'jane', verb: 'get', resource: 'gadgets' }).allowed).toBe(false)
  const objects = `
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata: {name: setter}
    rules: [{apiGroups: [''], resources: [pods, tenant1], verbs: [set]}]`
  expect(authorize(objects, { user: 'jane', verb: 'set', resource: 'pods' }).allowed).toBe(false)
  expect(authorize(objects, { user: 'jane', verb: 'get', resource: 'tenant2' }).allowed).toBe(false)
})
