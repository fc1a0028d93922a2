import { partial } from '../../support/typed.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ControllerRevision, StatefulSet } from '../../../src/api/apps/generated.js'
import type { PersistentVolumeClaim, Pod } from '../../../src/api/core/generated.js'
import type { ObjectInput } from '../../../src/api/kind/input.js'
import type { ControllerCluster } from '../shared/controller-cluster.js'
import { SimCluster } from '../../../src/index.js'
import { jobCluster } from '../shared/clusters.js'
import { pods, template } from '../shared/workloads.js'

const key = { namespace: 'default', name: 's' }

function create(cluster: ControllerCluster, spec: ObjectInput<StatefulSet['spec']> = {}): void {
  const object = {
    metadata: key,
    spec: {
      replicas: 3,
      serviceName: 'svc',
      selector: { matchLabels: { app: 'x' } },
      template: template('img:1'),
      ...spec,
    },
  }
  cluster.client.create('statefulsets', object as StatefulSet)
  cluster.sim.settle()
}

function patch(cluster: ControllerCluster, spec: object): void {
  cluster.client.patch('statefulsets', key, { type: 'strategic', body: { spec } })
  cluster.sim.settle()
}

const started = (spec: ObjectInput<StatefulSet['spec']> = {}): ControllerCluster => {
  const cluster = jobCluster('2026-01-01T00:00:00Z', { version: 'v1.35' })
  create(cluster, spec)
  return cluster
}
const withImage = (image: string, annotations: object = {}): object => ({
  template: { metadata: { annotations }, spec: { containers: [{ name: 'c', image }] } },
})
const setOf = ({ client }: ControllerCluster): StatefulSet => client.get('statefulsets', key)
const images = (cluster: ControllerCluster): Record<string, string | undefined> =>
  Object.fromEntries(
    pods(cluster).map(({ metadata, spec }) => [metadata.name as string, spec.containers[0]?.image]),
  )
const revisions = ({ client }: ControllerCluster): readonly ControllerRevision[] =>
  client.list('controllerrevisions', { namespace: 'default' }).items
const numbers = (cluster: ControllerCluster): number[] =>
  revisions(cluster)
    .map(({ revision }) => revision)
    .toSorted((a, b) => a - b)
const claims = ({ client }: ControllerCluster): readonly PersistentVolumeClaim[] =>
  client.list('persistentvolumeclaims', { namespace: 'default' }).items
const remove = (cluster: ControllerCluster, name: string): void => {
  cluster.client.delete('pods', { namespace: 'default', name })
  cluster.sim.settle()
}
const lines = (cluster: ControllerCluster, from = 0): string[] =>
  cluster
    .eventLines('statefulset-controller')
    .slice(from)
    .map((line) => line.replace('StatefulSet/s ', '').replace(' in StatefulSet s successful', ''))

