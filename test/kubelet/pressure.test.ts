import { describe, expect, test } from 'vitest'
import type { Pod } from '../../src/api/core/generated.js'
import { binaryQuantity } from '../../src/kubelet/node/eviction.js'
import { Lab, conditions } from './lab.js'

const MI = 1024 * 1024
const GI = 1024 * MI
/** Processes that do not handle SIGTERM, so that their eviction shows in the pod's phase. */
const unhandled = { stopExitCode: 143 }
const machine = { images: { nginx: unhandled, 'nginx:1.27': unhandled } }
const base = new Lab({
  machine,
  kubelet: { capacity: { memory: '4Gi', 'ephemeral-storage': '20Gi' } },
}).settle()

/** A node of 4Gi memory and 20Gi disk with pods that use what is said. */
function labWith(
  pods: Readonly<
    Record<string, { readonly memory?: number; readonly storage?: number; readonly spec?: object }>
  >,
): Lab {
  const of = base.fork()
  for (const [name, { spec = {} }] of Object.entries(pods)) of.create(name, spec)
  of.settle()
  for (const [name, { memory, storage }] of Object.entries(pods))
    use(of, name, {
      ...(memory === undefined ? {} : { memory }),
      ...(storage === undefined ? {} : { storage }),
    })
  return of
}

function use(
  of: Lab,
  pod: string,
  usage: { readonly memory?: number; readonly storage?: number; readonly cpu?: number } | undefined,
): boolean {
  return of.machine.setUsage(of.pod(pod).metadata.uid as string, 'c', usage)
}

const container = (requests: object, limits?: object): object => ({
  containers: [{ name: 'c', image: 'nginx', resources: { requests, ...(limits ? { limits } : {}) } }],
})
const condition = (of: Lab, type: string): string | undefined =>
  of.node().status.conditions?.find((one) => one.type === type)?.status

describe('usage', () => {
  test('is a little by default, what the image says, or what was set; and ends with the container', () => {
    const of = new Lab({ machine: { images: { busy: { cpu: 0.5, memory: 64 * MI } } } }).settle()
    of.create('p', {
      containers: [
        { name: 'c', image: 'busy' },
        { name: 'd', image: 'nginx', resources: { limits: { memory: '10Mi' } } },
      ],
    })
    of.settle()
    const uid = of.pod('p').metadata.uid as string
    expect(Object.fromEntries(of.machine.usage(uid))).toMatchObject({
      c: { cpu: 0.5, memory: 64 * MI, storage: 0 },
      d: { cpu: 0.001, memory: 5 * MI },
    })
    expect(use(of, 'p', { cpu: 2 })).toBe(true)
    expect(of.machine.usage(uid).get('c')).toMatchObject({ cpu: 2, memory: 64 * MI })
    use(of, 'p', undefined)
    expect(of.machine.usage(uid).get('c')).toMatchObject({ cpu: 0.5 })
  })

  test('more memory than the limit ends the container, at once or from the start', () => {
    const of = labWith({ p: { memory: 20 * MI, spec: container({}, { memory: '16Mi' }) } })
    of.settle()
    expect(of.pod('p').status.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
    })
    const hog = new Lab({ machine: { images: { hog: { memory: GI } } } }).settle()
    hog.create('p', {
      restartPolicy: 'Never',
      containers: [
        { name: 'c', image: 'hog', resources: { limits: { memory: '1Gi' } } },
        { name: 'd', image: 'hog', resources: { limits: { memory: '1023Mi' } } },
      ],
    })
    hog.settle()
    expect(
      hog.pod('p').status.containerStatuses?.map(({ state }) => state.terminated?.reason ?? 'runs'),
    ).toEqual(['runs', 'OOMKilled'])
  })
})

