import { describe, expect, test } from 'vitest'
import type { Pod } from '../../src/api/core/generated.js'
import type { ContainerInput } from '../../src/api/core/inputs.js'
import { defineImage } from '../../src/kubelet/index.js'
import { nextProbe } from '../../src/kubelet/prober/probe-state.js'
import { stateFromJson, stateToJson } from '../../src/sim/state.js'
import { Lab, conditions } from './lab.js'

/**
 * Answers on 8080 with the status in its file /status, on /slow late, on /away elsewhere; gRPC says what
 * /health holds.
 */
const APP = defineImage<{ status: number; health: string }>({
  name: 'app',
  ports: [8080],
  behavior: {
    start: () => ({ state: { status: 200, health: 'SERVING' } }),
    request: (state, { path }) => {
      if (path === '/slow') return { response: { status: 200, body: 'ok', delay: 5_000 } }
      if (path === '/late') return { response: { status: 200, body: 'ok', delay: 700 } }
      if (path === '/away')
        return { response: { status: 302, headers: { location: 'http://elsewhere/' }, body: 'gone' } }
      if (path === '/moved') return { response: { status: 301, headers: { location: '/' }, body: '' } }
      if (path === '/dead') return {}
      if (path?.startsWith('/grpc')) return { response: { status: 200, body: state.health } }
      return { response: { status: state.status, body: 'ok' } }
    },
    exec: (state, [command = '', value = '']) =>
      command === 'set'
        ? { state: { ...state, status: Number(value) }, exitCode: 0 }
        : command === 'health'
          ? { state: { ...state, health: value }, exitCode: 0 }
          : undefined,
  },
})

const base = new Lab({ machine: { images: { app: APP } } }).settle()

function lab(): Lab {
  return base.fork()
}

function podWith(container: object, spec: object = {}): object {
  return { containers: [{ name: 'c', image: 'app', ...container }], ...spec }
}

/** Runs a command that the image answers. */
function exec(of: Lab, ...words: readonly string[]): void {
  of.machine.runTask(of.pod('p').metadata.uid as string, 'c', 'test', words)
}

function status(pod: Pod, at = 0): string {
  const { ready, started, restartCount, state } = pod.status.containerStatuses?.[at] ?? {}
  return `${Object.keys(state ?? {}).join()} ready=${ready} started=${started} restarts=${restartCount}`
}

