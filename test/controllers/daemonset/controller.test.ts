import { describe, expect, it } from 'vitest'
import type { ControllerRevision } from '../../../src/api/apps/generated.js'
import type { Pod } from '../../../src/api/core/generated.js'
import { workloadCluster } from '../shared/clusters.js'
import { createDaemonSet, daemonSetD, patch, pods, setImage } from '../shared/workloads.js'

const images = (list: readonly Pod[]): Record<string, string> =>
  Object.fromEntries(list.map(({ spec }) => [spec.nodeName ?? '?', spec.containers[0]?.image ?? '']))
const revisions = ({ client }: ReturnType<typeof workloadCluster>): number[] =>
  client
    .list('controllerrevisions')
    .items.map(({ revision }) => revision)
    .toSorted((a, b) => a - b)
const nodes = (list: readonly Pod[]): string[] =>
  list.map(({ spec }) => spec.nodeName ?? '?').toSorted((a, b) => (a < b ? -1 : 1))

describe('a DaemonSet', () => {
  it('rolls its nodes one by one, waiting for each', () => {
    const cluster = workloadCluster()
    createDaemonSet(cluster)
    cluster.sim.settle()
    setImage(cluster, 'daemonsets', 'img:2')
    let worst = 3
    const end = cluster.sim.onStep(() => {
      const ready = pods(cluster).filter(
        ({ metadata, status }) => !metadata.deletionTimestamp && status.phase === 'Running',
      )
      worst = Math.min(worst, ready.length)
    })
    cluster.sim.settle()
    end()
    expect(worst).toBe(2)
    expect(images(pods(cluster))).toEqual({ n1: 'img:2', n2: 'img:2', n3: 'img:2' })
    expect(daemonSetD(cluster).status).toEqual({
      currentNumberScheduled: 3,
      numberMisscheduled: 0,
      desiredNumberScheduled: 3,
      numberReady: 3,
      observedGeneration: 2,
      updatedNumberScheduled: 3,
      numberAvailable: 3,
    })
  })

  it('with surge never has fewer than one available pod on each node', () => {
    const cluster = workloadCluster()
    createDaemonSet(cluster, {
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '100%', maxUnavailable: 0 } },
    })
    cluster.sim.settle()
    setImage(cluster, 'daemonsets', 'img:2')
    let worst = 3
    const end = cluster.sim.onStep(() => {
      const ready = pods(cluster).filter(
        ({ metadata, status }) => !metadata.deletionTimestamp && status.phase === 'Running',
      )
      worst = Math.min(worst, new Set(ready.map(({ spec }) => spec.nodeName)).size)
    })
    cluster.sim.settle()
    end()
    expect(worst).toBe(3)
    expect(images(pods(cluster))).toEqual({ n1: 'img:2', n2: 'img:2', n3: 'img:2' })
  })

  it('with OnDelete waits for someone to delete the pods', () => {
    const cluster = workloadCluster()
    createDaemonSet(cluster, { updateStrategy: { type: 'OnDelete' } })
    cluster.sim.settle()
    setImage(cluster, 'daemonsets', 'img:2')
    cluster.sim.settle()
    expect(images(pods(cluster))).toEqual({ n1: 'img:1', n2: 'img:1', n3: 'img:1' })
    const onN2 = pods(cluster).find(({ spec }) => spec.nodeName === 'n2') as Pod
    cluster.client.delete('pods', onN2.metadata)
    cluster.sim.settle()
    expect(images(pods(cluster))).toEqual({ n1: 'img:1', n2: 'img:2', n3: 'img:1' })
    expect(daemonSetD(cluster).status.updatedNumberScheduled).toBe(1)
  })

  it('keeps a numbered history, within its limit, and goes back to a revision by its template', () => {
    const cluster = workloadCluster()
    createDaemonSet(cluster, { revisionHistoryLimit: 1 })
    const steps = ['img:2', 'img:1', 'img:3']
    for (const image of steps) {
      cluster.sim.settle()
      setImage(cluster, 'daemonsets', image)
    }
    cluster.sim.settle()
    expect(revisions(cluster)).toEqual([3, 4])
  })

  it('follows labels and taints of nodes', () => {
    const cluster = workloadCluster()
    createDaemonSet(cluster, {
      template: {
        metadata: { labels: { app: 'x' } },
        spec: { nodeSelector: { disk: 'ssd' }, containers: [{ name: 'c', image: 'img:1' }] },
      },
    })
    cluster.sim.settle()
    expect(daemonSetD(cluster).status.desiredNumberScheduled).toBe(0)
    const label = (name: string, disk: string | null): unknown =>
      cluster.client.patch('nodes', { name }, { type: 'merge', body: { metadata: { labels: { disk } } } })
    label('n1', 'ssd')
    label('n3', 'ssd')
    cluster.sim.settle()
    expect(nodes(pods(cluster))).toEqual(['n1', 'n3'])
    label('n1', null)
    cluster.sim.settle()
    expect(nodes(pods(cluster))).toEqual(['n3'])
    const taint = [{ key: 'x', effect: 'NoSchedule' }]
    cluster.client.patch('nodes', { name: 'n3' }, { type: 'merge', body: { spec: { taints: taint } } })
    cluster.sim.settle()
    expect(nodes(pods(cluster))).toEqual(['n3'])
    expect(daemonSetD(cluster).status).toMatchObject({ desiredNumberScheduled: 0, numberMisscheduled: 1 })
  })

  it('replaces a failed pod with growing patience; settle() does not wait for it', () => {
    const cluster = workloadCluster()
    createDaemonSet(cluster, {
      template: {
        metadata: { labels: { app: 'x' } },
        spec: {
          nodeSelector: { 'kubernetes.io/hostname': 'n1' },
          containers: [{ name: 'c', image: 'img:1' }],
          terminationGracePeriodSeconds: 1,
        },
      },
    })
    const replaced: number[] = []
    let last = cluster.now
    for (let round = 0; round < 4; round++) {
      cluster.sim.settle()
      const [alive] = pods(cluster) as [Pod]
      cluster.client.updateStatus('pods', { ...alive, status: { ...alive.status, phase: 'Failed' } })
      cluster.sim.until(() =>
        cluster.client
          .list('pods')
          .items.every(({ metadata }) => metadata.uid !== alive.metadata.uid || metadata.deletionTimestamp),
      )
      replaced.push(Math.round(cluster.now - last))
      last = cluster.now
    }
    const [first, ...later] = replaced as [number, ...number[]]
    expect(first).toBeLessThanOrEqual(2)
    expect(later.every((seconds, at) => seconds >= 2 ** at)).toBe(true)
    const events = cluster
      .eventLines('daemonset-controller')
      .filter((line) => line.includes('FailedDaemonPod'))
    expect(events).toHaveLength(4)
    expect(events[0]).toMatch(
      /^DaemonSet\/d FailedDaemonPod: Found failed daemon pod default\/d-.{5} on node n1, will try to kill it$/,
    )
  })

  it('adopts its pods and history after it was deleted with orphans', () => {
    const cluster = workloadCluster()
    createDaemonSet(cluster)
    cluster.sim.settle()
    const before = pods(cluster).map(({ metadata }) => metadata.uid)
    cluster.client.delete('daemonsets', { namespace: 'default', name: 'd' }, { propagationPolicy: 'Orphan' })
    cluster.sim.settle()
    const { metadata } = createDaemonSet(cluster)
    cluster.sim.settle()
    expect(pods(cluster).map((each) => each.metadata.uid)).toEqual(before)
    expect(pods(cluster).every((each) => each.metadata.ownerReferences?.[0]?.uid === metadata.uid)).toBe(true)
    expect(revisions(cluster)).toHaveLength(1)
    expect(daemonSetD(cluster).status.numberReady).toBe(3)
  })

  it('merges revisions of one template at its next sync, and relabels its pods', () => {
    const cluster = workloadCluster()
    createDaemonSet(cluster)
    cluster.sim.settle()
    const [own] = cluster.client.list('controllerrevisions').items as [ControllerRevision]
    const { name, namespace, labels, ownerReferences } = own.metadata
    const twin = {
      name: `${name as string}x`,
      namespace: namespace as string,
      ownerReferences: ownerReferences ?? [],
    }
    const metadata = { ...twin, labels: { ...labels, 'controller-revision-hash': 'twin' } }
    cluster.client.create('controllerrevisions', { ...own, metadata, revision: 2 })
    cluster.sim.settle()
    expect(revisions(cluster)).toEqual([1, 2])
    const set = daemonSetD(cluster)
    cluster.client.update('daemonsets', { ...set, metadata: { ...set.metadata, labels: { a: 'b' } } })
    cluster.sim.settle()
    expect(revisions(cluster)).toEqual([2])
    expect(pods(cluster).map((each) => each.metadata.labels?.['controller-revision-hash'])).toEqual([
      'twin',
      'twin',
      'twin',
    ])
  })

  it('waits for minReadySeconds between nodes', () => {
    const cluster = workloadCluster()
    createDaemonSet(cluster, { minReadySeconds: 30 })
    cluster.sim.settle()
    const begin = cluster.now
    patch(cluster, 'daemonsets', { template: { spec: { containers: [{ name: 'c', image: 'img:2' }] } } })
    cluster.sim.settle()
    expect(cluster.now - begin).toBeGreaterThan(90)
    expect(daemonSetD(cluster).status).toMatchObject({ numberAvailable: 3, updatedNumberScheduled: 3 })
  })
})