describe('memory', () => {
  test('the pod that exceeds its request goes first, then the lower priority, then the larger excess', () => {
    const of = labWith({
      modest: { memory: 500 * MI, spec: container({ memory: '1Gi' }) },
      greedy: { memory: 2 * GI, spec: container({ memory: '1Gi' }) },
      besteffort: { memory: 1497 * MI },
    })
    of.advance('11s')
    const message =
      'The node was low on resource: memory. Threshold quantity: 100Mi, available: 51Mi. Container c ' +
      'was using 1497Mi, request is 0, has larger consumption of memory. '
    expect(of.eventsOf('EvictionThresholdMet')).toEqual([
      'Node Warning EvictionThresholdMet: Attempting to reclaim memory',
    ])
    expect(of.eventsOf('Evicted')).toEqual([`Pod Warning Evicted: ${message}`])
    expect(of.pod('besteffort').status).toMatchObject({ phase: 'Failed', reason: 'Evicted', message })
    expect(of.pod('besteffort').status.conditions?.[0]).toMatchObject({
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'TerminationByKubelet',
      message,
    })
    expect(conditions(of.pod('besteffort'))).toContain('Ready=False PodFailed')
    expect([of.pod('modest'), of.pod('greedy')].map(({ status }) => status.phase)).toEqual([
      'Running',
      'Running',
    ])
    expect(of.node().status.conditions?.[0]).toMatchObject({
      type: 'MemoryPressure',
      status: 'True',
      reason: 'KubeletHasInsufficientMemory',
      message: 'kubelet has insufficient memory available',
    })
    expect(of.eventsOf('NodeHasInsufficientMemory')).toHaveLength(1)
    // the condition stays for the transition period, and keeps out what has no requests
    of.create('late')
    of.create('paid', container({ memory: '10Mi' }))
    of.settle()
    expect(of.pod('late').status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'Pod was rejected: The node had condition: [MemoryPressure]. ',
    })
    expect(of.pod('paid').status.phase).toBe('Running')
    of.advance('4m')
    expect(condition(of, 'MemoryPressure')).toBe('True')
    of.advance('80s')
    expect(condition(of, 'MemoryPressure')).toBe('False')
    expect(of.eventsOf('NodeHasSufficientMemory')).toHaveLength(1)
  })

  test('a pod that ends well while it is evicted has succeeded, and does not say why it ended', () => {
    const of = new Lab({ kubelet: { capacity: { memory: '4Gi' } } }).settle()
    of.create('p', container({ memory: '1Gi' }))
    of.settle()
    use(of, 'p', { memory: 4000 * MI })
    of.advance('15s')
    expect(of.eventsOf('Evicted')).toHaveLength(1)
    const { phase, reason, message } = of.pod('p').status
    expect({ phase, reason, message }).toEqual({ phase: 'Succeeded', reason: undefined, message: undefined })
    expect(conditions(of.pod('p'))).toContain('DisruptionTarget=True TerminationByKubelet')
  })

  test('before v1.27, a pod that is evicted has failed however it ends', () => {
    const of = new Lab({ version: 'v1.26', kubelet: { capacity: { memory: '4Gi' } } }).settle()
    of.create('p', container({ memory: '1Gi' }))
    of.settle()
    use(of, 'p', { memory: 4000 * MI })
    of.advance('15s')
    const { phase, reason } = of.pod('p').status
    expect({ phase, reason }).toEqual({ phase: 'Failed', reason: 'Evicted' })
  })

  test('critical pods are never evicted; one goes after the other until there is enough', () => {
    const of = base.fork()
    of.client.create('priorityclasses', { metadata: { name: 'vip' }, value: 1000 })
    of.create('low', {})
    of.create('vip', { priorityClassName: 'vip' })
    of.create('system', { priorityClassName: 'system-node-critical' })
    of.settle()
    for (const name of ['low', 'vip', 'system']) use(of, name, { memory: 1500 * MI })
    of.machine.setSystemUsage({ memory: 2 * GI })
    of.advance('15s')
    expect(['low', 'vip', 'system'].map((name) => of.pod(name).status.phase)).toEqual([
      'Failed',
      'Failed',
      'Running',
    ])
  })

  test('a soft threshold waits for its grace period, and grants pods theirs', () => {
    const of = new Lab({
      kubelet: {
        capacity: { memory: '4Gi' },
        evictionSoft: { 'memory.available': '1Gi' },
        evictionSoftGracePeriod: { 'memory.available': 60_000 },
        evictionMaxPodGracePeriod: 20,
      },
    }).settle()
    of.create('p', { containers: [{ name: 'c', image: 'busybox', args: ['sleep', '1000'] }] })
    of.settle()
    use(of, 'p', { memory: 3500 * MI })
    of.advance('50s')
    expect([condition(of, 'MemoryPressure'), of.eventsOf('Evicted').length]).toEqual(['True', 0])
    of.advance('30s')
    expect(of.eventsOf('Evicted')).toHaveLength(1)
    expect(of.pod('p').status.phase).toBe('Running')
    of.advance('20s')
    expect(of.pod('p').status.phase).toBe('Failed')
  })
})