describe('what a probe says', () => {
  const http = (path: string, port: number | string = 8080): object => ({ httpGet: { path, port } })
  const cases: readonly (readonly [string, object, string | undefined])[] = [
    ['200', http('/'), undefined],
    ['a redirect on the same host', http('/moved'), undefined],
    ['an answer in time', http('/late'), undefined],
    [
      'nobody listens',
      http('/', 81),
      'Readiness probe failed: Get "http://10.244.1.2:81/": dial tcp 10.244.1.2:81: connect: ' +
        'connection refused',
    ],
    [
      'a late answer',
      http('/slow'),
      'Readiness probe failed: Get "http://10.244.1.2:8080/slow": context deadline exceeded ' +
        '(Client.Timeout exceeded while awaiting headers)',
    ],
    ['a closed connection', http('/dead'), 'Readiness probe failed: Get "http://10.244.1.2:8080/dead": EOF'],
    [
      'a port that there is not',
      http('/', 'web'),
      'Readiness probe errored and resulted in unknown state: strconv.Atoi: parsing "web": invalid syntax',
    ],
    ['TCP', { tcpSocket: { port: 8080 } }, undefined],
    [
      'TCP, nobody',
      { tcpSocket: { port: 82 } },
      'Readiness probe failed: dial tcp 10.244.1.2:82: connect: connection refused',
    ],
    ['gRPC', { grpc: { port: 8080 } }, undefined],
    [
      'gRPC, nobody',
      { grpc: { port: 82 } },
      'Readiness probe failed: timeout: failed to connect service "10.244.1.2:82" within 1s: context ' +
        'deadline exceeded',
    ],
    ['a command', { exec: { command: ['true'] } }, undefined],
    [
      'a command that fails',
      { exec: { command: ['sh', '-c', 'echo no; echo why >&2; exit 3'] } },
      'Readiness probe failed: no\nwhy\n',
    ],
    [
      'a file',
      { exec: { command: ['cat', '/tmp/healthy'] } },
      "Readiness probe failed: cat: can't open '/tmp/healthy': No such file or directory\n",
    ],
    [
      'a slow command',
      { exec: { command: ['sleep', '5'] } },
      'Readiness probe failed: command timed out: "sleep 5" timed out after 1s',
    ],
  ]
  test.each(cases)('%s', (_, probe, text) => {
    const of = lab()
    of.create('p', podWith({ readinessProbe: probe }))
    of.settle()
    expect(of.eventsOf('Unhealthy')[0]).toBe(text && `spec.containers{c} Warning Unhealthy: ${text}`)
    expect(status(of.pod('p'))).toBe(`running ready=${text === undefined} started=true restarts=0`)
  })

  test('a redirect that leads away succeeds with a warning; a health that is not SERVING fails', () => {
    const of = lab()
    of.create('p', podWith({ readinessProbe: http('/away') }))
    of.create(
      'q',
      podWith({ readinessProbe: http('/missing', 'web'), ports: [{ name: 'web', containerPort: 8080 }] }),
    )
    of.settle()
    expect(of.eventsOf('ProbeWarning')[0]).toContain(
      'Readiness probe warning: Probe terminated redirects, Response body: gone',
    )
    expect([of.pod('p'), of.pod('q')].map((pod) => pod.status.containerStatuses?.[0]?.ready)).toEqual([
      true,
      true,
    ])
  })

  test('an older kubelet has other words for a probe that cannot be made', () => {
    const of = new Lab({ kubelet: { kubeletVersion: 'v1.33.1' }, machine: { images: { app: APP } } }).settle()
    of.create('p', podWith({ readinessProbe: http('/', 'web') }))
    expect(of.settle().eventsOf('Unhealthy')[0]).toContain(
      'Readiness probe errored: strconv.Atoi: parsing "web": invalid syntax',
    )
  })
})

test("probes come at the ticks of the pod's own clock, after the initial delay", () => {
  expect(nextProbe({}, 400, 1_200, 1_200)).toBe(10_400)
  expect(nextProbe({ periodSeconds: 3 }, 400, 1_200, 1_200)).toBe(3_400)
  expect(nextProbe({ initialDelaySeconds: 12 }, 400, 1_200, 1_200)).toBe(20_400)
  expect(nextProbe({ periodSeconds: 5 }, 1_200, 1_200, 1_200)).toBe(1_200)
})

test('readiness follows the answers by its thresholds; the pod is probed on', () => {
  const of = lab()
  of.create(
    'p',
    podWith({
      readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 5, successThreshold: 2 },
    }),
  )
  of.settle()
  expect(status(of.pod('p'))).toBe('running ready=true started=true restarts=0')
  expect(of.writes).toEqual(['p Pending', 'p Running', 'p Running'])
  exec(of, 'set', '500')
  of.advance('11s')
  expect(conditions(of.pod('p'))).toContain('Ready=True')
  of.advance('5s')
  expect(conditions(of.pod('p'))).toContain('Ready=False ContainersNotReady')
  expect(of.eventsOf('Unhealthy')).toEqual(
    Array(3).fill(
      'spec.containers{c} Warning Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 500',
    ),
  )
  exec(of, 'set', '200')
  of.advance('6s')
  expect(status(of.pod('p'))).toContain('ready=false')
  of.advance('5s')
  expect(status(of.pod('p'))).toBe('running ready=true started=true restarts=0')
})

