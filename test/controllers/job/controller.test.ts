import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Job } from '../../../src/api/batch/generated.js'
import type { Pod } from '../../../src/api/core/generated.js'
import type { ObjectInput } from '../../../src/api/kind/input.js'
import type { ControllerCluster } from '../shared/controller-cluster.js'
import { SimCluster } from '../../../src/index.js'
import { jobCluster } from '../shared/clusters.js'
import { pods } from '../shared/workloads.js'

const key = { namespace: 'default', name: 'j' }
const BEGIN = '2026-01-01T00:00:00Z'

function started(
  spec: ObjectInput<Job['spec']>,
  exit?: string,
  options: Parameters<typeof jobCluster>[1] = {},
): ControllerCluster {
  const cluster = jobCluster(BEGIN, options)
  const annotations = exit === undefined ? {} : { 'fake/exit': exit }
  const podSpec = {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'c', image: 'img' }],
  }
  cluster.client.create('jobs', {
    metadata: key,
    spec: { template: { metadata: { annotations }, spec: podSpec }, ...spec },
  } as Job)
  return cluster
}

const jobOf = ({ client }: ControllerCluster): Job => client.get('jobs', key)
const conditions = (cluster: ControllerCluster): string[] =>
  (jobOf(cluster).status.conditions ?? []).map(({ type, reason }) => `${type} ${reason ?? ''}`)
const events = (cluster: ControllerCluster): string[] =>
  cluster
    .eventLines('job-controller')
    .map((line) => line.replace('Job/j ', ''))
    .filter((line) => !line.startsWith('Successful'))
const made = (cluster: ControllerCluster): readonly Pod[] =>
  cluster.writes
    .filter(({ resource, type }) => resource === 'pods' && type === 'ADDED')
    .map(({ object }) => object as Pod)
const madeAt = (cluster: ControllerCluster): number[] =>
  cluster.writes
    .filter(({ resource, type }) => resource === 'pods' && type === 'ADDED')
    .map(({ at }) => at - 10)
const indexOf = ({ metadata }: Pod): string | undefined =>
  metadata.annotations?.['batch.kubernetes.io/job-completion-index']
const tracked = (cluster: ControllerCluster): readonly Pod[] =>
  pods(cluster).filter(({ metadata }) => metadata.finalizers?.includes('batch.kubernetes.io/job-tracking'))

