import { describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import type { ExploreOptions } from 'simcluster/explore'
import { type WorldPolicy, checkReachedOnlyBy } from 'simcluster/netpol'
import {
  AssertionError,
  assertCan,
  assertConnects,
  assertHolds,
  assertReachedOnlyBy,
  assertRolledOut,
} from 'simcluster/assert'
import { badInput } from '../support/typed.js'
import 'simcluster/vitest'

/** The message with which an assertion fails. */
function failure(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    if (error instanceof AssertionError) return error.message
    throw error
  }
  throw new Error('the assertion holds')
}

const shop = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: db}
spec:
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: redis}]}}
---
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {selector: {app: db}, ports: [{port: 6379}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: nginx}]}
`

const guard = (from: object): WorldPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'guard', namespace: 'default' },
  spec: {
    podSelector: { matchLabels: { app: 'db' } },
    policyTypes: ['Ingress'],
    ingress: [{ from: [from] }],
  },
})

const running = (): SimCluster => {
  const cluster = new SimCluster({ nodes: 2 })
  cluster.apply(shop)
  return cluster.settle()
}

test('assertRolledOut passes for what is available, and says why something is not', () => {
  const cluster = running()
  assertRolledOut(cluster, 'db')
  cluster.kubectl('set image deployment/db db=redis:not-found', { check: true })
  cluster.settle()
  expect(failure(() => assertRolledOut(cluster, 'db'))).toMatch(
    /expected deployments db to have rolled out\n\n.*has 0 of 1 replicas of its latest revision|redis:not-found/s,
  )
  expect(failure(() => assertRolledOut(cluster, 'dbb'))).toContain('does not exist; in default there are: db')
})

test('assertConnects passes for a connection, and tells each hop of one that fails', () => {
  const cluster = running()
  const attempt = { from: 'default/web', to: 'default/db', port: 6379 } as const
  assertConnects(cluster, attempt)
  expect(cluster).toConnect(attempt)
  cluster.apply(guard({ podSelector: { matchLabels: { app: 'api' } } }))
  const message = failure(() => assertConnects(cluster, attempt))
  expect(message).toContain('expected default/web to reach default/db on 6379/TCP; the outcome is timeout')
  expect(message).toContain('kube-proxy of')
  expect(message).toContain('✗ denied')
  expect(cluster).not.toConnect(attempt)
  expect(failure(() => assertConnects(cluster, { ...attempt, to: 'default/db', port: 6380 }))).toContain(
    '6380',
  )
})

test('assertCan passes for a right, and shows the proof of a missing one', () => {
  const cluster = new SimCluster({ nodes: 0 })
  assertCan(cluster, { user: 'root', groups: ['system:masters'] }, 'delete', 'nodes')
  expect(failure(() => assertCan(cluster, 'jane', 'list', 'pods', { namespace: 'default' }))).toMatch(
    /^expected jane to be allowed to list pods in default\n\ndenied:\n.*system:basic-user/,
  )
  expect(cluster).not.toLet('jane', 'list', 'pods')
})

describe('a claim about who reaches pods', () => {
  const claim = {
    podSelector: { matchLabels: { app: 'db' } },
    from: [{ podSelector: { matchLabels: { app: 'web' } } }],
  }

  test('holds for the policy that says it', () => {
    const policies = [guard({ podSelector: { matchLabels: { app: 'web' } } })]
    assertReachedOnlyBy(policies, claim)
    expect(policies).toBeReachedOnlyBy(claim)
  })

  test('fails with a counter-example in prose and the smallest objects', () => {
    const policies = [guard({ namespaceSelector: {} })]
    const message = failure(() => assertReachedOnlyBy(policies, claim))
    expect(message).toMatch(
      /expected that only those of the claim reach these pods, but:\n\nthe pod .* reaches the pod/,
    )
    expect(message).toContain('is not among those of the claim')
    expect(message).toContain('The policies allow it:')
    expect(message).toContain('kind: Pod')
    expect(policies).not.toBeReachedOnlyBy(claim)
    const verdict = checkReachedOnlyBy(policies, claim)
    expect(message).toContain(verdict.story ?? 'no story')
  })

  test('is judged for the policies of a cluster', () => {
    const cluster = running()
    expect(failure(() => assertReachedOnlyBy(cluster, claim))).toContain('reaches')
    cluster.apply(guard({ podSelector: { matchLabels: { app: 'web' } } }))
    assertReachedOnlyBy(cluster, claim)
  })
})

test('assertHolds passes for a property that holds, and tells the run that breaks one', () => {
  const cluster = running()
  const few = (most: number): ExploreOptions => ({
    actions: [
      { name: 'scale', do: (one) => one.kubectl('scale deployment db --replicas=2', { check: true }) },
    ],
    always: [
      {
        name: 'few pods',
        holds: (one) => one.list('pods', { labelSelector: 'app=db' }).items.length <= most,
      },
    ],
    budget: { schedules: 50 },
  })
  expect(failure(() => assertHolds(cluster, few(1)))).toContain('expected "few pods" to hold')
})

test('an assertion about anything but a cluster is an error, also in plain JavaScript', () => {
  expect(() => assertRolledOut(badInput({}), 'web')).toThrow('expected a SimCluster')
  expect(() => assertConnects(running(), badInput({ from: 'default/web', too: 'default/db' }))).toThrow(
    'did you mean to',
  )
})