describe('disk', () => {
  test('unused images go first', () => {
    const of = labWith({ p: { spec: { containers: [{ name: 'c', image: 'httpd' }] } }, q: {} })
    of.client.delete('pods', { namespace: 'default', name: 'p' })
    of.settle()
    const images = [...of.machine.images()].reduce((sum, { size }) => sum + size, 0)
    // 15% of the disk are to be left for images
    of.machine.setSystemUsage({ storage: 20 * GI - images - 3 * GI + 5_000_000 })
    of.advance('11s')
    expect(of.eventsOf('EvictionThresholdMet')).toEqual([
      'Node Warning EvictionThresholdMet: Attempting to reclaim ephemeral-storage',
    ])
    expect([...of.machine.images()].map(({ name }) => name)).toEqual(['docker.io/library/nginx:1.27'])
    expect([of.eventsOf('Evicted').length, of.pod('q').status.phase, condition(of, 'DiskPressure')]).toEqual([
      0,
      'Running',
      'True',
    ])
  })

  test('pods go by what they use beyond their requests', () => {
    const of = labWith({
      p: { storage: 19 * GI, spec: container({ 'ephemeral-storage': '1Gi' }) },
      q: { storage: 100 * MI },
    })
    of.advance('11s')
    expect(of.eventsOf('Evicted')[0]).toMatch(
      /^Pod Warning Evicted: The node was low on resource: ephemeral-storage\. Threshold quantity: 2Gi, available: \d+\w*\. Container c was using \d+, request is 1Gi, has larger consumption of ephemeral-storage\. $/,
    )
    expect([of.pod('p').status.phase, of.pod('q').status.phase, condition(of, 'DiskPressure')]).toEqual([
      'Failed',
      'Running',
      'True',
    ])
    of.create('paid', container({ memory: '10Mi' }))
    of.settle()
    expect(of.pod('paid').status.message).toBe('Pod was rejected: The node had condition: [DiskPressure]. ')
  })

  test.each([
    [
      'a container over its limit',
      {
        spec: {
          containers: [
            { name: 'c', image: 'nginx', resources: { limits: { 'ephemeral-storage': '1Gi' } } },
            { name: 'd', image: 'nginx', resources: { limits: { 'ephemeral-storage': '5Gi' } } },
          ],
        },
        storage: 2 * GI,
      },
      'Container c exceeded its local ephemeral storage limit "1Gi". ',
    ],
    [
      'a pod over the limits of its containers',
      { spec: container({}, { 'ephemeral-storage': '1Gi' }), storage: 2 * GI },
      'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. ',
    ],
    [
      'an emptyDir over its limit',
      {
        spec: {
          volumes: [{ name: 'v', emptyDir: { sizeLimit: '1Ki' } }],
          containers: [
            {
              name: 'c',
              image: 'busybox',
              args: ['sh', '-c', 'seq 1 2000 > /v/f; sleep 1000'],
              volumeMounts: [{ name: 'v', mountPath: '/v' }],
            },
          ],
        },
        storage: 0,
      },
      'Usage of EmptyDir volume "v" exceeds the limit "1Ki". ',
    ],
  ])('%s', (_, pod, message) => {
    const of = labWith({ p: pod })
    of.advance('15s')
    expect(of.pod('p').status).toMatchObject({ phase: 'Failed', reason: 'Evicted', message })
    expect(conditions(of.pod('p')).join()).not.toContain('DisruptionTarget')
  })

  test('quantities are printed in the largest unit that fits', () => {
    expect([0, 512, 1024, 52_428_800, 3 * GI, 1_000_000].map(binaryQuantity)).toEqual([
      '0',
      '512',
      '1Ki',
      '50Mi',
      '3Gi',
      '1000000',
    ])
  })
})