describe('a Job', () => {
  it('has as many pods at a time as it may, and no more than it needs', () => {
    const cluster = started({ completions: 5, parallelism: 2 }, '0')
    const active: number[] = []
    cluster.sim.onStep(
      () =>
        void active.push(
          pods(cluster).filter(({ status }) => status.phase === 'Pending' || status.phase === 'Running')
            .length,
        ),
    )
    cluster.advance(30)
    expect([made(cluster).length, Math.max(...active)]).toEqual([5, 2])
    expect(jobOf(cluster).status).toMatchObject({
      succeeded: 5,
      ready: 0,
      terminating: 0,
      uncountedTerminatedPods: {},
    })
    expect(conditions(cluster)).toEqual([
      'SuccessCriteriaMet CompletionsReached',
      'Complete CompletionsReached',
    ])
  })

  it('without completions starts no more pods after the first success', () => {
    const cluster = started({ parallelism: 3 }, '0')
    cluster.advance(20)
    expect([made(cluster).length, jobOf(cluster).status.succeeded, conditions(cluster).at(-1)]).toEqual([
      3,
      3,
      'Complete CompletionsReached',
    ])
  })

  it('makes indexed pods that know their index', () => {
    const cluster = started({ completions: 3, parallelism: 3, completionMode: 'Indexed' })
    cluster.advance(5)
    expect(pods(cluster).map(indexOf)).toEqual(['0', '1', '2'])
    const [first] = pods(cluster)
    expect(first?.metadata.generateName).toBe('j-0-')
    expect(first?.metadata.labels).toMatchObject({
      'batch.kubernetes.io/job-completion-index': '0',
      'batch.kubernetes.io/job-name': 'j',
    })
    expect(first?.spec.hostname).toBe('j-0')
    const fieldPath = "metadata.labels['batch.kubernetes.io/job-completion-index']"
    expect(first?.spec.containers[0]?.env).toEqual([
      { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } },
    ])
  })

  it('tries failed indexes again up to their own limit, with a back-off of their own', () => {
    const cluster = started(
      { completions: 4, parallelism: 4, completionMode: 'Indexed', backoffLimitPerIndex: 1 },
      '0,1,0,0',
    )
    cluster.advance(40)
    expect(jobOf(cluster).status).toMatchObject({
      completedIndexes: '0,2,3',
      failedIndexes: '1',
      succeeded: 3,
      failed: 2,
    })
    expect(conditions(cluster)).toEqual(['FailureTarget FailedIndexes', 'Failed FailedIndexes'])
    const second = made(cluster).filter((pod) => indexOf(pod) === '1')
    expect(
      second.map(({ metadata }) => metadata.annotations?.['batch.kubernetes.io/job-index-failure-count']),
    ).toEqual(['0', '1'])
    expect(madeAt(cluster).at(-1)).toBeGreaterThanOrEqual(11)
    expect(events(cluster)).toEqual(['FailedIndexes: Job has failed indexes'])
  })

  it('ends early when too many indexes have failed, or when one may fail no more', () => {
    const many = started(
      {
        completions: 3,
        parallelism: 3,
        completionMode: 'Indexed',
        backoffLimitPerIndex: 0,
        maxFailedIndexes: 1,
      },
      '1,1,-',
    )
    many.advance(20)
    expect(conditions(many).at(-1)).toBe('Failed MaxFailedIndexesExceeded')
    expect(jobOf(many).status).toMatchObject({ failedIndexes: '0,1', failed: 3 })
    const rules = [{ action: 'FailIndex' as const, onExitCodes: { operator: 'In' as const, values: [42] } }]
    const one = started(
      {
        completions: 2,
        parallelism: 2,
        completionMode: 'Indexed',
        backoffLimitPerIndex: 5,
        podFailurePolicy: { rules },
      },
      '0,42',
    )
    one.advance(20)
    expect([jobOf(one).status.failedIndexes, made(one).length, conditions(one).at(-1)]).toEqual([
      '1',
      2,
      'Failed FailedIndexes',
    ])
  })

  it('does not count failures that a rule ignores', () => {
    const rules = [
      { action: 'Ignore' as const, onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    ]
    const cluster = started({ backoffLimit: 0, podFailurePolicy: { rules } })
    cluster.advance(5)
    const [pod] = pods(cluster) as [Pod]
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: BEGIN,
    }
    cluster.client.updateStatus('pods', {
      ...pod,
      status: { ...pod.status, phase: 'Failed', conditions: [...(pod.status.conditions ?? []), condition] },
    })
    cluster.advance(30)
    expect([made(cluster).length, conditions(cluster), jobOf(cluster).status.failed]).toEqual([
      2,
      [],
      undefined,
    ])
  })

  it('succeeds by its success policy, and lets the others go', () => {
    const rules = [{ succeededIndexes: '0-1', succeededCount: 1 }]
    const cluster = started(
      { completions: 4, parallelism: 4, completionMode: 'Indexed', successPolicy: { rules } },
      '0,-,-,-',
    )
    cluster.advance(20)
    expect(conditions(cluster)).toEqual(['SuccessCriteriaMet SuccessPolicy', 'Complete SuccessPolicy'])
    expect(jobOf(cluster).status).toMatchObject({ succeeded: 1, completedIndexes: '0' })
    expect(jobOf(cluster).status.failed).toBeUndefined()
    expect(jobOf(cluster).status.conditions?.[0]?.message).toBe('Matched rules at index 0')
    expect(pods(cluster).map(indexOf)).toEqual(['0'])
  })

  it('replaces a pod that is being deleted at once or when it has ended, as it is told', () => {
    for (const podReplacementPolicy of ['TerminatingOrFailed', 'Failed'] as const) {
      const cluster = started({ podReplacementPolicy })
      cluster.advance(5)
      const [{ metadata }] = pods(cluster) as [Pod]
      cluster.client.delete('pods', metadata)
      cluster.advance(30)
      const isPatient = podReplacementPolicy === 'Failed'
      expect([made(cluster).length, jobOf(cluster).status.failed, jobOf(cluster).status.terminating]).toEqual(
        isPatient ? [1, undefined, 1] : [2, 1, 0],
      )
      if (!isPatient) continue
      const left = cluster.client.get('pods', metadata)
      cluster.client.updateStatus('pods', { ...left, status: { ...left.status, phase: 'Failed' } })
      cluster.advance(30)
      expect([made(cluster).length, jobOf(cluster).status.failed]).toEqual([2, 1])
    }
  })

  it('counts the restarts of containers that are started again in place', () => {
    const spec = {
      restartPolicy: 'OnFailure',
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'c', image: 'img' }],
    } as const
    const cluster = started({ backoffLimit: 3, template: { spec } })
    cluster.advance(5)
    const [pod] = pods(cluster) as [Pod]
    const status = {
      name: 'c',
      image: 'img',
      imageID: '',
      ready: true,
      restartCount: 3,
      state: {},
      lastState: {},
    }
    cluster.client.updateStatus('pods', { ...pod, status: { ...pod.status, containerStatuses: [status] } })
    cluster.advance(10)
    expect(events(cluster)).toEqual(['BackoffLimitExceeded: Job has reached the specified backoff limit'])
  })

  it('lets its pods go when it is deleted, with them or without', () => {
    for (const [propagationPolicy, left] of [
      ['Background', 0],
      ['Orphan', 1],
    ] as const) {
      const cluster = started({})
      cluster.advance(5)
      cluster.client.delete('jobs', key, { propagationPolicy })
      cluster.advance(10)
      expect([propagationPolicy, pods(cluster).length, tracked(cluster).length]).toEqual([
        propagationPolicy,
        left,
        0,
      ])
    }
  })

  it('leaves jobs alone that another controller manages', () => {
    const cluster = started({ managedBy: 'example.com/queue' })
    cluster.advance(5)
    expect([pods(cluster), jobOf(cluster).status]).toEqual([[], {}])
  })

  it('settle() waits for counting, not for back-off', () => {
    const cluster = started({ backoffLimit: 3 }, '1')
    cluster.sim.settle()
    expect([jobOf(cluster).status.failed, made(cluster).length, cluster.now < 20]).toEqual([1, 1, true])
  })

  it('before v1.31 ended without saying so before', () => {
    const cluster = started({}, '0', { version: 'v1.28' })
    cluster.advance(10)
    expect(conditions(cluster)).toEqual(['Complete '])
    expect(jobOf(cluster).status.terminating).toBeUndefined()
  })
})

