import { describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { scenarios, whatIf } from 'simcluster/testing'

const workload = (kind: string, name: string, replicas: number, cpu = '10m'): string => `
apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name} }
spec:
  ${kind === 'StatefulSet' ? `serviceName: ${name}` : ''}
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: c, image: nginx, resources: { requests: { cpu: ${cpu} } } }] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ port: 80 }] }
`
const budget = (name: string, minAvailable: number): string => `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: ${name} }
spec: { minAvailable: ${minAvailable}, selector: { matchLabels: { app: ${name} } } }
`

function clusterOf(...manifests: readonly string[]): SimCluster {
  const cluster = new SimCluster({ nodes: 3, like: 'kind' })
  cluster.apply(manifests.join('---\n'))
  return cluster.settle()
}
const nodeOf = (cluster: SimCluster, app: string): string =>
  cluster.state.peek('pods').find(({ metadata }) => metadata.labels?.['app'] === app)?.spec.nodeName ?? ''

describe('whatIf()', () => {
  test('tells that a Service with one pod is down until its Deployment has replaced it', () => {
    const cluster = clusterOf(workload('Deployment', 'web', 1))
    const node = nodeOf(cluster, 'web')
    const report = whatIf(cluster, [`crash ${node}`, 'advance 10m'])
    expect(report.services).toMatchObject([{ service: 'default/web', isOver: true }])
    // 50 s until the node is NotReady, and five minutes of toleration
    expect(report.services[0]?.forMs).toBeGreaterThan(300_000)
    expect(report.services[0]?.forMs).toBeLessThan(420_000)
    expect(report.lost).toMatchObject([{ node, workload: 'Deployment default/web', isReplaced: true }])
    expect(report.before.nodesReady - report.after.nodesReady).toBe(1)
    expect(report.isHarmless).toBe(false)
  })

  test('finds no harm in the crash of a node whose pods have others beside them', () => {
    const cluster = clusterOf(workload('Deployment', 'web', 3))
    const report = whatIf(cluster, [`crash ${nodeOf(cluster, 'web')}`])
    expect(report).toMatchObject({ services: [], pending: [], isHarmless: true })
    expect(report.actions.at(-1)).toBe('advance 10m')
  })

  test('leaves the cluster as it was', () => {
    const cluster = clusterOf(workload('Deployment', 'web', 3))
    const before = cluster.state.traceHash()
    whatIf(cluster, ['crash node-1', 'drain node-2', 'kubectl delete deployment web'])
    expect(cluster.state.traceHash()).toBe(before)
  })

  test('says why the pods of a dead node stay Pending', () => {
    const cluster = clusterOf(workload('Deployment', 'web', 3, '3'))
    const { pending, workloads } = whatIf(cluster, [`crash ${nodeOf(cluster, 'web')}`, 'advance 10m'])
    expect(pending).toHaveLength(1)
    expect(pending[0]?.why).toContain('Insufficient cpu')
    expect(workloads).toEqual([{ workload: 'Deployment default/web', before: 3, after: 2 }])
  })

  test('tells that a pod without an owner is replaced by nothing', () => {
    const cluster = new SimCluster({ nodes: 2 })
    cluster.kubectl('run alone --image=nginx')
    cluster.settle()
    const node = cluster.get('pods', 'alone').spec.nodeName ?? ''
    const { lost } = whatIf(cluster, [`crash ${node}`, 'advance 10m'])
    expect(lost).toEqual([{ pod: 'default/alone', node, isReplaced: false }])
  })

  test('tells which budget a crash violates, and which drain a budget blocks', () => {
    const cluster = clusterOf(workload('Deployment', 'web', 3), budget('web', 3))
    const node = nodeOf(cluster, 'web')
    const crash = whatIf(cluster, [`crash ${node}`, 'advance 10m'])
    expect(crash.budgets).toMatchObject([{ budget: 'default/web', desired: 3, least: 2, isOver: true }])
    const drain = whatIf(cluster, [`drain ${node}`])
    expect(drain.failed).toMatchObject([{ action: `drain ${node}` }])
    expect(drain.failed[0]?.message).toContain('disruption budget')
    expect(drain.budgets).toEqual([])
  })

  test('tells what a quota refuses now, and not what it has refused before', () => {
    const cluster = clusterOf(workload('Deployment', 'web', 3))
    const quota = 'apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {pods: "2"}}\n'
    cluster.apply(quota)
    cluster.settle()
    const node = nodeOf(cluster, 'web')
    const { refused } = whatIf(cluster, [`crash ${node}`, 'advance 10m'])
    expect(refused[0]).toMatchObject({ request: 'create pods' })
    expect(refused[0]?.message).toContain('exceeded quota: q')
    const tooMany = clusterOf(quota.replace('"2"', '"1"'), workload('Deployment', 'web', 3))
    expect(whatIf(tooMany, ['advance 10m']).refused).toEqual([])
  })

  test('tells which connections a policy closes', () => {
    const cluster = clusterOf(workload('Deployment', 'web', 1))
    const { connections } = whatIf(cluster, ['kubectl label namespace default team=a'])
    expect(connections).toEqual([])
  })

  test('takes labels of nodes, and brings nodes back', () => {
    const cluster = clusterOf(workload('Deployment', 'web', 3))
    const { after, before } = whatIf(cluster, [
      'crash kubernetes.io/os=linux',
      'advance 2m',
      'recover kubernetes.io/os=linux',
      'advance 2m',
    ])
    expect(after.nodesReady).toBe(before.nodesReady)
    expect(after.podsReady).toBe(before.podsReady)
  })

  test.for([
    ['crsh node-1', 'there is no action "crsh"; did you mean crash?'],
    ['explode node-1', 'there is no action "explode"; there are crash, recover'],
    ['crash nod-1', 'there is no node nod-1; did you mean node-1?'],
    ['crash', "name a node: 'crash node-1'"],
    ['crash zone=a', 'no node has the label zone=a'],
    ['advance soon', 'not a duration: soon'],
    ['advance', "write how long: 'advance 10m'"],
    ['settle now', "write 'settle' alone"],
    ['kubectl', 'write a command'],
    ['toString node-1', 'there is no action "toString"'],
  ])('refuses %s before anything is played', ([action = '', says = '']) => {
    const cluster = new SimCluster({ nodes: 2 }).settle()
    expect(() => whatIf(cluster, ['crash node-2', action])).toThrow(says)
  })
})

describe('scenarios()', () => {
  const cluster = new SimCluster({
    nodes: ['node-10', 'node-2', 'node-1'].map((name, at) => ({ name, zone: `z-${at % 2}`, region: 'r' })),
  }).settle()

  test('disturbs each node, in the order of their numbers', () => {
    expect(scenarios(cluster, { each: 'node' })).toEqual(
      ['node-1', 'node-2', 'node-10'].map((name) => ({ name, actions: [`crash ${name}`, 'advance 10m'] })),
    )
  })

  test('disturbs each zone with all its nodes, and each pair', () => {
    expect(scenarios(cluster, { each: 'zone', actions: ['drain {}'] }).map(({ actions }) => actions)).toEqual(
      [['drain node-1 node-10'], ['drain node-2']],
    )
    expect(scenarios(cluster, { each: 'node', pairs: true }).map(({ name }) => name)).toEqual([
      'node-1 + node-2',
      'node-1 + node-10',
      'node-2 + node-10',
    ])
  })

  test('refuses actions that name no node, and zones that nobody has', () => {
    expect(() => scenarios(cluster, { each: 'node', actions: ['advance 1m'] })).toThrow('write {} for it')
    const zoneless = new SimCluster({ nodes: 1 }).settle()
    expect(() => scenarios(zoneless, { each: 'zone' })).toThrow('no node has a zone')
  })
})

test('a listener of change hears no heartbeat, and one of refusal hears what is refused', () => {
  const cluster = new SimCluster({ nodes: 2 }).settle()
  const changes: string[] = []
  const refusals: string[] = []
  cluster.on('change', ({ resource }) => changes.push(resource))
  cluster.on('refusal', ({ user, verb, resource, code }) =>
    refusals.push(`${user} ${verb} ${resource} ${code}`),
  )
  cluster.advance('10m')
  expect(changes.filter((resource) => resource === 'leases' || resource === 'nodes')).toEqual([])
  cluster.kubectl('run web --image=nginx')
  expect(changes).toContain('pods')
  expect(() => cluster.as({ user: 'jane' }).list('secrets', { namespace: 'default' })).toThrow()
  expect(refusals).toEqual(['jane list secrets 403'])
})