test('the documented example: a container whose file goes away is restarted by its liveness probe', () => {
  const of = lab()
  of.create(
    'p',
    podWith({
      image: 'busybox',
      args: ['/bin/sh', '-c', 'touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600'],
      livenessProbe: { exec: { command: ['cat', '/tmp/healthy'] }, initialDelaySeconds: 5, periodSeconds: 5 },
    }),
  )
  of.settle().advance('47s')
  const unhealthy =
    "spec.containers{c} Warning Unhealthy: Liveness probe failed: cat: can't open '/tmp/healthy': No " +
    'such file or directory\n'
  expect(of.eventsOf('Unhealthy')).toEqual([unhealthy, unhealthy, unhealthy])
  expect(of.eventsOf('Killing')).toEqual([
    'spec.containers{c} Normal Killing: Container c failed liveness probe, will be restarted',
  ])
  of.advance('31s')
  // a shell that traps nothing does not see SIGTERM
  expect(of.pod('p').status.containerStatuses?.[0]?.lastState.terminated).toMatchObject({
    exitCode: 137,
    reason: 'Error',
  })
  expect(status(of.pod('p'))).toBe('running ready=true started=true restarts=1')
})

test('restarts by a liveness probe back off only when they follow each other fast', () => {
  const of = lab()
  of.create(
    'p',
    podWith({
      image: 'nginx',
      livenessProbe: {
        httpGet: { path: '/no', port: 80 },
        periodSeconds: 1,
        failureThreshold: 2,
        terminationGracePeriodSeconds: 3,
      },
    }),
  )
  of.settle().advance('10s')
  const { state, lastState } = of.pod('p').status.containerStatuses?.[0] ?? {}
  expect(state?.waiting).toEqual({
    reason: 'CrashLoopBackOff',
    message: expect.stringMatching(/^back-off 10s restarting failed container=c pod=p_default\(/),
  })
  expect(lastState?.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' })
  // the first two restarts are at once: nothing had failed before the first, and that was the first failure
  // for the second
  expect(of.pod('p').status.containerStatuses?.[0]?.restartCount).toBe(2)
})

test('with restartPolicy Never what fails its liveness probe is ended for good', () => {
  const of = lab()
  of.create(
    'p',
    podWith(
      { livenessProbe: { tcpSocket: { port: 1 }, periodSeconds: 1, failureThreshold: 1 } },
      { restartPolicy: 'Never' },
    ),
  )
  of.settle().advance('5s')
  expect(of.eventsOf('Killing')).toEqual([
    'spec.containers{c} Normal Killing: Container c failed liveness probe',
  ])
  expect(of.pod('p').status.phase).toBe('Failed')
})

describe('startup', () => {
  const startupProbe = { exec: { command: ['test', '-e', '/ready'] }, periodSeconds: 2, failureThreshold: 5 }

  test('the other probes wait for it, and so does settle()', () => {
    const of = lab()
    of.create(
      'p',
      podWith({
        image: 'busybox',
        args: ['sh', '-c', 'sleep 5; touch /ready; sleep 1000'],
        startupProbe,
        livenessProbe: { exec: { command: ['test', '-e', '/ready'] }, periodSeconds: 1 },
        readinessProbe: { exec: { command: ['true'] } },
      }),
    )
    of.advance('3s')
    expect(status(of.pod('p'))).toBe('running ready=false started=false restarts=0')
    of.settle()
    expect(status(of.pod('p'))).toBe('running ready=true started=true restarts=0')
    expect(of.eventsOf('Unhealthy').every((event) => event.includes('Startup probe failed: '))).toBe(true)
    of.advance('1m')
    expect(of.eventsOf('Killing')).toEqual([])
  })

  test('what never starts is restarted with back-off, and settle() ends', () => {
    const of = lab()
    of.create('p', podWith({ startupProbe: { ...startupProbe, failureThreshold: 100, periodSeconds: 10 } }))
    of.settle()
    expect(of.eventsOf('Killing')[0]).toBe(
      'spec.containers{c} Normal Killing: Container c failed startup probe, will be restarted',
    )
    expect(status(of.pod('p'))).toMatch(/^running ready=false started=false restarts=[1-3]$/)
  })
})

test(
  'a sidecar lets the next container start when its startup probe has succeeded, and is restarted by ' +
    'itself',
  () => {
    const of = lab()
    const side = {
      name: 's',
      image: 'app',
      restartPolicy: 'Always',
      startupProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 4, initialDelaySeconds: 3 },
    }
    of.create('p', {
      initContainers: [
        { ...side, livenessProbe: { tcpSocket: { port: 1 }, periodSeconds: 60, failureThreshold: 1 } },
      ],
      containers: [{ name: 'c', image: 'app' }],
    })
    of.advance('3500ms')
    expect([
      of.pod('p').status.phase,
      of.pod('p').status.initContainerStatuses?.[0]?.started,
      status(of.pod('p')),
    ]).toEqual(['Pending', false, 'waiting ready=false started=false restarts=0'])
    of.settle()
    expect(status(of.pod('p'))).toBe('running ready=true started=true restarts=0')
    of.advance('62s')
    expect(of.eventsOf('Killing')).toEqual([
      'spec.initContainers{s} Normal Killing: Init container s failed liveness probe',
    ])
    expect(of.pod('p').status.initContainerStatuses?.[0]?.restartCount).toBe(1)
    expect(status(of.pod('p'))).toBe('running ready=true started=true restarts=0')
  },
)

test('in a pod that is being stopped readiness is probed on, and liveness is not', () => {
  const of = lab()
  const hook = { lifecycle: { preStop: { sleep: { seconds: 20 } } } }
  of.create(
    'p',
    podWith({
      ...hook,
      readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1, failureThreshold: 1 },
      livenessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1, failureThreshold: 1 },
    }),
  )
  of.settle()
  of.client.delete('pods', { namespace: 'default', name: 'p' })
  of.advance('1s')
  exec(of, 'set', '500')
  of.advance('3s')
  expect(of.eventsOf('Unhealthy').every((event) => event.includes('Readiness'))).toBe(true)
  expect(of.eventsOf('Unhealthy').length).toBeGreaterThan(1)
  expect(conditions(of.pod('p'))).toContain('Ready=False ContainersNotReady')
  expect(of.settle().find('p')).toBeUndefined()
})