describe('a StatefulSet', () => {
  it('makes pods that know their place', () => {
    const cluster = started({ ordinals: { start: 5 }, replicas: 2 })
    expect(
      pods(cluster).map(({ metadata, spec }) => [
        metadata.name,
        metadata.generateName,
        metadata.labels,
        spec.hostname,
        spec.subdomain,
      ]),
    ).toEqual(
      ['5', '6'].map((at) => [
        `s-${at}`,
        's-',
        {
          app: 'x',
          'apps.kubernetes.io/pod-index': at,
          'controller-revision-hash': setOf(cluster).status.updateRevision,
          'statefulset.kubernetes.io/pod-name': `s-${at}`,
        },
        `s-${at}`,
        'svc',
      ]),
    )
    expect(lines(cluster)).toEqual(['SuccessfulCreate: Create Pod s-5', 'SuccessfulCreate: Create Pod s-6'])
  })

  it('updates from the highest pod down, one at a time', () => {
    const cluster = started()
    const before = lines(cluster).length
    patch(cluster, withImage('img:2'))
    expect(images(cluster)).toEqual({ 's-0': 'img:2', 's-1': 'img:2', 's-2': 'img:2' })
    expect(lines(cluster, before)).toEqual(
      ['2', '1', '0'].flatMap((at) => [
        `SuccessfulDelete: Delete Pod s-${at}`,
        `SuccessfulCreate: Create Pod s-${at}`,
      ]),
    )
    const { status } = setOf(cluster)
    expect(status.currentRevision).toBe(status.updateRevision)
    expect(status).toMatchObject({
      replicas: 3,
      readyReplicas: 3,
      currentReplicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
    })
    expect(Math.min(...unavailableAt(cluster))).toBeGreaterThanOrEqual(2)
  })

  it('keeps pods below the partition at the old revision, even when they are made anew', () => {
    const cluster = started({ updateStrategy: { rollingUpdate: { partition: 2 } } })
    patch(cluster, withImage('img:2'))
    expect(images(cluster)).toEqual({ 's-0': 'img:1', 's-1': 'img:1', 's-2': 'img:2' })
    remove(cluster, 's-0')
    remove(cluster, 's-2')
    expect(images(cluster)).toEqual({ 's-0': 'img:1', 's-1': 'img:1', 's-2': 'img:2' })
    expect(setOf(cluster).status).toMatchObject({ currentReplicas: 2, updatedReplicas: 1 })
    patch(cluster, { updateStrategy: { rollingUpdate: { partition: 0 } } })
    expect(new Set(Object.values(images(cluster)))).toEqual(new Set(['img:2']))
  })

  it('with OnDelete updates what somebody else deletes', () => {
    const cluster = started({ updateStrategy: { type: 'OnDelete' } })
    patch(cluster, withImage('img:2'))
    expect(new Set(Object.values(images(cluster)))).toEqual(new Set(['img:1']))
    remove(cluster, 's-1')
    expect(images(cluster)).toEqual({ 's-0': 'img:1', 's-1': 'img:2', 's-2': 'img:1' })
  })

  it('does not heal a broken update by itself', () => {
    const cluster = started()
    patch(cluster, withImage('img:bad', { 'fake/unready': '' }))
    expect(images(cluster)).toEqual({ 's-0': 'img:1', 's-1': 'img:1', 's-2': 'img:bad' })
    patch(cluster, withImage('img:1', { 'fake/unready': null }))
    expect(images(cluster)['s-2']).toBe('img:bad')
    remove(cluster, 's-2')
    expect(images(cluster)).toEqual({ 's-0': 'img:1', 's-1': 'img:1', 's-2': 'img:1' })
    expect(setOf(cluster).status).toMatchObject({ readyReplicas: 3, updatedReplicas: 3 })
    // the template is that of the first revision again, which is only given a new number
    expect(numbers(cluster)).toEqual([2, 3])
  })

  it('in parallel waits for nobody when it makes and removes pods', () => {
    const cluster = started({ podManagementPolicy: 'Parallel', template: template('img:1', {}) })
    const added = cluster.writes
      .filter(({ resource, type }) => resource === 'pods' && type === 'ADDED')
      .map(({ at }) => at)
    expect(new Set(added).size).toBe(1)
    patch(cluster, { replicas: 0 })
    const gone = cluster.writes
      .filter(({ resource, type }) => resource === 'pods' && type === 'DELETED')
      .map(({ at }) => at)
    expect([gone.length, new Set(gone).size]).toEqual([3, 1])
  })

  it('replaces pods that have ended, even with success', () => {
    const cluster = started()
    const ended = cluster.client.get('pods', { namespace: 'default', name: 's-1' })
    cluster.client.updateStatus('pods', { ...ended, status: { ...ended.status, phase: 'Succeeded' } })
    cluster.sim.settle()
    const pod = cluster.client.get('pods', ended.metadata)
    expect([pod.metadata.uid === ended.metadata.uid, pod.status.phase]).toEqual([false, 'Running'])
  })

  it('goes on only when a pod has been ready for minReadySeconds', () => {
    const cluster = started({ replicas: 2, minReadySeconds: 20 })
    const [first = 0, second = 0] = cluster.writes
      .filter(({ resource, type }) => resource === 'pods' && type === 'ADDED')
      .map(({ at }) => at)
    expect(second - first).toBeGreaterThanOrEqual(20)
    expect(second - first).toBeLessThan(22)
    expect(setOf(cluster).status.availableReplicas).toBe(2)
  })

  it('keeps as many old revisions as it may', () => {
    const cluster = started({ replicas: 1, revisionHistoryLimit: 2 })
    for (const image of ['img:2', 'img:3', 'img:4', 'img:5']) patch(cluster, withImage(image))
    expect(numbers(cluster)).toEqual([3, 4, 5])
    patch(cluster, withImage('img:4'))
    expect(numbers(cluster)).toEqual([3, 5, 6])
    expect(revisions(cluster).find(({ revision }) => revision === 6)?.metadata.name).toBe(
      setOf(cluster).status.currentRevision,
    )
  })

  it('adopts the pod of its name and lets go one that is no longer selected', () => {
    const cluster = jobCluster('2026-01-01T00:00:00Z')
    const orphan = {
      metadata: { name: 's-0', namespace: 'default', labels: { app: 'x' } },
      spec: template('img:1').spec,
    }
    cluster.client.create('pods', partial<Pod>(orphan))
    cluster.client.create(
      'pods',
      partial<Pod>({ ...orphan, metadata: { ...orphan.metadata, name: 'other' } }),
    )
    create(cluster, { replicas: 1 })
    const owners = (): unknown =>
      pods(cluster).map(({ metadata }) => [metadata.name, metadata.ownerReferences?.[0]?.kind])
    expect(owners()).toEqual([
      ['other', undefined],
      ['s-0', 'StatefulSet'],
    ])
    cluster.client.patch(
      'pods',
      { namespace: 'default', name: 's-0' },
      { type: 'merge', body: { metadata: { labels: { app: 'y' } } } },
    )
    cluster.sim.advance(100)
    expect(owners()).toEqual([
      ['other', undefined],
      ['s-0', undefined],
    ])
  })
})