test(
  'a critical pod for which there is no room makes others go: of the lowest quality of service, and as ' +
    'few as fit best',
  () => {
    const of = new Lab({ machine, kubelet: { capacity: { cpu: '4', memory: '8Gi' } } }).settle()
    const cpu = (amount: string, limits = false): object =>
      container({ cpu: amount, memory: '1Gi' }, limits ? { cpu: amount, memory: '1Gi' } : undefined)
    of.create('guaranteed', cpu('1', true))
    of.create('small', cpu('500m'))
    of.create('large', cpu('1500m'))
    of.create('free', {})
    of.settle()
    of.create('system', { ...cpu('2'), priorityClassName: 'system-node-critical' })
    of.settle()
    expect(
      ['guaranteed', 'small', 'large', 'free', 'system'].map((name) => of.pod(name).status.phase),
    ).toEqual(['Running', 'Running', 'Failed', 'Running', 'Running'])
    expect(of.pod('large').status).toMatchObject({
      reason: 'Preempting',
      message: 'Preempted in order to admit critical pod',
    })
    expect(of.pod('large').status.conditions?.[0]).toMatchObject({
      type: 'DisruptionTarget',
      reason: 'TerminationByKubelet',
      message: 'Pod was preempted by Kubelet to accommodate a critical pod.',
    })
    expect(of.eventsOf('Preempting')).toEqual([
      'Pod Warning Preempting: Preempted in order to admit critical pod',
    ])
    of.create('more', { ...cpu('8'), priorityClassName: 'system-node-critical' })
    expect(of.settle().pod('more').status.reason).toBe('OutOfcpu')
  },
)

test('pods are stopped by their priorities when a node shuts down so', () => {
  const periods = [
    { priority: 1000, shutdownGracePeriodSeconds: 5 },
    { priority: 0, shutdownGracePeriodSeconds: 10 },
  ]
  const of = new Lab({ kubelet: { shutdownGracePeriodByPodPriority: periods } }).settle()
  of.client.create('priorityclasses', { metadata: { name: 'vip' }, value: 2000 })
  const deaf = { containers: [{ name: 'c', image: 'busybox', args: ['sleep', '1000'] }] }
  of.create('low', deaf)
  of.create('vip', { ...deaf, priorityClassName: 'vip' })
  of.settle()
  of.machine.announceShutdown(true)
  of.advance('9s')
  expect([of.pod('low'), of.pod('vip')].map(({ status }) => status.phase)).toEqual(['Running', 'Running'])
  of.advance('2s')
  expect([of.pod('low'), of.pod('vip')].map(({ status }) => status.phase)).toEqual(['Failed', 'Running'])
  of.advance('5s')
  expect(of.pod('vip').status).toMatchObject({
    phase: 'Failed',
    reason: 'Terminated',
    message: 'Pod was terminated in response to imminent node shutdown.',
  } satisfies Partial<Pod['status']>)
})
