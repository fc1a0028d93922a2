import type { ContainerStatus, Node, NodeCondition, Pod, PodCondition } from '../../src/api/core/generated.js'
import { formatMicroTime, formatTime } from '../../src/lang/go/time.js'
import { ignoreNotFound } from '../ignore-not-found.js'
import type { Component, ComponentHost } from '../../src/client/component.js'
import { keyOf } from '../../src/client/informers/object-index.js'

/** How long a lease lasts until it is renewed, and a status until it is posted again, in ms. */
export const LEASE_PERIOD = 10_000
const STATUS_PERIOD = 300_000

type Labels = Readonly<Record<string, string>>

/**
 * A node and its kubelet as in recordings of real controllers: leases every 10 s, status every 5 min, pods
 * ready 1 s after they were bound, gone 1 s (or their grace, if shorter) after they were deleted. Annotations
 * of pods: `fake/exit: N` ends a pod `fake/run` ms (default 1000) after it began to run, with exit code N
 * (`0,1`: by completion index, `-` for one that runs on); `fake/unready` keeps it from being ready,
 * `fake/pending` Pending. The number in the name (`n1`) is part of its addresses.
 */
export function fakeKubelet(name: string, labels: Labels = {}): Component {
  return {
    name: `kubelet/${name}`,
    identity: { name: `system:node:${name}`, groups: ['system:nodes', 'system:authenticated'] },
    setup: (host) => setUp(host, { name, number: Number(/\d+$/.exec(name)?.[0] ?? 1), labels }),
  }
}

interface FakeNode {
  readonly name: string
  readonly number: number
  readonly labels: Labels
}

function setUp(host: ComponentHost, node: FakeNode): void {
  const { client, clock } = host
  const beat = host.handle('beat', (what) => {
    beat.wakeAfter(what, what === 'lease' ? LEASE_PERIOD : STATUS_PERIOD, { class: 'watchdog' })
    if (what === 'lease') renewLease(host, node.name)
    else postStatus(host, node)
  })
  const addresses = host.state('addresses', () => 1)
  const pods = host.informer('pods', { fieldSelector: `spec.nodeName=${node.name}` })
  const current = (key: string): Pod | undefined => {
    const seen = pods.get(key)
    return seen && ignoreNotFound(() => client.get('pods', seen.metadata))
  }
  const start = host.handle('start', (key) => {
    const pod = current(key)
    if (!pod || pod.metadata.deletionTimestamp || pod.metadata.annotations?.['fake/pending'] !== undefined)
      return
    addresses.value += 1
    client.updateStatus('pods', running(pod, node, `10.244.${node.number}.${addresses.value}`, clock.now()))
    if (exitOf(pod) !== undefined)
      finish.wakeAfter(key, Number(pod.metadata.annotations?.['fake/run'] ?? 1000))
  })
  const finish = host.handle('finish', (key) => {
    const pod = current(key)
    if (pod?.status.phase === 'Running') client.updateStatus('pods', finished(pod, clock.now()))
  })
  const end = host.handle('end', (key) => {
    const pod = pods.get(key)
    if (pod) ignoreNotFound(() => client.delete('pods', pod.metadata, { gracePeriodSeconds: 0 }))
  })
  pods.onChange(({ type, object }) => {
    if (type === 'DELETED') return
    const key = keyOf(object)
    const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = object.metadata
    if (deletionTimestamp) end.wakeAfter(key, Math.min(1, deletionGracePeriodSeconds) * 1000)
    else if (object.status.phase === 'Pending' && start.dueAt(key) === undefined) start.wakeAfter(key, 1000)
  })
  for (const what of ['lease', 'status']) if (beat.dueAt(what) === undefined) beat.wake(what)
}

const capacity = { cpu: '4', memory: '32Gi', pods: '110', 'ephemeral-storage': '100Gi' }

