import { partial } from '../support/typed.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Container, ContainerStatus, Pod, PodSpec } from '../../src/api/core/generated.js'
import { allocatableOf } from '../../src/kubelet/node/node-object.js'
import { shutdownGroups } from '../../src/kubelet/node/shutdown-manager.js'
import type { BackOff } from '../../src/kubelet/pods/back-off.js'
import { backOffEnd, nextBackOff } from '../../src/kubelet/pods/back-off.js'
import { effectiveGrace, remainingGrace } from '../../src/kubelet/pods/grace.js'
import { restartsAfter } from '../../src/kubelet/pods/restart-policy.js'
import { kubeletRelease } from '../../src/kubelet/release.js'
import { fullImageName } from '../../src/api/core/pods/image-name.js'
import { imageDigest } from '../../src/kubelet/runtime/image-digest.js'
import { allocateIp, poolRange, releaseIp } from '../../src/kubelet/runtime/ip-pool.js'
import { containersReady, podInitialized, podPhase, podReady } from '../../src/kubelet/status/phase.js'

const spec = (more: object = {}): PodSpec =>
  partial<PodSpec>({ containers: [{ name: 'a' }, { name: 'b' }], ...more })

type Shape = 'waiting' | 'running' | 'started' | 'done' | 'failed' | 'crashed'

function status(name: string, shape: Shape): ContainerStatus {
  const ended = (exitCode: number): object => ({ terminated: { exitCode } })
  const states: Record<Shape, object> = {
    waiting: { state: { waiting: {} }, lastState: {}, ready: false, started: false },
    running: { state: { running: {} }, lastState: {}, ready: false, started: false },
    started: { state: { running: {} }, lastState: {}, ready: true, started: true },
    done: { state: ended(0), lastState: {}, ready: false, started: false },
    failed: { state: ended(1), lastState: {}, ready: false, started: false },
    crashed: {
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: ended(1),
      ready: false,
      started: false,
    },
  }
  return { name, ...states[shape] } as ContainerStatus
}

describe('phase', () => {
  test.each<[string, Shape, Shape, string]>([
    ['Always', 'waiting', 'waiting', 'Pending'],
    ['Always', 'started', 'waiting', 'Pending'],
    ['Always', 'started', 'started', 'Running'],
    ['Always', 'crashed', 'started', 'Running'],
    ['Always', 'crashed', 'crashed', 'Running'],
    ['Always', 'done', 'done', 'Running'],
    ['OnFailure', 'done', 'done', 'Succeeded'],
    ['OnFailure', 'done', 'crashed', 'Running'],
    ['Never', 'done', 'done', 'Succeeded'],
    ['Never', 'done', 'failed', 'Failed'],
    ['Never', 'failed', 'started', 'Running'],
  ])('%s: %s and %s is %s', (restartPolicy, a, b, phase) => {
    const input = {
      spec: spec({ restartPolicy }),
      initContainerStatuses: [],
      terminating: false,
      initialized: true,
    }
    expect(podPhase({ ...input, containerStatuses: [status('a', a), status('b', b)] })).toBe(phase)
  })

  test('a pod that is being stopped for good ends by its exit codes, whatever its policy', () => {
    const input = {
      spec: spec({ restartPolicy: 'Always' }),
      initContainerStatuses: [],
      terminating: true,
      initialized: true,
    }
    expect(podPhase({ ...input, containerStatuses: [status('a', 'done'), status('b', 'done')] })).toBe(
      'Succeeded',
    )
    expect(podPhase({ ...input, containerStatuses: [status('a', 'done'), status('b', 'failed')] })).toBe(
      'Failed',
    )
  })

  test('init containers and sidecars hold it at Pending until they are through', () => {
    const withInit = spec({ initContainers: [{ name: 'i' }, { name: 's', restartPolicy: 'Always' }] })
    const of = (i: Shape, s: Shape, initialized: boolean): string =>
      podPhase({
        spec: withInit,
        terminating: false,
        initialized,
        initContainerStatuses: [status('i', i), status('s', s)],
        containerStatuses: [status('a', 'started'), status('b', 'started')],
      })
    expect(of('running', 'started', false)).toBe('Pending')
    expect(of('done', 'running', false)).toBe('Pending')
    expect(of('done', 'started', false)).toBe('Running')
    expect(of('done', 'running', true)).toBe('Running')
    expect(
      podPhase({
        spec: { ...withInit, restartPolicy: 'Never' },
        terminating: false,
        initialized: false,
        initContainerStatuses: [status('i', 'failed'), status('s', 'waiting')],
        containerStatuses: [status('a', 'waiting'), status('b', 'waiting')],
      }),
    ).toBe('Failed')
  })
})

