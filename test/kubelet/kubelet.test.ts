import { describe, expect, test } from 'vitest'
import type { Pod } from '../../src/api/core/generated.js'
import { RECLAIM } from '../../src/kubelet/pods/pod-workers.js'
import { Lab, conditions } from './lab.js'

describe('a plain pod', () => {
  test('runs and is Ready one second after it was bound, in two status writes', () => {
    const lab = new Lab().settle()
    lab.create('web')
    const start = lab.sim.clock.now()
    lab.settle()
    const { status } = lab.pod('web')
    // and the three milliseconds by which the containers of its address start later than others
    expect(lab.sim.clock.now() - start).toBe(1003)
    expect(lab.writes).toEqual(['web Pending', 'web Running'])
    expect(status).toMatchObject({
      phase: 'Running',
      hostIP: '192.168.0.11',
      podIP: '10.244.1.2',
      podIPs: [{ ip: '10.244.1.2' }],
      qosClass: 'BestEffort',
      observedGeneration: 1,
      startTime: '2026-01-01T00:00:00Z',
    })
    expect(conditions(lab.pod('web'))).toEqual([
      'PodReadyToStartContainers=True',
      'Initialized=True',
      'Ready=True',
      'ContainersReady=True',
      'PodScheduled=True',
    ])
    expect(status.containerStatuses).toMatchObject([
      {
        name: 'c',
        image: 'docker.io/library/nginx:1.27',
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt: '2026-01-01T00:00:01Z' } },
        lastState: {},
      },
    ])
    expect(lab.events.filter((event) => event.startsWith('spec.'))).toEqual([
      'spec.containers{c} Normal Pulling: Pulling image "nginx:1.27"',
      expect.stringMatching(
        /Pulled: Successfully pulled image "nginx:1.27" in 400ms \(400ms including waiting\)\. Image size: \d+ bytes\.$/,
      ),
      'spec.containers{c} Normal Created: Container created',
      'spec.containers{c} Normal Started: Container started',
    ])
  })

  test('is shown as ContainerCreating first', () => {
    const lab = new Lab().settle()
    lab.create('web')
    lab.advance('100ms')
    const pod = lab.pod('web')
    expect(pod.status.phase).toBe('Pending')
    expect(conditions(pod)).toEqual([
      'PodReadyToStartContainers=False',
      'Initialized=True',
      'Ready=False ContainersNotReady',
      'ContainersReady=False ContainersNotReady',
      'PodScheduled=True',
    ])
    expect(pod.status.containerStatuses?.[0]).toMatchObject({
      state: { waiting: { reason: 'ContainerCreating' } },
      imageID: '',
      ready: false,
    })
  })

  test('stops on SIGTERM and is gone from the API', () => {
    const lab = new Lab().settle()
    lab.create('web')
    lab.settle()
    lab.client.delete('pods', { namespace: 'default', name: 'web' })
    expect(lab.find('web')).toBeDefined()
    const start = lab.sim.clock.now()
    lab.settle()
    expect(lab.find('web')).toBeUndefined()
    expect(lab.sim.clock.now() - start).toBe(200 + RECLAIM)
    // the deletion itself, its observation, the last status, and the kubelet's own deletion, which sets the
    // grace to 0 before the object goes
    expect(lab.writes.slice(2)).toEqual(['web Running', 'web Running', 'web Succeeded', 'web Succeeded'])
    expect(lab.eventsOf('Killing')).toEqual(['spec.containers{c} Normal Killing: Stopping container c'])
    expect([...lab.machine.pods()]).toEqual([])
  })

  test('addresses are handed out in order and used again only round the range', () => {
    const lab = new Lab().settle()
    for (const name of ['a', 'b']) lab.create(name)
    lab.settle()
    lab.client.delete('pods', { namespace: 'default', name: 'a' })
    lab.settle()
    lab.create('d')
    lab.settle()
    expect([lab.pod('b').status.podIP, lab.pod('d').status.podIP]).toEqual(['10.244.1.3', '10.244.1.4'])
  })
})

