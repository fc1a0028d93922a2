import { describe, expect, test } from 'vitest'
import type { Pod } from '../../src/api/core/generated.js'
import { mayPull } from '../../src/kubelet/images/pull-secrets.js'
import { signalNumber } from '../../src/kubelet/lifecycle/container-stopper.js'
import { imageNameFault } from '../../src/api/core/pods/image-name.js'
import { RECLAIM } from '../../src/kubelet/pods/pod-workers.js'
import { Lab } from './lab.js'

const BUSYBOX = {
  name: 'c',
  image: 'busybox',
  args: ['sh', '-c', 'trap "exit 0" TERM; while true; do sleep 1; done'],
}

const base = new Lab().settle()

function lab(options?: ConstructorParameters<typeof Lab>[0]): Lab {
  return options ? new Lab(options).settle() : base.fork()
}

const state = (pod: Pod, at = 0): unknown => pod.status.containerStatuses?.[at]?.state

describe('postStart', () => {
  const withHook = (postStart: object): object => ({
    containers: [
      { ...BUSYBOX, lifecycle: { postStart } },
      { name: 'd', image: 'nginx' },
    ],
  })

  test('holds back what comes after it, and the pod shows nothing of it', () => {
    const of = lab()
    of.create('p', withHook({ exec: { command: ['sh', '-c', 'sleep 5; echo done > /proc/1/fd/1'] } }))
    of.advance('3s')
    expect(of.eventsOf('Started')).toHaveLength(1)
    expect([state(of.pod('p')), state(of.pod('p'), 1)]).toEqual([
      { waiting: { reason: 'ContainerCreating' } },
      { waiting: { reason: 'ContainerCreating' } },
    ])
    of.settle()
    expect(of.eventsOf('Started')).toHaveLength(2)
    expect(of.pod('p').status.phase).toBe('Running')
    expect(
      of.machine.pod(of.pod('p').metadata.uid as string)?.containers[0]?.log?.lines.map(({ text }) => text),
    ).toEqual(['done\n'])
  })

  test('that fails ends the container, with back-off', () => {
    const of = lab()
    of.create('p', withHook({ exec: { command: ['sh', '-c', 'echo out; echo bad >&2; exit 7'] } }))
    of.settle()
    expect(of.eventsOf('FailedPostStartHook')[0]).toBe(
      'spec.containers{c} Warning FailedPostStartHook: PostStartHook failed',
    )
    expect(of.eventsOf('Killing')[0]).toBe('spec.containers{c} Normal Killing: FailedPostStartHook')
    const {
      metadata: { uid },
      status: { containerStatuses = [] },
    } = of.pod('p')
    expect(containerStatuses[0]?.state.waiting?.reason).toBe('CrashLoopBackOff')
    expect(containerStatuses[0]?.lastState.terminated?.exitCode).toBe(0)
    expect(of.eventsOf('BackOff')[0]).toBe(
      `spec.containers{c} Warning BackOff: Back-off restarting failed container c in pod p_default(${uid})`,
    )
  })

  test.each([
    [
      { exec: { command: ['sh', '-c', 'echo out; echo bad >&2; exit 7'] } },
      /^Exec lifecycle hook \(\[sh -c echo out; echo bad >&2; exit 7\]\) for Container "c" in Pod "p_default\(.*\)" failed - error: command 'sh -c echo out; echo bad >&2; exit 7' exited with 7: bad\n, message: "out\\nbad\\n"$/,
    ],
    [
      { httpGet: { path: '/up', port: 99 } },
      /^HTTP lifecycle hook \(\/up\) for Container "c" in Pod "p_default\(.*\)" failed - error: Get "http:\/\/10\.244\.1\.2:99\/up": dial tcp 10\.244\.1\.2:99: connect: connection refused$/,
    ],
  ])('%j: what its failure says', (postStart, message) => {
    const of = lab()
    // a container that does not hear its signal takes its time to end, and shows why it has to
    of.create('p', { containers: [{ ...BUSYBOX, args: ['sleep', '1000'], lifecycle: { postStart } }] })
    of.advance('5s')
    of.sim.bus.on(
      'write',
      ({ object }) => void seen.push((object as Pod).status?.containerStatuses?.[0]?.state.waiting),
    )
    const seen: unknown[] = []
    of.advance('40s')
    expect(seen).toContainEqual({ reason: 'PostStartHookError', message: expect.stringMatching(message) })
  })
})

