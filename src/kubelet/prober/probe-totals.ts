import type { Slice } from '../../sim/modules/module.js'
import type { PodRecord } from '../pods/pod-record.js'
import { findContainer } from '../pods/pod-record.js'
import type { ContainerRuntime } from '../runtime/runtime-api.js'
import { latestContainer } from '../runtime/state.js'
import { countUntil, PROBE_TYPES, probeOf, type ProbeType } from './probe-state.js'

/** The state of all modules. */
interface SliceSource {
  slice<S>(owner: string, name: string, initial: () => S): Slice<S>
}

/** How often one probe of a container has succeeded and failed since its pod came. */
export interface ProbeTotal {
  readonly uid: string
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly type: ProbeType
  readonly successful: number
  readonly failed: number
}

/**
 * Returns the totals of all probes of the kubelet module `kubelet` at virtual milliseconds `now`, by pod in
 * order of arrival.
 */
export function probeTotals(
  state: SliceSource,
  kubelet: string,
  runtime: Pick<ContainerRuntime, 'pod'>,
  now: number,
): readonly ProbeTotal[] {
  const totals: ProbeTotal[] = []
  const records: ReadonlyMap<string, PodRecord> = state.slice(
    kubelet,
    'pods',
    () => new Map<string, PodRecord>(),
  ).value
  for (const record of records.values()) {
    for (const [name, { probeCounts = {} }] of Object.entries(record.containers)) {
      const container = findContainer(record.pod, name)
      const until = latestContainer(runtime.pod(record.uid), name)?.finishedAt ?? now
      const { namespace = '', name: pod = '' } = record.pod.metadata
      for (const type of PROBE_TYPES) {
        const probe = container && probeOf(container, type)
        const count = probeCounts[type]
        if (probe === undefined || count === undefined) continue
        const total = countUntil(count, probe, until)
        totals.push({ uid: record.uid, namespace, pod, container: name, type, ...total })
      }
    }
  }
  return totals
}