describe('termination', () => {
  test('is observed at once, ends the status, and the object goes half a second later', () => {
    const lab = new Lab().settle()
    lab.create('web')
    lab.settle()
    const begun = lab.sim.clock.now()
    const seen: unknown[] = []
    lab.sim.bus.on('write', ({ type, object }) => {
      const { metadata, status } = object as Pod
      const ready = status.conditions?.find((condition) => condition.type === 'Ready')
      const at = lab.sim.clock.now() - begun
      seen.push([at, type, metadata.generation, status.observedGeneration, status.phase, ready?.status])
    })
    lab.client.delete('pods', { namespace: 'default', name: 'web' })
    lab.settle()
    expect(seen).toEqual([
      [0, 'MODIFIED', 2, 1, 'Running', 'True'],
      [0, 'MODIFIED', 2, 2, 'Running', 'True'],
      [200, 'MODIFIED', 2, 2, 'Succeeded', 'False'],
      [200 + RECLAIM, 'MODIFIED', 2, 2, 'Succeeded', 'False'],
      [200 + RECLAIM, 'DELETED', 2, 2, 'Succeeded', 'False'],
    ])
  })

  test('of a pod that has nothing on the node yet is over at once', () => {
    const lab = new Lab().settle()
    lab.create('web', { nodeSelector: { none: 'x' } })
    lab.settle()
    lab.client.delete('pods', { namespace: 'default', name: 'web' })
    const start = lab.sim.clock.now()
    lab.settle()
    expect(lab.find('web')).toBeUndefined()
    expect(lab.sim.clock.now() - start).toBe(0)
  })

  test.each([
    {
      name: 'a container that ignores SIGTERM is killed at the end of its grace',
      behavior: { ignoresSigterm: true },
      spec: { terminationGracePeriodSeconds: 5 },
      time: 5000,
    },
    {
      name: 'a preStop sleep is deducted from the grace',
      behavior: { ignoresSigterm: true },
      spec: {
        terminationGracePeriodSeconds: 5,
        containers: [{ name: 'c', image: 'x', lifecycle: { preStop: { sleep: { seconds: 2 } } } }],
      },
      time: 5000,
    },
    {
      name: 'at least two seconds are left after a preStop hook',
      behavior: { ignoresSigterm: true },
      spec: {
        terminationGracePeriodSeconds: 5,
        containers: [
          { name: 'c', image: 'x', lifecycle: { preStop: { exec: { command: ['sh', '-c', 'sleep 9'] } } } },
        ],
      },
      time: 7000,
    },
  ])('$name', ({ behavior, spec, time }) => {
    const lab = new Lab({ machine: { behaviors: { 'default/web': behavior } } }).settle()
    lab.create('web', spec)
    lab.settle()
    lab.client.delete('pods', { namespace: 'default', name: 'web' })
    const start = lab.sim.clock.now()
    lab.settle()
    expect(lab.find('web')).toBeUndefined()
    expect(lab.sim.clock.now() - start).toBe(time + RECLAIM)
  })

  test('a forced deletion removes the object at once; the container gets two seconds', () => {
    const lab = new Lab({
      machine: { images: { nginx: { ignoresSigterm: true }, 'nginx:1.27': { ignoresSigterm: true } } },
    }).settle()
    lab.create('web')
    lab.settle()
    lab.client.delete('pods', { namespace: 'default', name: 'web' }, { gracePeriodSeconds: 0 })
    expect(lab.find('web')).toBeUndefined()
    lab.advance('1s')
    expect([...lab.machine.pods()]).toHaveLength(1)
    lab.settle()
    expect([...lab.machine.pods()]).toEqual([])
  })

  test('a pod that never started ends as Failed with a container that could not be located', () => {
    const lab = new Lab().settle()
    const ends: unknown[] = []
    lab.sim.bus.on('write', ({ type, object }) => {
      if (type === 'DELETED') ends.push((object as { status?: unknown }).status)
    })
    lab.create('web')
    lab.advance('100ms')
    lab.client.delete('pods', { namespace: 'default', name: 'web' })
    lab.settle()
    expect(ends).toMatchObject([
      {
        phase: 'Failed',
        containerStatuses: [
          {
            state: {
              terminated: {
                exitCode: 137,
                reason: 'ContainerStatusUnknown',
                message: 'The container could not be located when the pod was terminated',
              },
            },
          },
        ],
      },
    ])
  })

  test('sidecars are stopped after the app containers, the last first', () => {
    const lab = new Lab().settle()
    const sidecar = (name: string): object => ({ name, image: name, restartPolicy: 'Always' })
    lab.create('web', { initContainers: [sidecar('s1'), sidecar('s2')] })
    lab.settle()
    const uid = lab.pod('web').metadata.uid as string
    lab.client.delete('pods', { namespace: 'default', name: 'web' })
    const order: string[] = []
    while (lab.find('web')) {
      lab.advance('100ms')
      for (const { name, state } of lab.machine.pod(uid)?.containers ?? [])
        if (state === 'exited' && !order.includes(name)) order.push(name)
    }
    expect(order.slice(0, 2)).toEqual(['c', 's2'])
  })
})

