import type { Node, NodeCondition, Pod } from '../../../src/api/core/generated.js'
import { formatMicroTime, formatTime, timeMs } from '../../../src/api/time.js'
import type { Component, ComponentHost } from '../../../src/client/component.js'
import { ignoreNotFound } from '../../../src/client/api-error.js'
import { keyOf } from '../../../src/client/object-index.js'

/**
 * A node and its kubelet, as the recordings used them: leases every 10 s, status every 5 min, pods ready 1 s
 * after they were bound. The annotation `fake/exit: N` ends a pod `fake/run` ms (default 1000) after it began
 * to run, with exit code N (`0,1`: by the completion index, `-` for one that runs on); `fake/unready` keeps
 * it from being ready.
 */
export function fakeKubelet(node: string, labels: Readonly<Record<string, string>> = {}): Component {
  return {
    name: `kubelet/${node}`,
    identity: { name: `system:node:${node}`, groups: ['system:nodes', 'system:authenticated'] },
    setup: (host) => setUp(host, node, labels),
  }
}

function setUp(host: ComponentHost, node: string, labels: Readonly<Record<string, string>>): void {
  const { client, clock } = host
  const registered = host.state('registered', () => false)
  const beat = host.handle('beat', (what) => {
    beat.wakeAfter(what, what === 'lease' ? 10_000 : 300_000, { class: 'watchdog' })
    if (what === 'lease') renewLease(host, node)
    else postStatus(host, node)
  })
  const pods = host.informer('pods', { fieldSelector: `spec.nodeName=${node}` })
  const current = (key: string): Pod | undefined => {
    const seen = pods.get(key)
    return seen && ignoreNotFound(() => client.get('pods', seen.metadata))
  }
  const start = host.handle('start', (key) => {
    const pod = current(key)
    if (!pod || pod.metadata.deletionTimestamp) return
    client.updateStatus('pods', running(pod, clock.now()))
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
    const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = object.metadata
    if (deletionTimestamp) end.wakeAfter(keyOf(object), Math.min(1, deletionGracePeriodSeconds) * 1000)
    else if (object.status.phase === 'Pending' && start.dueAt(keyOf(object)) === undefined)
      start.wakeAfter(keyOf(object), 1000)
  })
  if (registered.value) return
  registered.value = true
  register(host, node, labels)
  beat.wake('lease')
  beat.wake('status')
}

function register(host: ComponentHost, name: string, labels: Readonly<Record<string, string>>): void {
  if (ignoreNotFound(() => host.client.get('nodes', { name }))) return
  const spec = {} as Node['spec']
  const status = { conditions: conditions(host.clock.now(), undefined) }
  host.client.create('nodes', {
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec,
    status,
  })
}

function postStatus(host: ComponentHost, name: string): void {
  const node = host.client.get('nodes', { name })
  host.client.updateStatus('nodes', {
    ...node,
    status: { ...node.status, conditions: conditions(host.clock.now(), node) },
  })
}

function conditions(now: number, node: Node | undefined): readonly NodeCondition[] {
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

function running(pod: Pod, now: number): Pod {
  const types = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled']
  const lastTransitionTime = formatTime(timeMs(formatTime(now)) ?? now)
  const isUnready = pod.metadata.annotations?.['fake/unready'] !== undefined
  const statusOf = (type: string): string =>
    isUnready && (type === 'Ready' || type === 'ContainersReady') ? 'False' : 'True'
  const conditionsOf = types.map((type) => ({
    type,
    status: statusOf(type),
    lastProbeTime: null,
    lastTransitionTime,
  }))
  return {
    ...pod,
    status: { ...pod.status, phase: 'Running', conditions: conditionsOf, startTime: lastTransitionTime },
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
  const phase = exitCode === 0 ? 'Succeeded' : 'Failed'
  const finishedAt = formatTime(now)
  const conditionsOf = (pod.status.conditions ?? []).map((condition) =>
    condition.type === 'Ready' || condition.type === 'ContainersReady'
      ? { ...condition, status: 'False', lastTransitionTime: finishedAt }
      : condition,
  )
  const terminated = { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', finishedAt }
  const containerStatuses = pod.spec.containers.map(({ name, image = '' }) => ({
    name,
    image,
    imageID: '',
    ready: false,
    restartCount: 0,
    state: { terminated },
    lastState: {},
  }))
  return { ...pod, status: { ...pod.status, phase, conditions: conditionsOf, containerStatuses } }
}
