import type { Lease } from '../../../src/api/coordination/generated.js'
import { ignoreNotFound } from '../../ignore-not-found.js'
import type { SimCluster } from 'simcluster'
import type { Pod } from '../../../src/api/core/generated.js'
import type { Component, ComponentHost } from '../../../src/client/component.js'

const VERSION = 'v1.34.9'
const LEASES = 'kube-node-lease'
const zones: Readonly<Record<string, string>> = { n1: 'zone-b', n2: 'zone-c', n3: 'zone-a' }
const time = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
const numberOf = (node: string): string => node.slice(1)

/**
 * The nodes of the recorded cluster: their kubelet was a stand-in that says what a real one would, a second
 * after a pod is bound. `fake/exit: N` ends a pod a second later with that code, `fake/pending` leaves it
 * pending; pods that are told to stop are gone after a second.
 */
export const fakeNodes: Component = {
  name: 'fake-nodes',
  identity: { name: 'fake-nodes', groups: ['system:masters', 'system:authenticated'] },
  setup(host) {
    const addresses = host.state('addresses', () => new Map<string, number>())
    const run = host.handle('run', (key) =>
      act(host, key, (pod) => start(pod, addressOf(addresses.value, pod), host.clock.now())),
    )
    const exit = host.handle('exit', (key) => act(host, key, (pod) => end(pod, host.clock.now())))
    const remove = host.handle('remove', (key) => {
      const [namespace = '', name = ''] = key.split('/')
      ignoreNotFound(() => host.client.delete('pods', { namespace, name }, { gracePeriodSeconds: 0 }))
    })
    host.informer('pods').onChange(({ type, object, old }) => {
      const { metadata, spec, status } = object
      const key = `${metadata.namespace}/${metadata.name}`
      if (type === 'DELETED' || !spec.nodeName) return
      if (metadata.deletionTimestamp !== undefined && old?.metadata.deletionTimestamp === undefined)
        remove.wakeAfter(key, 1_000)
      const annotations = metadata.annotations ?? {}
      if (!old?.spec.nodeName && annotations['fake/pending'] === undefined) run.wakeAfter(key, 1_000)
      const hasStarted = status.phase === 'Running' && old?.status.phase !== 'Running'
      if (hasStarted && annotations['fake/exit'] !== undefined) exit.wakeAfter(key, 1_000)
    })
    const beat = host.handle('beat', () => {
      for (const lease of host.client.list('leases', { namespace: LEASES }).items) {
        host.client.update('leases', {
          ...lease,
          spec: { ...lease.spec, renewTime: time(host.clock.now()).replace('Z', '.000000Z') },
        })
      }
      beat.wakeAfter('', 10_000, { class: 'watchdog' })
    })
    if (beat.dueAt('') === undefined) beat.wakeAfter('', 10_000, { class: 'watchdog' })
  },
}

function act(host: ComponentHost, key: string, change: (pod: Pod) => Pod['status']): void {
  const [namespace = '', name = ''] = key.split('/')
  const pod = ignoreNotFound(() => host.client.get('pods', { namespace, name }))
  if (pod) host.client.updateStatus('pods', { ...pod, status: { ...pod.status, ...change(pod) } })
}

function addressOf(taken: Map<string, number>, { spec }: Pod): string {
  const node = spec.nodeName ?? ''
  const next = (taken.get(node) ?? 1) + 1
  taken.set(node, next)
  return `10.244.${numberOf(node)}.${next}`
}

function conditions(pod: Pod, now: number, reason?: string): NonNullable<Pod['status']['conditions']> {
  const ready = reason === undefined ? { status: 'True' } : { status: 'False', reason }
  const common = { observedGeneration: 1, lastTransitionTime: time(now) }
  return [
    { type: 'PodReadyToStartContainers', status: 'True', ...common },
    { type: 'Initialized', status: 'True', ...common },
    { type: 'Ready', ...ready, ...common },
    { type: 'ContainersReady', ...ready, ...common },
    ...(pod.status.conditions ?? []).filter(({ type }) => type === 'PodScheduled'),
  ]
}

type ContainerStatus = NonNullable<Pod['status']['containerStatuses']>[number]

function containers({ spec }: Pod, change: Partial<ContainerStatus>): ContainerStatus[] {
  return spec.containers.map(
    ({ name, image = '' }) =>
      ({
        name,
        image,
        lastState: {},
        restartCount: 0,
        imageID: 'sha256:0',
        containerID: `containerd://${name}`,
        ready: true,
        started: true,
        ...change,
      }) as ContainerStatus,
  )
}

function start(pod: Pod, podIP: string, now: number): Pod['status'] {
  return {
    phase: 'Running',
    conditions: conditions(pod, now),
    podIP,
    podIPs: [{ ip: podIP }],
    hostIP: `192.168.0.${numberOf(pod.spec.nodeName ?? '')}`,
    startTime: time(now),
    containerStatuses: containers(pod, { state: { running: { startedAt: time(now) } } }),
  }
}

function end(pod: Pod, now: number): Pod['status'] {
  const exitCode = Number(pod.metadata.annotations?.['fake/exit'])
  const reason = exitCode === 0 ? 'Completed' : 'Error'
  const terminated = { exitCode, reason, startedAt: pod.status.startTime ?? time(now), finishedAt: time(now) }
  return {
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    conditions: conditions(pod, now, exitCode === 0 ? 'PodCompleted' : 'PodFailed'),
    containerStatuses: containers(pod, { ready: false, started: false, state: { terminated } }),
  }
}

const health: readonly (readonly [type: string, status: string, reason: string, message: string])[] = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
]

/** Registers node `name` (n1, n2 or n3) as the stand-in did. */
export function registerNode(cluster: SimCluster, name: string): void {
  const now = time(cluster.now())
  const capacity = { cpu: '4', memory: '32Gi', pods: '110', 'ephemeral-storage': '100Gi' }
  const status = {
    capacity,
    allocatable: capacity,
    conditions: health.map(([type, value, reason, message]) => ({
      type,
      status: value,
      reason,
      message,
      lastHeartbeatTime: now,
      lastTransitionTime: now,
    })),
    addresses: [
      { type: 'InternalIP', address: `192.168.0.${numberOf(name)}` },
      { type: 'Hostname', address: name },
    ],
    nodeInfo: {
      machineID: 'm1',
      systemUUID: 'u1',
      bootID: 'b1',
      kernelVersion: '6.1.0',
      osImage: 'FakeOS 1',
      architecture: 'amd64',
      containerRuntimeVersion: 'containerd://2.0.0',
      kubeletVersion: VERSION,
      kubeProxyVersion: '',
      operatingSystem: 'linux',
    },
  }
  const labels = {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'topology.kubernetes.io/zone': zones[name] ?? '',
  }
  cluster.create('nodes', { metadata: { name, labels }, status })
  const renewTime = now.replace('Z', '.000000Z')
  const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime }
  cluster.create('leases', { metadata: { name, namespace: LEASES }, spec } as Lease)
}