function postStatus({ client, clock }: ComponentHost, { name, number, labels: more }: FakeNode): void {
  const known = ignoreNotFound(() => client.get('nodes', { name }))
  const status = {
    capacity,
    allocatable: capacity,
    conditions: nodeConditions(clock.now(), known),
    addresses: [
      { type: 'InternalIP', address: `192.168.0.${number}` },
      { type: 'Hostname', address: name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {
      machineID: `m${number}`,
      systemUUID: `u${number}`,
      bootID: `b${number}`,
      kernelVersion: '6.1.0',
      osImage: 'FakeOS 1',
      containerRuntimeVersion: 'containerd://2.0.0',
      kubeletVersion: 'v1.34.9',
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: 'amd64',
    },
  }
  const labels = {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/os': 'linux',
    'kubernetes.io/hostname': name,
    ...more,
  }
  if (known)
    client.updateStatus('nodes', {
      ...known,
      status: { ...known.status, conditions: status.conditions ?? [] },
    })
  else client.create('nodes', { metadata: { name, labels }, spec: {} as Node['spec'], status })
}

function nodeConditions(now: number, node: Node | undefined): readonly NodeCondition[] {
  const make = (type: string, status: string, reason: string, message: string): NodeCondition => {
    const old = node?.status.conditions?.find((condition) => condition.type === type)
    const lastTransitionTime =
      old?.status === status && old.lastTransitionTime ? old.lastTransitionTime : formatTime(now)
    return { type, status, reason, message, lastHeartbeatTime: formatTime(now), lastTransitionTime }
  }
  return [
    make('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    make('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    make('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    make('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
  ]
}

function renewLease({ client, clock }: ComponentHost, name: string): void {
  const metadata = { name, namespace: 'kube-node-lease' }
  const known = ignoreNotFound(() => client.get('leases', metadata))
  const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime: formatMicroTime(clock.now()) }
  if (known) client.update('leases', { ...known, spec })
  else client.create('leases', { metadata, spec })
}

const OWN_CONDITIONS = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady']

/**
 * The kubelet's own conditions before those that others have set, all but PodScheduled with the generation
 * that they were made for.
 */
function podConditions(pod: Pod, now: number, notReady?: string): readonly PodCondition[] {
  const lastTransitionTime = formatTime(now)
  const made = OWN_CONDITIONS.map((type): PodCondition => {
    const isBroken = notReady !== undefined && (type === 'Ready' || type === 'ContainersReady')
    const observedGeneration = pod.metadata.generation ?? 1
    const base = { type, observedGeneration, lastProbeTime: null, lastTransitionTime }
    return isBroken ? { ...base, status: 'False', reason: notReady } : { ...base, status: 'True' }
  })
  const others = (pod.status.conditions ?? []).filter(({ type }) => !OWN_CONDITIONS.includes(type))
  return [...made, ...others]
}

const container = ({ name, image = '' }: Pod['spec']['containers'][number], rest: object): ContainerStatus =>
  ({
    name,
    lastState: {},
    restartCount: 0,
    image,
    imageID: 'sha256:0',
    containerID: `containerd://${name}`,
    ...rest,
  }) as ContainerStatus

function running(pod: Pod, { number }: FakeNode, podIP: string, now: number): Pod {
  const isReady = pod.metadata.annotations?.['fake/unready'] === undefined
  const startedAt = formatTime(now)
  return {
    ...pod,
    status: {
      ...pod.status,
      phase: 'Running',
      conditions: podConditions(pod, now, isReady ? undefined : 'ContainersNotReady'),
      hostIP: `192.168.0.${number}`,
      podIP,
      podIPs: [{ ip: podIP }],
      startTime: startedAt,
      containerStatuses: pod.spec.containers.map((each) =>
        container(each, { state: { running: { startedAt } }, ready: isReady, started: true }),
      ),
    },
  }
}

function exitOf({ metadata: { annotations = {} } }: Pod): number | undefined {
  const codes = annotations['fake/exit']?.split(',') ?? []
  const code =
    codes.length > 1 ? codes[Number(annotations['batch.kubernetes.io/job-completion-index'])] : codes[0]
  return code === undefined || code === '-' ? undefined : Number(code)
}

function finished(pod: Pod, now: number): Pod {
  const exitCode = exitOf(pod) ?? 0
  const hasFailed = exitCode !== 0
  const state = {
    terminated: {
      exitCode,
      reason: hasFailed ? 'Error' : 'Completed',
      startedAt: pod.status.startTime,
      finishedAt: formatTime(now),
    },
  }
  return {
    ...pod,
    status: {
      ...pod.status,
      phase: hasFailed ? 'Failed' : 'Succeeded',
      conditions: podConditions(pod, now, hasFailed ? 'PodFailed' : 'PodCompleted'),
      containerStatuses: pod.spec.containers.map((each) =>
        container(each, { state, ready: false, started: false }),
      ),
    },
  }
}
