import type { Event, Pod } from '../../api/core/generated.js'
import { timeMs } from '../../lang/go/time.js'
import { klogLine } from '../../lang/go/klog.js'
import type { HostMachine, Hosts } from './host-machine.js'

type Line = readonly [level: 'I' | 'E', source: string, text: string]

/**
 * Writes what the kubelets have to say of their pods to the journals of their machines: pulls that failed,
 * containers that are held back, evictions. It is read from their events, so that a cluster without a journal
 * pays nothing for it; of the times that an event counts, those between two looks have one line.
 */
export function journalEvents(hosts: Hosts, machines: readonly HostMachine[]): void {
  const { cluster, state } = hosts
  if (machines.length === 0) return
  const seen = (state.seenEvents ??= new Map())
  const byName = new Map(machines.map((machine) => [machine.name, machine]))
  const alive = new Set<string>()
  for (const event of cluster.state.peek('events') as unknown as readonly Event[]) {
    const { metadata, source, count = 1, lastTimestamp } = event
    const { uid = '' } = metadata
    if (source?.component !== 'kubelet') continue
    alive.add(uid)
    const machine = byName.get(source.host ?? '')
    if (machine === undefined || seen.get(uid) === count) continue
    seen.set(uid, count)
    const at = timeMs(lastTimestamp ?? undefined) ?? cluster.now()
    // the journal begins when somebody first logs in
    const [first] = machine.state.journal
    if (first === undefined || at < Math.floor(first.time / 1000) * 1000) continue
    for (const [level, origin, text] of linesOf(event, podOf(hosts, event)))
      insert(machine, at, level, origin, text)
  }
  for (const uid of seen.keys()) if (!alive.has(uid)) seen.delete(uid)
}

function podOf({ cluster }: Hosts, { involvedObject: { kind, name, namespace } }: Event): Pod | undefined {
  if (kind !== 'Pod' || name === undefined || namespace === undefined) return undefined
  return cluster.state
    .peek('pods')
    .find(({ metadata }) => metadata.name === name && metadata.namespace === namespace)
}

/** Puts a line where its time belongs; events know whole seconds only. */
function insert(machine: HostMachine, second: number, level: 'I' | 'E', source: string, text: string): void {
  const { journal, units } = machine.state
  const pid = units.get('kubelet')?.pid ?? 1
  const at = journal.findLastIndex((line) => Math.floor(line.time / 1000) * 1000 <= second) + 1
  const time = Math.max(second, journal[at - 1]?.time ?? second)
  journal.splice(at, 0, { time, unit: 'kubelet', pid, text: klogLine(level, time, pid, source, text) })
}

/** Reasons for which a container waits although nothing was restarted. */
const REFUSED = /^(?:CreateContainer(?:Config)?Error|RunContainerError|InvalidImageName)$/

/**
 * What a kubelet logs beside an event. Source: pkg/kubelet/pod_workers.go, kuberuntime/kuberuntime_image.go,
 * eviction/eviction_manager.go, staging/src/k8s.io/cri-client/pkg/remote_image.go.
 */
function linesOf(event: Event, pod: Pod | undefined): readonly Line[] {
  const { reason = '', message = '', involvedObject: object } = event
  if (reason === 'EvictionThresholdMet') {
    const [, resource = ''] = /^Attempting to reclaim (.*)$/.exec(message) ?? []
    const more = `resourceName="${resource}"`
    return [
      ['I', 'eviction_manager.go:376', `"Eviction manager: attempting to reclaim" ${more}`],
      ['I', 'eviction_manager.go:387', `"Eviction manager: must evict pod(s) to reclaim" ${more}`],
    ]
  }
  const name = `${object.namespace ?? ''}/${object.name ?? ''}`
  if (reason === 'Evicted')
    return [['I', 'eviction_manager.go:629', `"Eviction manager: pod is evicted successfully" pod="${name}"`]]
  const [, container] = /^spec\.\w+\{(.*)\}$/.exec(object.fieldPath ?? '') ?? []
  if (container === undefined || (reason !== 'Failed' && reason !== 'BackOff')) return []
  const skipped = (why: string, what: string): Line => {
    const err = `failed to "StartContainer" for "${container}" with ${why}: ${JSON.stringify(what)}`
    const uid = object.uid ?? ''
    return [
      'E',
      'pod_workers.go:1324',
      `"Error syncing pod, skipping" err=${JSON.stringify(err)} pod="${name}" podUID="${uid}"`,
    ]
  }
  const [, image, error] = /^Failed to pull image "([^"]*)": ([^]*)$/.exec(message) ?? []
  if (image !== undefined && error !== undefined) {
    const more = `err=${JSON.stringify(error)} image="${image}"`
    return [
      ['E', 'log.go:32', `"PullImage from image service failed" ${more}`],
      ['E', 'kuberuntime_image.go:43', `"Failed to pull image" ${more}`],
      skipped('ErrImagePull', error),
    ]
  }
  const { initContainerStatuses = [], containerStatuses = [] } = pod?.status ?? {}
  const waiting = [...initContainerStatuses, ...containerStatuses].find((each) => each.name === container)
    ?.state?.waiting
  if (message.startsWith('Back-off pulling image '))
    return [skipped('ImagePullBackOff', waiting?.message?.startsWith(message) ? waiting.message : message)]
  if (message.startsWith('Back-off restarting failed container '))
    return waiting?.reason === 'CrashLoopBackOff' ? [skipped(waiting.reason, waiting.message ?? '')] : []
  const [, refusal] = /^Error: ([^]*)$/.exec(message) ?? []
  return refusal !== undefined && REFUSED.test(waiting?.reason ?? '')
    ? [skipped(waiting?.reason ?? '', refusal)]
    : []
}