describe('conditions', () => {
  test('ContainersReady names what lacks', () => {
    expect(containersReady(spec(), [status('a', 'started'), status('b', 'started')], 'Running')).toEqual({
      status: 'True',
    })
    expect(containersReady(spec(), [status('a', 'running')], 'Running')).toEqual({
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unknown status: [b], containers with unready status: [a]',
    })
    expect(containersReady(spec(), [], 'Pending')).toEqual({
      status: 'False',
      reason: 'UnknownContainerStatuses',
    })
    expect(containersReady(spec(), [status('a', 'done'), status('b', 'done')], 'Succeeded').reason).toBe(
      'PodCompleted',
    )
    expect(containersReady(spec(), [status('a', 'done'), status('b', 'failed')], 'Failed').reason).toBe(
      'PodFailed',
    )
  })

  test('Ready asks the readiness gates once the containers are ready', () => {
    const gated = spec({ readinessGates: [{ conditionType: 'x' }, { conditionType: 'y' }] })
    const known = [{ type: 'y', status: 'False' }]
    expect(podReady(gated, known, { status: 'True' })).toEqual({
      status: 'False',
      reason: 'ReadinessGatesNotReady',
      message:
        'corresponding condition of pod readiness gate "x" does not exist., the status of pod ' +
        'readiness gate "y" is not "True", but False',
    })
    expect(podReady(gated, known, { status: 'False', reason: 'ContainersNotReady' }).reason).toBe(
      'ContainersNotReady',
    )
  })

  test('Initialized stays True once an app container has started', () => {
    const withInit = spec({ initContainers: [{ name: 'i' }] })
    expect(
      podInitialized(withInit, [status('i', 'running'), status('a', 'waiting')], 'Pending').message,
    ).toBe('containers with incomplete status: [i]')
    expect(podInitialized(withInit, [status('i', 'running'), status('a', 'crashed')], 'Running')).toEqual({
      status: 'True',
    })
    expect(podInitialized(withInit, [], 'Pending').reason).toBe('UnknownContainerStatuses')
  })
})

describe('back-off', () => {
  test('the first restart is immediate, then 10 s, 20 s, 40 s, 80 s, 160 s, 5 min, 5 min', () => {
    let backOff: BackOff | undefined
    let now = 0
    const waits: number[] = []
    for (let restart = 0; restart < 8; restart++) {
      const failedAt = now + 1000
      now = backOffEnd(backOff, failedAt)
      waits.push((now - failedAt) / 1000)
      backOff = nextBackOff(backOff, failedAt, now)
    }
    expect(waits).toEqual([0, 10, 20, 40, 80, 160, 300, 300])
  })

  test('ten minutes without a failure forget it', () => {
    const backOff = { delay: 300_000, since: 0 }
    expect(backOffEnd(backOff, 600_000)).toBe(900_000)
    expect(backOffEnd(backOff, 600_001)).toBe(600_001)
    expect(nextBackOff(backOff, 600_001, 600_001)).toEqual({ delay: 10_000, since: 600_001 })
  })
})

