import { expect, it } from 'vitest'
import { SimCluster } from '../../../src/index.js'
import {
  compileWorld,
  networkPolicyApiDefinitions,
  type World,
  type WorldPolicy,
} from '../../../src/netpol/index.js'
import '../../../src/vitest.js'

const policy = (name: string, spec: object): WorldPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { namespace: 'default', name },
  spec,
})
const pod = (name: string, podIP: string): NonNullable<World['pods']>[number] => ({
  metadata: { namespace: 'default', name, labels: { app: name } },
  status: { podIP },
})
const denyAll = policy('deny', { podSelector: {} })
const db = policy('db', {
  podSelector: { matchLabels: { app: 'db' } },
  ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 6379 }] }],
})
const world: World = {
  pods: [pod('web', '10.0.0.1'), pod('db', '10.0.0.2')],
  policies: [denyAll, db],
  nodes: [
    { metadata: { name: 'n1' }, status: { addresses: [{ type: 'InternalIP', address: '192.168.0.1' }] } },
  ],
}

/** What a failed expectation says. */
function failure(expectation: () => void): string {
  try {
    expectation()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('it did not fail')
}

it('judges worlds, and prints the proof', () => {
  expect(world).toAllow('default/web -> default/db:6379/TCP')
  expect(world).toAllow('default/web -> default/db:6379')
  expect(world).not.toAllow('default/web -> default/db:6379/UDP')
  expect(world).toDeny({ from: 'external', to: 'default/db', port: 6379 })
  expect(world).toDeny('node:n1 -> default/web:80/TCP')
  expect(world).toAllow('default/web -> [2001:db8::1]:443')
  expect(world).toAllow('default/web -> www.example.com:443')
  expect(compileWorld(world)).toAllow('default/web -> default/db:6379/TCP')
  expect(failure(() => expect(world).toAllow('default/db -> default/web:80/TCP'))).toMatchInlineSnapshot(`
    "expected the connection to be allowed

    default/db (10.0.0.2) -> default/web (10.0.0.1), 80/TCP: denied
    egress from default/db (10.0.0.2): allowed, no policy decides
      Admin: selects nothing
      NetworkPolicy: selects nothing
      Baseline: selects nothing
    ingress to default/web (10.0.0.1): denied, by NetworkPolicy
      Admin: selects nothing
      NetworkPolicy: Deny
        NetworkPolicy default/deny: selects the pod and has no rule"
  `)
  expect(failure(() => expect(world).toDeny('default/web -> default/db:6379/TCP'))).toMatchInlineSnapshot(`
    "expected the connection not to be allowed

    default/web (10.0.0.1) -> default/db (10.0.0.2), 6379/TCP: allowed
    egress from default/web (10.0.0.1): allowed, no policy decides
      Admin: selects nothing
      NetworkPolicy: selects nothing
      Baseline: selects nothing
    ingress to default/db (10.0.0.2): allowed, by NetworkPolicy
      Admin: selects nothing
      NetworkPolicy: Accept
        NetworkPolicy default/db
          spec.ingress[0]: allows
            spec.ingress[0].from[0].podSelector: selects the pod
            spec.ingress[0].ports[0]: has the port: 6379/TCP"
  `)
  expect(failure(() => expect(world).toAllow('default/web to db'))).toContain(
    "must be like 'default/web -> default/db:6379/TCP'",
  )
})

it('compares policies, and prints a cluster in which they differ', () => {
  const other = policy('db', {
    podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['db'] }] },
    policyTypes: ['Ingress'],
    ingress: (db.spec as { ingress: object[] }).ingress,
  })
  expect([denyAll, db]).toBeEquivalentTo([other, denyAll])
  expect(world).toBeEquivalentTo([db, denyAll])
  expect(failure(() => expect([db]).toBeEquivalentTo([denyAll, db]))).toMatchInlineSnapshot(`
    "expected the policies to judge alike

    only the received policies allow, in this cluster:

    apiVersion: v1
    kind: Namespace
    metadata:
      name: default
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: server
      namespace: default
    status:
      podIP: 10.244.0.11
    ---
    connection:
      from: 203.0.113.9
      port: 80
      protocol: TCP
      to: default/server

    203.0.113.9 -> default/server (10.244.0.11), 80/TCP: denied
    egress from 203.0.113.9: allowed, there is no pod that policies could select
    ingress to default/server (10.244.0.11): denied, by NetworkPolicy
      Admin: selects nothing
      NetworkPolicy: Deny
        NetworkPolicy default/deny: selects the pod and has no rule"
  `)
})

it('reads a cluster, with the kinds that are installed there', () => {
  const cluster = new SimCluster({ nodes: 1 })
  const run = (name: string): object => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: name } },
    spec: { containers: [{ name: 'c', image: 'nginx' }] },
  })
  for (const object of [run('web'), run('db'), denyAll, db])
    cluster.apply(object as Parameters<typeof cluster.apply>[0])
  cluster.settle()
  expect(cluster).toAllow('default/web -> default/db:6379/TCP')
  expect(cluster).toDeny('default/db -> default/web:6379/TCP')
  for (const definition of networkPolicyApiDefinitions())
    cluster.apply(definition as Parameters<typeof cluster.apply>[0])
  cluster.settle()
  cluster.apply({
    apiVersion: 'policy.networking.k8s.io/v1alpha2',
    kind: 'ClusterNetworkPolicy',
    metadata: { name: 'closed' },
    spec: {
      tier: 'Admin',
      priority: 1,
      subject: { namespaces: {} },
      ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }],
    },
  } as Parameters<typeof cluster.apply>[0])
  expect(cluster).toDeny('default/web -> default/db:6379/TCP')
  expect(cluster).not.toBeEquivalentTo([denyAll, db])
})

it('takes the choices that a cluster was made with', () => {
  const ofHost = (hostNetwork: 'node' | 'pod'): SimCluster => {
    const cluster = new SimCluster({
      nodes: 1,
      network: { policy: { hostNetwork, existingConnections: 'cut' } },
    })
    cluster.apply([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'host' },
        spec: { hostNetwork: true, containers: [{ name: 'c', image: 'nginx' }] },
      },
      denyAll,
    ] as Parameters<typeof cluster.apply>[0])
    return cluster.settle()
  }
  expect(ofHost('node')).toAllow('external -> default/host:80')
  expect(ofHost('pod')).toDeny('external -> default/host:80')
  expect(ofHost('pod')).toAllow('external -> default/host:80', { hostNetwork: 'node' })
  expect(new SimCluster({ nodes: 0, disable: ['NetworkPolicy'] })).toBeEquivalentTo([])
})