describe('init containers', () => {
  test('run one after the other, each to its end; then the pod is Ready', () => {
    const lab = new Lab({
      machine: { images: { one: { exitAfter: 5000 }, two: { exitAfter: 7000 } } },
    }).settle()
    lab.create('web', {
      initContainers: [
        { name: 'one', image: 'one' },
        { name: 'two', image: 'two' },
      ],
    })
    lab.advance('3s')
    expect(conditions(lab.pod('web'))[1]).toBe('Initialized=False ContainersNotInitialized')
    expect(lab.pod('web').status).toMatchObject({
      phase: 'Pending',
      conditions: [
        {},
        { message: 'containers with incomplete status: [one two]' },
        { message: 'containers with unready status: [c]' },
        {},
        {},
      ],
      initContainerStatuses: [
        { state: { running: {} }, ready: false },
        { state: { waiting: { reason: 'PodInitializing' } } },
      ],
      containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }],
    })
    lab.settle()
    const { status } = lab.pod('web')
    expect(status.phase).toBe('Running')
    expect(status.initContainerStatuses).toMatchObject([
      { ready: true, started: false, state: { terminated: { exitCode: 0, reason: 'Completed' } } },
      { ready: true, started: false, state: { terminated: { exitCode: 0, reason: 'Completed' } } },
    ])
  })

  test('a failed one is tried again with back-off, or fails the pod when the policy is Never', () => {
    const images = { bad: { exitCode: 1 } }
    const lab = new Lab({ machine: { images } }).settle()
    lab.create('always', { initContainers: [{ name: 'bad', image: 'bad' }] })
    lab.create('never', { restartPolicy: 'Never', initContainers: [{ name: 'bad', image: 'bad' }] })
    lab.advance('5s')
    expect(lab.pod('never').status.phase).toBe('Failed')
    expect(lab.pod('always').status.phase).toBe('Pending')
    expect(lab.pod('always').status.initContainerStatuses).toMatchObject([
      { restartCount: 1, state: { waiting: { reason: 'CrashLoopBackOff' } } },
    ])
  })

  test('a sidecar lets the next one start as soon as it runs, and does not keep a finished pod alive', () => {
    const lab = new Lab({ machine: { images: { job: { exitAfter: 3000 } } } }).settle()
    lab.create('job', {
      restartPolicy: 'Never',
      initContainers: [{ name: 's', image: 'proxy', restartPolicy: 'Always' }],
      containers: [{ name: 'c', image: 'job' }],
    })
    lab.settle()
    expect(lab.pod('job').status.phase).toBe('Succeeded')
    expect(conditions(lab.pod('job'))).toEqual([
      'PodReadyToStartContainers=False',
      'Initialized=True PodCompleted',
      'Ready=False PodCompleted',
      'ContainersReady=False PodCompleted',
      'PodScheduled=True',
    ])
  })
})