describe('whatever happens to its pods', () => {
  it('a job counts each exactly once, ends, and has the same future in a copy', () => {
    const exits = fc.array(fc.constantFrom('0', '0', '1'), { minLength: 2, maxLength: 6 })
    fc.assert(
      fc.property(
        exits,
        fc.nat(3),
        fc.array(fc.tuple(fc.nat(5), fc.nat(9000)), { maxLength: 4 }),
        fc.boolean(),
        (codes, limit, deletions, seeded) => {
          const spec = {
            completions: codes.length,
            parallelism: 3,
            completionMode: 'Indexed' as const,
            backoffLimit: limit,
          }
          const cluster = started(
            spec,
            codes.join(),
            seeded ? { interleaving: 'seeded', seed: limit + 1 } : {},
          )
          for (const [at, ms] of deletions) {
            cluster.sim.advance(ms)
            const [pod] = pods(cluster).slice(at)
            if (pod) cluster.client.delete('pods', pod.metadata, { gracePeriodSeconds: at % 2 })
          }
          const copy = cluster.fork()
          for (const each of [cluster, copy]) each.advance(400)
          const { status } = jobOf(cluster)
          expect(['Complete', 'Failed']).toContain(status.conditions?.at(-1)?.type)
          expect(tracked(cluster)).toEqual([])
          expect(status.uncountedTerminatedPods).toEqual({})
          const all = made(cluster)
          const succeeded = new Set(all.filter((pod) => hasSucceeded(cluster, pod)).map(indexOf))
          expect((status.succeeded ?? 0) + (status.failed ?? 0)).toBe(all.length)
          // a pod that ends while its job already fails counts as failed
          if (status.conditions?.at(-1)?.type === 'Complete') expect(status.succeeded).toBe(succeeded.size)
          else expect(status.succeeded ?? 0).toBeLessThanOrEqual(succeeded.size)
          expect(jobOf(copy).status).toEqual(status)
        },
      ),
      { numRuns: 10 },
    )
  })
})

function hasSucceeded(cluster: ControllerCluster, { metadata: { uid } }: Pod): boolean {
  return cluster.writes.some(
    ({ resource, object }) =>
      resource === 'pods' && object.metadata.uid === uid && (object as Pod).status.phase === 'Succeeded',
  )
}

it('adopts no pod if it has no selector, which only the store can tell', () => {
  const cluster = new SimCluster({ nodes: 1, disable: ['kube-controller-manager/job-controller'] })
  const containers = [{ name: 'c', image: 'nginx' }]
  const template = { spec: { restartPolicy: 'Never' as const, containers } }
  cluster.apply({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j', namespace: 'default' },
    spec: { parallelism: 0, template },
  })
  cluster.kubectl('run stray --image=nginx')
  cluster.settle()
  const stored = cluster.state.resources().flatMap((resource) => cluster.state.peek(resource))
  const objects = stored.map((object) =>
    object.kind === 'Job' ? { ...object, spec: { parallelism: 0, template } } : object,
  )
  const restored = SimCluster.fromObjects(objects).advance('1m')
  expect(restored.get('jobs', 'j').spec.selector).toBeUndefined()
  expect(restored.get('pods', 'stray').metadata.ownerReferences).toBeUndefined()
})
