import { describe, expect, test } from 'vitest'
import { parseManifests, SimCluster } from 'simcluster'
import {
  compare,
  compileWorld,
  evaluate,
  explainConnection,
  policyChanges,
  reachability,
} from 'simcluster/netpol'
import * as netpol from 'simcluster/netpol'
import { badInput } from '../support/typed.js'

const OPEN = `
{apiVersion: v1, kind: Namespace, metadata: {name: default}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: default, labels: {app: web}},
 spec: {containers: [{name: c, image: nginx}]}, status: {podIP: 10.244.0.1}}
---
{apiVersion: v1, kind: Pod, metadata: {name: db, namespace: default, labels: {app: db}},
 spec: {containers: [{name: c, image: nginx}]}, status: {podIP: 10.244.0.2}}
`
const POLICY = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed, namespace: default}
spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress]}
`
const TEXT = `${OPEN}---${POLICY}`
const cluster = new SimCluster({ nodes: 1 })
cluster.kubectl('run web --image=nginx --labels=app=web')
cluster.kubectl('run db --image=nginx --labels=app=db')
cluster.apply(POLICY)
cluster.settle()
const query = { from: 'default/web', to: 'default/db', port: 80 } as const

describe.each([
  ['YAML text', TEXT],
  ['a list of objects', parseManifests(TEXT)],
  ['a cluster', cluster],
] as const)('from %s', (_, source) => {
  test('every evaluator judges', () => {
    const verdict = evaluate(source, query)
    expect(verdict.allowed).toBe(false)
    expect(netpol.formatProof(verdict)).toContain('default/closed')
    expect(netpol.proofErrors(source, query, verdict)).toEqual([])
    expect(compileWorld(source).evaluate(query).allowed).toBe(false)
    expect(explainConnection(source, query).verdict.allowed).toBe(false)
    expect(reachability(source).groups.length).toBeGreaterThan(1)
  })
})

test('policies are compared from text, list and cluster alike', () => {
  expect(compare(POLICY, cluster).relation).toBe('equal')
  expect(compare(cluster, []).relation).toBe('a-allows-less')
  expect(policyChanges(POLICY, '').opened).toHaveLength(1)
  expect(netpol.analysePolicies(POLICY)).toEqual(netpol.analysePolicies(cluster))
})

test("a cluster's own choices are the default", () => {
  const options = { nodes: 1, network: { policy: { ownNode: 'none' } } } as const
  const strict = new SimCluster(options)
  expect(netpol.readWorld(strict).options.ownNode).toBe('none')
  expect(netpol.readWorld(strict, { ownNode: 'both' }).options.ownNode).toBe('both')
})

test('what is no world is named', () => {
  expect(() => evaluate(badInput(undefined), query)).toThrow('world')
  expect(() => evaluate('a: [', query)).toThrow('the manifest is not YAML')
})
