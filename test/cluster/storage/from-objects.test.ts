import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../../src/api/kind/definition.js'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'

/** A workload with everything around it that an import may lose. */
function manifests(seed: number): readonly object[] {
  const draw = (most: number, salt: number): number => ((seed * 7919 + salt * 104729) % 1009) % most
  const labels = { app: 'web' }
  const pod = (name: string, more: object = {}): object => ({
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: 'c', image: 'nginx', ...more }] },
  })
  const meta = (name: string): object => ({ name, namespace: 'shop' })
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('settings'), data: { a: '1' } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: meta('web'),
      spec: {
        replicas: 1 + draw(5, 1),
        selector: { matchLabels: labels },
        template: pod('web', { envFrom: [{ configMapRef: { name: 'settings' } }] }),
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: meta('web'),
      spec: { selector: labels, ports: [{ port: 80 }] },
    },
    ...(draw(2, 2) === 0
      ? [
          {
            apiVersion: 'policy/v1',
            kind: 'PodDisruptionBudget',
            metadata: meta('web'),
            spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
          },
        ]
      : []),
    ...(draw(2, 3) === 0
      ? [
          {
            apiVersion: 'apps/v1',
            kind: 'StatefulSet',
            metadata: meta('db'),
            spec: {
              replicas: 1 + draw(3, 4),
              serviceName: 'db',
              selector: { matchLabels: { app: 'db' } },
              template: pod('db'),
            },
          },
        ]
      : []),
    ...(draw(2, 5) === 0
      ? [
          {
            apiVersion: 'apps/v1',
            kind: 'DaemonSet',
            metadata: meta('agent'),
            spec: { selector: { matchLabels: { app: 'agent' } }, template: pod('agent') },
          },
        ]
      : []),
    ...(draw(3, 6) === 0
      ? [
          {
            apiVersion: 'batch/v1',
            kind: 'Job',
            metadata: meta('once'),
            spec: {
              template: {
                spec: {
                  restartPolicy: 'Never',
                  containers: [{ name: 'c', image: 'busybox', command: ['sleep', '30'] }],
                },
              },
            },
          },
        ]
      : []),
  ]
}

function original(seed: number): SimCluster {
  const cluster = new SimCluster({ nodes: 2 + (seed % 3), seed })
  cluster.create('namespaces', { metadata: { name: 'shop' } })
  cluster.settle()
  cluster.apply(manifests(seed))
  return cluster.settle().advance(`${1 + (seed % 4)}m`)
}

/** Everything that kubectl can list, as text. */
function exported(cluster: SimCluster): string {
  const { stdout } = cluster.kubectl('api-resources --verbs=list -o name')
  const wanted = stdout
    .trim()
    .split('\n')
    .filter((name) => !/^(events|componentstatuses|bindings)/.test(name))
  return cluster.kubectl(`get ${wanted.join(',')} -A -o yaml`).stdout
}

/** What does not depend on random names: nodes, workloads, and pods by owner, phase and readiness. */
function outcome(cluster: SimCluster): unknown {
  const statuses = (resource: 'deployments' | 'statefulsets' | 'daemonsets' | 'jobs'): unknown =>
    cluster.state.peek(resource).map(({ metadata, status }) => {
      const {
        conditions: _,
        startTime,
        completionTime,
        ...counts
      } = (status ?? {}) as Record<string, unknown>
      return [metadata.name, counts, startTime !== undefined, completionTime !== undefined]
    })
  const pods = cluster.state.peek('pods').map(({ metadata, status }) => {
    const owner = metadata.ownerReferences?.[0]
    const isReady = status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True')
    return `${owner?.kind} ${status.phase} ${isReady} ${metadata.deletionTimestamp !== undefined}`
  })
  return {
    nodes: cluster.nodes().map(({ name, ready }) => [name, ready]),
    workloads: (['deployments', 'statefulsets', 'daemonsets', 'jobs'] as const).map(statuses),
    pods: pods.toSorted((a, b) => (a < b ? -1 : 1)),
    endpoints: cluster.state
      .peek('endpointslices', { namespace: 'shop' })
      .map(({ endpoints }) => endpoints?.filter(({ conditions }) => conditions?.ready).length),
  }
}

const futures: Readonly<Record<string, (cluster: SimCluster) => unknown>> = {
  'the crash of a node': (cluster) => cluster.node('node-1').crash(),
  'a drain': (cluster) => cluster.kubectl('drain node-2 --ignore-daemonsets --delete-emptydir-data --force'),
  'a rollout': (cluster) => cluster.kubectl('set image deployment/web -n shop c=nginx:1.29'),
}

describe('a cluster from what kubectl prints of another', () => {
  test.each(Array.from({ length: 20 }, (_, at) => at + 1))(
    'has the future of the original, seed %i',
    (seed) => {
      const first = original(seed)
      const text = exported(first)
      for (const [name, happen] of Object.entries(futures)) {
        const [before, copy] = [first.fork(), SimCluster.fromObjects(text)]
        expect(copy.state.missingReferences()).toEqual(first.state.missingReferences())
        for (const cluster of [before, copy]) {
          happen(cluster)
          cluster.settle().advance('10m').settle()
        }
        expect(outcome(copy), name).toEqual(outcome(before))
      }
    },
  )

  test('brings what a control plane brings, if only some kinds were listed', () => {
    const first = original(1)
    const copy = SimCluster.fromObjects(
      first.kubectl('get nodes,deployments,replicasets,pods -A -o json').stdout,
    )
    expect(copy.state.missingReferences()).toEqual([
      { missing: 'configmaps shop/settings', neededBy: ['deployments shop/web'] },
      {
        missing: 'daemonsets shop/agent',
        neededBy: first
          .list('pods', { namespace: 'shop', labelSelector: 'app=agent' })
          .items.map(({ metadata }) => `pods shop/${metadata.name}`),
      },
    ])
    expect(copy.summary()).toContain('configmaps shop/settings, which deployments shop/web need')
    copy.node('node-1').crash()
    copy.advance('10m')
    expect(copy.nodes().map(({ name, ready }) => [name, ready])).toEqual([
      ['node-1', false],
      ['node-2', true],
      ['node-3', true],
    ])
  })

  test('takes a List, texts, and objects, and keeps uids and statuses', () => {
    const first = original(2)
    const list = JSON.parse(first.kubectl('get nodes,pods -A -o json').stdout) as { items: KubeObject[] }
    const uids = first.state.peek('pods').map(({ metadata }) => metadata.uid)
    for (const given of [list, list.items, [JSON.stringify(list)], new Set(list.items)]) {
      const copy = SimCluster.fromObjects(given)
      expect(copy.state.peek('pods').map(({ metadata }) => metadata.uid)).toEqual(uids)
      expect(copy.state.peek('pods').every(({ status }) => status.phase !== 'Pending')).toBe(true)
    }
    const typed = {
      apiVersion: 'v1',
      kind: 'ConfigMapList',
      items: [{ metadata: { name: 'a', namespace: 'b' } }],
    }
    expect(SimCluster.fromObjects(typed).get('configmaps', 'b/a').metadata.name).toBe('a')
  })

  test('is refused when nothing was given', () => {
    for (const nothing of ['', [], { apiVersion: 'v1', kind: 'List', items: [] }])
      expect(() => SimCluster.fromObjects(nothing)).toThrow('there is no object in what was given')
  })
})