test('a fork in the middle of a probe has the same future', () => {
  const of = lab()
  of.create(
    'p',
    podWith({
      image: 'busybox',
      args: ['sleep', '1000'],
      readinessProbe: {
        exec: { command: ['sh', '-c', 'sleep 2; test -e /x'] },
        timeoutSeconds: 5,
        periodSeconds: 4,
      },
    } satisfies Partial<ContainerInput>),
  )
  of.advance('2500ms')
  const copy = of.fork((state) => stateFromJson(JSON.parse(JSON.stringify(stateToJson(state)))))
  for (const one of [of, copy]) one.advance('30s')
  expect(of.eventsOf('Unhealthy').length).toBeGreaterThan(4)
  expect(copy.eventsOf('Unhealthy')).toEqual(of.eventsOf('Unhealthy'))
  expect(copy.pod('p')).toEqual(of.pod('p'))
})

test('probes whose answer cannot change cost nothing', () => {
  const of = lab()
  const probe = { httpGet: { path: '/', port: 80 } }
  of.create(
    'p',
    podWith({
      image: 'nginx',
      readinessProbe: probe,
      livenessProbe: { ...probe, periodSeconds: 1 },
      startupProbe: probe,
    }),
  )
  of.settle().advance('2s')
  const timers = JSON.stringify(of.sim.state())
  expect(timers).not.toMatch(/"topic":"probes"/)
  expect(status(of.pod('p'))).toBe('running ready=true started=true restarts=0')
})
