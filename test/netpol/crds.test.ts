import type { KubeObject } from '../../src/api/kind/definition.js'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { SimCluster } from '../../src/index.js'
import { networkPolicyApiDefinitions, readPolicy } from '../../src/netpol/index.js'
import type { WorldPolicy } from '../../src/netpol/index.js'
import { clusterWidePolicy } from './arbitraries.js'

function withKinds(): SimCluster {
  const cluster = new SimCluster({ nodes: 0 })
  cluster.apply(networkPolicyApiDefinitions())
  cluster.settle()
  return cluster
}

/** What the apiserver says of a policy: nothing, or why not. */
function refusal(cluster: SimCluster, policy: WorldPolicy): string | undefined {
  try {
    cluster.apply(policy as KubeObject)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

it('a cluster serves the kinds, with their columns', () => {
  const cluster = withKinds()
  const subject = { namespaces: {} }
  expect(
    refusal(cluster, {
      apiVersion: 'policy.networking.k8s.io/v1alpha2',
      kind: 'ClusterNetworkPolicy',
      metadata: { name: 'x' },
      spec: { tier: 'Baseline', priority: 7, subject },
    }),
  ).toBeUndefined()
  expect(
    refusal(cluster, {
      apiVersion: 'policy.networking.k8s.io/v1alpha1',
      kind: 'AdminNetworkPolicy',
      metadata: { name: 'x' },
      spec: { priority: 7, subject },
    }),
  ).toBeUndefined()
  expect(
    refusal(cluster, {
      apiVersion: 'policy.networking.k8s.io/v1alpha1',
      kind: 'BaselineAdminNetworkPolicy',
      metadata: { name: 'x' },
      spec: { subject },
    }),
  ).toContain(
    'Only one baseline admin network policy with metadata.name="default" can be created in the cluster',
  )
  expect(cluster.kubectl('get cnp,anp').stdout).toMatchInlineSnapshot(`
    "NAME                                              TIER       PRIORITY   AGE
    clusternetworkpolicy.policy.networking.k8s.io/x   Baseline   7          0s

    NAME                                            PRIORITY   AGE
    adminnetworkpolicy.policy.networking.k8s.io/x   7          0s
    "
  `)
})

it('what the apiserver takes can be read', () => {
  const cluster = withKinds()
  const seen = { taken: 0, refused: 0 }
  fc.assert(
    fc.property(clusterWidePolicy, (policy) => {
      const named = { ...policy, metadata: { ...policy.metadata, name: 'default' } }
      const refused = refusal(cluster, named)
      seen[refused === undefined ? 'taken' : 'refused']++
      // what is refused can be read, too: an entry without a known field fails closed
      const model = readPolicy(named)
      if (refused !== undefined || model.kind === 'NetworkPolicy') return
      expect(
        [...model.ingress, ...model.egress].some(
          ({ failsClosed, peers = [] }) => failsClosed && !peers.some(({ kind }) => kind === 'unknown'),
        ),
      ).toBe(false)
    }),
    { numRuns: 100 },
  )
  expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(10)
})