describe('preStop', () => {
  const times = (
    preStop: object,
    grace = 30,
    spec: object = {},
  ): { took: number; failed: number; code: number | undefined } => {
    const of = lab()
    of.create('p', {
      terminationGracePeriodSeconds: grace,
      restartPolicy: 'Never',
      containers: [{ ...BUSYBOX, lifecycle: { preStop }, ...spec }],
    })
    of.settle()
    let code: number | undefined
    of.sim.bus.on('write', ({ object }) => {
      code = (object as Pod).status?.containerStatuses?.[0]?.state.terminated?.exitCode ?? code
    })
    const begin = of.sim.clock.now()
    of.client.delete('pods', { namespace: 'default', name: 'p' })
    of.settle()
    expect(of.find('p')).toBeUndefined()
    const took = of.sim.clock.now() - begin - RECLAIM
    return { took, failed: of.eventsOf('FailedPreStopHook').length, code }
  }

  test.each([
    ['a sleep', { sleep: { seconds: 3 } }, 30, 3_000, 0, 0],
    ['a command', { exec: { command: ['sh', '-c', 'sleep 4'] } }, 30, 4_000, 0, 0],
    ['a command that fails', { exec: { command: ['false'] } }, 30, 0, 1, 0],
    ['a request that nobody answers', { httpGet: { path: '/', port: 1 } }, 30, 0, 1, 0],
    ['a hook longer than the grace period', { exec: { command: ['sleep', '100'] } }, 5, 5_000, 0, 0],
  ])('%s', (_, hook, grace, atLeast, failed, code) => {
    const result = times(hook, grace)
    expect(result).toMatchObject({ failed, code })
    expect(result.took).toBeGreaterThanOrEqual(atLeast)
    expect(result.took).toBeLessThan(atLeast + 1_500)
  })

  test('takes of the grace period, but two seconds are left', () => {
    const deaf = { args: ['sleep', '1000'] }
    expect(times({ sleep: { seconds: 4 } }, 10, deaf)).toMatchObject({ took: 10_000, code: 137 })
    expect(times({ sleep: { seconds: 9 } }, 10, deaf)).toMatchObject({ took: 11_000, code: 137 })
  })
})

test('the stop signal may be another one', () => {
  expect(['SIGTERM', 'SIGUSR1', 'SIGRTMIN+3', 'SIGRTMAX-1'].map(signalNumber)).toEqual([15, 10, 37, 63])
  const of = lab()
  const args = ['sh', '-c', 'trap "exit 5" USR1; while true; do sleep 1; done']
  const spec = {
    restartPolicy: 'Never',
    containers: [{ ...BUSYBOX, args, lifecycle: { stopSignal: 'SIGUSR1' } }],
    os: { name: 'linux' },
  }
  // the feature is off by default: the server drops the field from new pods
  of.create('q', spec)
  expect(of.pod('q').spec.containers[0]?.lifecycle).toBeUndefined()
  of.createStored('p', spec)
  of.settle()
  expect(of.pod('p').spec.containers[0]?.lifecycle).toEqual({ stopSignal: 'SIGUSR1' })
  const codes: unknown[] = []
  of.sim.bus.on(
    'write',
    ({ object }) =>
      void codes.push((object as Pod).status?.containerStatuses?.[0]?.state.terminated?.exitCode),
  )
  of.client.delete('pods', { namespace: 'default', name: 'p' })
  of.settle()
  expect(codes).toContain(5)
})

test('a program that handles SIGTERM takes its time too: who deletes a pod sees it terminating', () => {
  const of = lab()
  const args = ['sh', '-c', 'trap "exit 0" TERM; sleep 1000 & wait']
  of.create('p', { terminationGracePeriodSeconds: 0, containers: [{ ...BUSYBOX, args }] })
  of.settle()
  of.client.delete('pods', { namespace: 'default', name: 'p' }, { gracePeriodSeconds: 60 })
  of.advance('150ms')
  expect(of.pod('p').metadata).toMatchObject({ generation: 2, deletionGracePeriodSeconds: 60 })
  of.advance('100ms')
  expect(of.pod('p').status.phase).toBe('Succeeded')
  of.advance(RECLAIM)
  expect(of.find('p')).toBeUndefined()
})

test.each(['Never', 'Always'])('a new image ends the container and starts it anew (%s)', (restartPolicy) => {
  const of = lab()
  of.create('p', { restartPolicy, containers: [{ name: 'c', image: 'nginx:1' }] })
  of.settle()
  const ready: unknown[] = []
  of.sim.bus.on(
    'write',
    ({ object }) =>
      void ready.push((object as Pod).status?.conditions?.find(({ type }) => type === 'Ready')?.status),
  )
  of.client.patch(
    'pods',
    { namespace: 'default', name: 'p' },
    { type: 'strategic', body: { spec: { containers: [{ name: 'c', image: 'nginx:2' }] } } },
  )
  of.settle()
  expect(of.eventsOf('Killing')).toEqual([
    'spec.containers{c} Normal Killing: Container c definition changed, will be restarted',
  ])
  expect(of.pod('p').status.containerStatuses?.[0]).toMatchObject({
    image: 'docker.io/library/nginx:2',
    restartCount: 1,
    ready: true,
  })
  // one sync of the kubelet does both, so that no status tells of the end
  expect(ready).not.toContain('False')
})