describe('the claims of a StatefulSet', () => {
  const template_ = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  } as const
  const withClaims = (policy: object): ControllerCluster =>
    started({ replicas: 2, volumeClaimTemplates: [template_], persistentVolumeClaimRetentionPolicy: policy })
  const owners = (cluster: ControllerCluster): unknown =>
    claims(cluster).map(({ metadata }) => [
      metadata.name,
      metadata.ownerReferences?.map(({ kind, name }) => `${kind}/${name}`).join() ?? '',
    ])

  it('are kept without owner by default, and used again', () => {
    const cluster = withClaims({})
    expect(owners(cluster)).toEqual([
      ['data-s-0', ''],
      ['data-s-1', ''],
    ])
    expect(pods(cluster)[1]?.spec.volumes?.find(({ name }) => name === 'data')).toEqual({
      name: 'data',
      persistentVolumeClaim: { claimName: 'data-s-1' },
    })
    patch(cluster, { replicas: 1 })
    patch(cluster, { replicas: 2 })
    expect(lines(cluster).filter((line) => line.includes('Claim'))).toEqual(
      ['0', '1'].map(
        (at) => `SuccessfulCreate: Create Claim data-s-${at} Pod s-${at} in StatefulSet s success`,
      ),
    )
  })

  it('belong to the set when they are to go with it, to the pod when that is scaled away', () => {
    const cluster = withClaims({ whenDeleted: 'Delete', whenScaled: 'Delete' })
    expect(owners(cluster)).toEqual([
      ['data-s-0', 'StatefulSet/s'],
      ['data-s-1', 'StatefulSet/s'],
    ])
    const written: unknown[] = []
    const end = cluster.sim.onStep(() => void written.push(owners(cluster)))
    patch(cluster, { replicas: 1 })
    end()
    expect(written).toContainEqual([
      ['data-s-0', 'StatefulSet/s'],
      ['data-s-1', 'Pod/s-1'],
    ])
    expect(
      claims(cluster)
        .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
        .map(({ metadata }) => metadata.name),
    ).toEqual(['data-s-1'])
  })
})