describe('grace', () => {
  const pod = (metadata: object, terminationGracePeriodSeconds = 30): Pod =>
    ({ metadata, spec: { terminationGracePeriodSeconds } }) as Pod
  test('is that of the deletion, else that of the spec, and at least a second', () => {
    expect(effectiveGrace(pod({}))).toBe(30_000)
    expect(effectiveGrace(pod({ deletionTimestamp: 'x', deletionGracePeriodSeconds: 5 }))).toBe(5_000)
    expect(effectiveGrace(pod({ deletionTimestamp: 'x', deletionGracePeriodSeconds: 0 }))).toBe(1_000)
    expect(effectiveGrace(pod({ deletionTimestamp: 'x', deletionGracePeriodSeconds: 60 }), 7)).toBe(7_000)
  })

  test('at least two seconds are left for SIGTERM', () => {
    expect(remainingGrace(30_000, 10_000)).toBe(20_000)
    expect(remainingGrace(30_000, 29_000)).toBe(2_000)
    expect(remainingGrace(1_000, 0)).toBe(2_000)
  })
})

test("restart rules of a container come before its policy, and that before the pod's", () => {
  const container = partial<Container>({
    name: 'a',
    restartPolicy: 'Never',
    restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }],
  })
  expect(restartsAfter(container, spec({ restartPolicy: 'Always' }), 42)).toBe(true)
  expect(restartsAfter(container, spec({ restartPolicy: 'Always' }), 1)).toBe(false)
  expect(restartsAfter({ name: 'b' } as Container, spec({ restartPolicy: 'OnFailure' }), 1)).toBe(true)
  expect(restartsAfter({ name: 'b' } as Container, spec({ restartPolicy: 'OnFailure' }), 0)).toBe(false)
})

test.each([
  ['nginx', 'docker.io/library/nginx:latest'],
  ['nginx:1.27', 'docker.io/library/nginx:1.27'],
  ['bitnami/redis', 'docker.io/bitnami/redis:latest'],
  ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10'],
  ['localhost:5000/app', 'localhost:5000/app:latest'],
  ['localhost/app', 'localhost/app:latest'],
])('image %s is %s', (name, full) => {
  expect(fullImageName(name)).toBe(full)
  expect(imageDigest(name)).toMatch(/^[^@:]+(:\d+)?\/[^@:]+@sha256:[0-9a-f]{64}$/)
})

test('addresses are unique and inside the range, whatever is taken and given back', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30), { maxLength: 100 }), (picks) => {
      const pool = { last: 0, used: new Set<number>() }
      const taken: string[] = []
      for (const pick of picks) {
        if (pick % 3 === 0 && taken.length > 0)
          releaseIp(pool, taken.splice(pick % taken.length, 1)[0] as string)
        else {
          const ip = allocateIp(pool, '10.1.2.0/28')
          expect(ip === undefined).toBe(taken.length === 13)
          if (ip !== undefined) taken.push(ip)
        }
        expect(new Set(taken).size).toBe(taken.length)
        expect(taken.every((ip) => /^10\.1\.2\.([2-9]|1[0-4])$/.test(ip))).toBe(true)
      }
    }),
    { seed: 7 },
  )
  expect(poolRange('10.244.1.0/24')).toBe('10.244.1.1-10.244.1.254')
})

test('allocatable keeps 100Mi of memory and a tenth of the storage', () => {
  expect(allocatableOf({ cpu: '4', memory: '1Gi', 'ephemeral-storage': '1000', pods: '10' })).toEqual({
    cpu: '4',
    memory: '924Mi',
    'ephemeral-storage': '900',
    pods: '10',
  })
})

test('groups of a graceful shutdown', () => {
  expect(shutdownGroups(0, 0)).toEqual([])
  expect(shutdownGroups(30_000, 10_000)).toEqual([
    { priority: 0, period: 20 },
    { priority: 2_000_000_000, period: 10 },
  ])
})

test('texts by release', () => {
  expect(kubeletRelease('v1.35.2').created('c')).toBe('Container created')
  expect(kubeletRelease('v1.34.0').created('c')).toBe('Created container: c')
  expect(kubeletRelease('v1.34.0').started('c')).toBe('Started container c')
  expect(kubeletRelease('v1.35.0').present('i')).toBe(
    'Container image "i" already present on machine and can be accessed by the pod',
  )
  expect(kubeletRelease('v1.34.9').present('i')).toBe('Container image "i" already present on machine')
  expect(kubeletRelease('v1.13.7-gke.8').minor).toBe(13)
})