describe('containers that end', () => {
  test(
    "crash loop: first restart at once, then after 10 s, 20 s, ... with kubelet's texts; settle() comes " +
      'to rest',
    () => {
      const lab = new Lab({ machine: { images: { bad: { exitCode: 1, exitAfter: 1000 } } } }).settle()
      lab.create('web', { containers: [{ name: 'c', image: 'bad' }] })
      lab.settle()
      lab.advance('4s')
      const { uid } = lab.pod('web').metadata
      const [status] = lab.pod('web').status.containerStatuses ?? []
      expect(lab.pod('web').status.phase).toBe('Running')
      expect(status).toMatchObject({
        restartCount: 1,
        ready: false,
        state: {
          waiting: {
            reason: 'CrashLoopBackOff',
            message: `back-off 10s restarting failed container=c pod=web_default(${uid})`,
          },
        },
        lastState: { terminated: { exitCode: 1, reason: 'Error' } },
      })
      expect(lab.eventsOf('BackOff')).toEqual([
        'spec.containers{c} Warning BackOff: Back-off restarting failed container c in pod ' +
          `web_default(${uid})`,
      ])
      lab.settle()
      lab.advance('10s')
      expect(lab.pod('web').status.containerStatuses?.[0]).toMatchObject({ restartCount: 2 })
      lab.advance('30m')
      expect(lab.pod('web').status.containerStatuses?.[0]?.state.waiting?.message).toContain('back-off 5m0s')
    },
  )

  test.each([
    { restartPolicy: 'Never', exitCode: 0, phase: 'Succeeded', restarts: 0 },
    { restartPolicy: 'Never', exitCode: 3, phase: 'Failed', restarts: 0 },
    { restartPolicy: 'OnFailure', exitCode: 0, phase: 'Succeeded', restarts: 0 },
    { restartPolicy: 'OnFailure', exitCode: 3, phase: 'Running', restarts: 1 },
    { restartPolicy: 'Always', exitCode: 0, phase: 'Running', restarts: 1 },
  ])('$restartPolicy and exit code $exitCode: $phase', ({ restartPolicy, exitCode, phase, restarts }) => {
    const lab = new Lab({ machine: { images: { job: { exitCode } } } }).settle()
    lab.create('job', { restartPolicy, containers: [{ name: 'c', image: 'job' }] })
    lab.settle()
    lab.advance('5s')
    expect(lab.pod('job').status.phase).toBe(phase)
    expect(lab.pod('job').status.containerStatuses?.[0]?.restartCount).toBe(restarts)
    expect(lab.pod('job').status.podIP).toBe('10.244.1.2')
  })

  test('an image that cannot be pulled: ErrImagePull, then ImagePullBackOff', () => {
    const lab = new Lab({ machine: { images: { 'gone:1': { pullError: 'not found' } } } }).settle()
    lab.create('web', { containers: [{ name: 'c', image: 'gone:1' }] })
    lab.settle()
    expect(lab.pod('web').status.containerStatuses?.[0]?.state.waiting).toEqual({
      reason: 'ErrImagePull',
      message: 'not found',
    })
    lab.advance('2s')
    expect(lab.pod('web').status.containerStatuses?.[0]?.state.waiting).toEqual({
      reason: 'ImagePullBackOff',
      message: 'Back-off pulling image "gone:1": ErrImagePull: not found',
    })
    expect(lab.pod('web').status.phase).toBe('Pending')
    lab.machine.defineBehavior('gone:1', {})
    lab.advance('15s')
    expect(lab.pod('web').status.phase).toBe('Running')
  })

  test.each([
    ['a crash loop', { image: 'bad' }, '10m', 'CrashLoopBackOff'],
    ['a pull', { image: 'gone:1' }, '10m', 'ImagePullBackOff'],
  ] as const)('%s: a new image is tried at once, other changes are not', (_, container, wait, reason) => {
    const images = { bad: { exitCode: 1, exitAfter: 1000 }, 'gone:1': { pullError: 'not found' } }
    const lab = new Lab({ machine: { images } }).settle()
    lab.create('web', { containers: [{ name: 'c', ...container }] })
    lab.advance(wait)
    const patch = (body: object): void =>
      void lab.client.patch('pods', { namespace: 'default', name: 'web' }, { type: 'strategic', body })
    const state = (): unknown => lab.pod('web').status.containerStatuses?.[0]?.state
    patch({ metadata: { annotations: { a: 'b' } } })
    lab.advance('3s')
    expect(state()).toMatchObject({ waiting: { reason } })
    patch({ spec: { containers: [{ name: 'c', image: 'nginx:2' }] } })
    lab.advance('3s')
    expect(state()).toMatchObject({ running: {} })
  })

  test('a fault of the configuration is tried again as soon as the pod changes', () => {
    const lab = new Lab().settle()
    const fieldRef = { apiVersion: 'v1', fieldPath: "metadata.annotations['dir']" }
    const env = [{ name: 'DIR', valueFrom: { fieldRef } }]
    const volumeMounts = [{ name: 'v', mountPath: '/v', subPathExpr: '$(DIR)' }]
    lab.create('web', {
      volumes: [{ name: 'v', emptyDir: {} }],
      containers: [{ name: 'c', image: 'nginx:1', env, volumeMounts }],
    })
    lab.advance('12s')
    expect(lab.pod('web').status.containerStatuses?.[0]?.state.waiting?.reason).toBe(
      'CreateContainerConfigError',
    )
    const body = { metadata: { annotations: { dir: 'a' } } }
    lab.client.patch('pods', { namespace: 'default', name: 'web' }, { type: 'merge', body })
    lab.advance('2s')
    expect(lab.pod('web').status.phase).toBe('Running')
  })

  test('activeDeadlineSeconds', () => {
    const lab = new Lab().settle()
    lab.create('web', { activeDeadlineSeconds: 60 })
    lab.advance('59s')
    expect(lab.pod('web').status.phase).toBe('Running')
    lab.advance('3s')
    expect(lab.pod('web').status).toMatchObject({
      phase: 'Failed',
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
    })
  })

  test('activeDeadlineSeconds fails a pod whose containers exit with 0 when they are stopped', () => {
    const lab = new Lab({ machine: { behaviors: { 'default/web': { stopExitCode: 0 } } } }).settle()
    lab.create('web', { activeDeadlineSeconds: 60 })
    lab.advance('62s')
    const { phase, reason, containerStatuses } = lab.pod('web').status
    expect(containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(0)
    expect({ phase, reason }).toEqual({ phase: 'Failed', reason: 'DeadlineExceeded' })
  })
})

describe('admission by the kubelet', () => {
  const request = (cpu: string): object => ({
    containers: [{ name: 'c', image: 'x', resources: { requests: { cpu } } }],
  })
  test('refuses what does not fit, and says so', () => {
    const lab = new Lab().settle()
    lab.create('a', request('3'))
    lab.create('b', request('2'))
    lab.create('elsewhere', { nodeSelector: { disk: 'ssd' } })
    lab.settle()
    expect(lab.pod('a').status.phase).toBe('Running')
    expect(lab.pod('b').status).toEqual({
      phase: 'Failed',
      reason: 'OutOfcpu',
      qosClass: 'Burstable',
      startTime: '2026-01-01T00:00:00Z',
      observedGeneration: 1,
      message:
        "Pod was rejected: Node didn't have enough resource: cpu, requested: 2000, used: 3000, " +
        'capacity: 4000',
    })
    expect(lab.pod('elsewhere').status.reason).toBe('NodeAffinity')
    expect(lab.eventsOf('NodeAffinity')).toEqual([
      "Pod Warning NodeAffinity: Predicate NodeAffinity failed: node(s) didn't match Pod's node " +
        'affinity/selector',
    ])
    lab.client.delete('pods', { namespace: 'default', name: 'a' })
    lab.settle()
    lab.create('c', request('4'))
    lab.settle()
    expect(lab.pod('c').status.phase).toBe('Running')
  })

  test.each<[string, object, string?]>([
    ['kernel/shm_rmid_forced', {}],
    ['kernel.msgmax', {}, 'forbidden sysctl: "kernel.msgmax" not allowlisted'],
    ['net/ipv4/tcp_rmem', {}],
    [
      'net.ipv4.tcp_rmem',
      { hostNetwork: true },
      'forbidden sysctl: "net.ipv4.tcp_rmem" not allowed with host net enabled',
    ],
    [
      'kernel.shm_rmid_forced',
      { hostIPC: true },
      'forbidden sysctl: "kernel.shm_rmid_forced" not allowed with host ipc enabled',
    ],
  ])('allows only safe kernel parameters of the pod itself: %s %j', (name, spec, fault) => {
    const lab = new Lab().settle()
    // the apiserver refuses parameters of a namespace that the pod shares
    lab.createStored('p', { ...spec, securityContext: { sysctls: [{ name, value: '1' }] } })
    const { phase, reason, message } = lab.settle().pod('p').status
    if (fault === undefined) expect(phase).toBe('Running')
    else
      expect({ phase, reason, message }).toEqual({
        phase: 'Failed',
        reason: 'SysctlForbidden',
        message: `Pod was rejected: ${fault}`,
      })
  })
})