/** How many pods were ready after each write of a pod, once all have been. */
function unavailableAt(cluster: ControllerCluster): number[] {
  const ready = new Set<string>()
  const counts: number[] = []
  for (const { resource, type, object } of cluster.writes) {
    if (resource !== 'pods') continue
    const { metadata, status } = object as Pod
    const isReady =
      type !== 'DELETED' &&
      metadata.deletionTimestamp === undefined &&
      status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ===
        true
    if (isReady) ready.add(metadata.name as string)
    else ready.delete(metadata.name as string)
    counts.push(ready.size)
  }
  return counts.slice(counts.indexOf(3))
}

describe('whatever is done to an ordered StatefulSet', () => {
  it('a pod is made only when all before it are ready, and it ends as it should', () => {
    const operation = fc.oneof(
      fc.record({ replicas: fc.nat(4) }),
      fc.constantFrom(withImage('img:1'), withImage('img:2'), withImage('img:3')),
      fc.nat(3).map((ordinal) => ordinal),
    )
    fc.assert(
      fc.property(
        fc.array(fc.tuple(operation, fc.nat(4000)), { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        (operations, seeded) => {
          const cluster = jobCluster(
            '2026-01-01T00:00:00Z',
            seeded ? { interleaving: 'seeded', seed: operations.length } : {},
          )
          create(cluster, { replicas: 2 })
          const seen = cluster.writes.length
          for (const [what, ms] of operations) {
            if (typeof what !== 'number')
              cluster.client.patch('statefulsets', key, { type: 'strategic', body: { spec: what } })
            else if (pods(cluster)[what]) cluster.client.delete('pods', pods(cluster)[what]?.metadata ?? {})
            cluster.sim.advance(ms)
          }
          cluster.sim.settle()
          const set = setOf(cluster)
          const { replicas = 0 } = set.spec
          expect(Object.keys(images(cluster))).toEqual(Array.from({ length: replicas }, (_, at) => `s-${at}`))
          expect(new Set(Object.values(images(cluster)))).toEqual(
            new Set(replicas === 0 ? [] : [set.spec.template.spec.containers[0]?.image]),
          )
          expect(set.status).toMatchObject({
            replicas,
            availableReplicas: replicas,
            observedGeneration: set.metadata.generation,
          })
          expectOrdered(cluster, seen)
        },
      ),
      { numRuns: 12 },
    )
  })
})

function expectOrdered(cluster: ControllerCluster, from: number): void {
  const present = new Map<string, Pod>()
  for (const [at, { resource, type, object }] of cluster.writes.entries()) {
    if (resource !== 'pods') continue
    const pod = object as Pod
    const name = pod.metadata.name as string
    if (type === 'ADDED' && at >= from) {
      for (let below = Number(name.slice(2)) - 1; below >= 0; below--)
        expect(present.get(`s-${below}`)?.status.phase).toBe('Running')
    }
    if (type === 'DELETED') present.delete(name)
    else present.set(name, pod)
  }
}

it('tells which claim it could not give to its owner', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.edit('clusterroles', 'system:controller:statefulset-controller', (role) => {
    role.rules =
      role.rules?.filter(({ resources }) => resources?.includes('persistentvolumeclaims') !== true) ?? []
    const verbs = ['create', 'get', 'list', 'watch']
    role.rules.push({ apiGroups: [''], resources: ['persistentvolumeclaims'], verbs })
  })
  cluster.apply({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default' },
    spec: {
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: {
        metadata: { labels: { app: 'db' } },
        spec: { containers: [{ name: 'db', image: 'redis' }] },
      },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    },
  })
  cluster.advance('1m')
  const messages = cluster.list('events').items.map(({ message }) => message)
  expect(messages).toContainEqual(
    expect.stringMatching(
      /Pod db-0 in StatefulSet db failed error: could not update claim data-db-0 for delete policy ownerRefs: .*forbidden/,
    ),
  )
})