test('ephemeral containers run beside the others, once, and are in the status', () => {
  const of = lab()
  of.create('p', {
    shareProcessNamespace: false,
    initContainers: [{ name: 'i', image: 'busybox', args: ['sleep', '1000'] }],
    containers: [{ name: 'c', image: 'nginx' }],
  })
  of.advance('5s')
  const pod = of.pod('p')
  const ephemeralContainers = [
    {
      name: 'debug',
      image: 'busybox',
      args: ['sh', '-c', 'echo hi; sleep 3; exit 4'],
      targetContainerName: 'c',
    },
  ]
  of.client.update(
    'pods',
    { ...pod, spec: { ...pod.spec, ephemeralContainers } },
    { subresource: 'ephemeralcontainers' },
  )
  of.advance('2s')
  expect(of.pod('p').status.ephemeralContainerStatuses?.[0]).toMatchObject({
    name: 'debug',
    ready: false,
    restartCount: 0,
    state: { running: {} },
  })
  expect(of.pod('p').status.ephemeralContainerStatuses?.[0]).not.toHaveProperty('started')
  expect(of.events.filter((event) => event.includes('ephemeral'))).toContain(
    'spec.ephemeralContainers{debug} Normal Started: Container started',
  )
  of.advance('10m')
  expect(of.pod('p').status.ephemeralContainerStatuses?.[0]).toMatchObject({
    restartCount: 0,
    state: { terminated: { exitCode: 4, reason: 'Error' } },
  })
  expect(of.pod('p').status.phase).toBe('Pending')
})

describe('images', () => {
  test.each([
    ['nginx:1.27', undefined],
    ['registry.example.com:5000/a/b@sha256:' + 'a'.repeat(64), undefined],
    ['Nginx', 'invalid reference format: repository name (library/Nginx) must be lowercase'],
    ['nginx:', 'invalid reference format'],
    [
      'a'.repeat(64),
      `invalid repository name (${'a'.repeat(64)}), cannot specify 64-byte hexadecimal strings`,
    ],
    ['nginx:bad tag', 'invalid reference format'],
  ])('%s', (image, fault) => expect(imageNameFault(image)).toBe(fault))

  test('a name that is none', () => {
    const of = lab()
    of.create('p', { containers: [{ name: 'c', image: 'Nginx' }] })
    of.settle()
    const message =
      'Failed to apply default image tag "Nginx": couldn\'t parse image name "Nginx": invalid ' +
      'reference format: repository name (library/Nginx) must be lowercase'
    expect(state(of.pod('p'))).toEqual({ waiting: { reason: 'InvalidImageName', message } })
    expect(of.events.filter((event) => event.startsWith('spec.'))).toEqual([
      `spec.containers{c} Warning InspectFailed: ${message}`,
      'spec.containers{c} Warning Failed: Error: InvalidImageName',
    ])
  })

  test('credentials are for a host, a part of a domain, or a path', () => {
    expect(
      [['docker.io'], ['index.docker.io'], ['quay.io']].map((known) =>
        mayPull(known, 'docker.io/team/app:1'),
      ),
    ).toEqual([true, true, false])
    expect(
      [['*.example.com'], ['reg.example.com/team'], ['reg.example.com/other']].map((known) =>
        mayPull(known, 'reg.example.com/team/app:1'),
      ),
    ).toEqual([true, true, false])
  })

  test('a private image needs a pull secret, also where it is present already', () => {
    const of = lab({ machine: { images: { 'reg.example.com/team/app:1': { isPrivate: true } } } })
    const spec = { containers: [{ name: 'c', image: 'reg.example.com/team/app:1' }] }
    of.create('p', { ...spec, imagePullSecrets: [{ name: 'creds' }] })
    of.settle()
    const denied =
      'rpc error: code = Unknown desc = failed to pull and unpack image "reg.example.com/team/app:1": ' +
      'failed to resolve reference "reg.example.com/team/app:1": ' +
      'unexpected status from HEAD request to https://reg.example.com/v2/team/app/manifests/1: 401 ' +
      'Unauthorized'
    expect(state(of.pod('p'))).toEqual({ waiting: { reason: 'ErrImagePull', message: denied } })
    expect(of.eventsOf('FailedToRetrieveImagePullSecret')[0]).toBe(
      'Pod Warning FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets ' +
        '(creds); attempting to pull the image may not succeed.',
    )
    const config = JSON.stringify({ auths: { 'https://reg.example.com/v1/': { auth: 'eDp5' } } })
    of.client.create('secrets', {
      metadata: { name: 'creds', namespace: 'default' },
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': btoa(config) },
    })
    of.advance('1m')
    expect(of.pod('p').status.phase).toBe('Running')
    of.create('q', spec)
    of.settle()
    expect(state(of.pod('q'))).toEqual({ waiting: { reason: 'ErrImagePull', message: denied } })
    expect(of.machine.image('reg.example.com/team/app:1')?.state).toBe('present')
  })
})
