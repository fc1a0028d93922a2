import type { PodInfo } from '../cache/pod-info.js'
import type { NodeSnapshot } from '../cache/snapshot.js'

/** The data of a plugin between its extension points in one cycle. Preemption trials use `clone`. */
export interface CycleData {
  clone(): CycleData
}

/** An attempt to schedule a pod. Source: framework/cycle_state.go. */
export class Cycle {
  readonly pod: PodInfo
  readonly snapshot: NodeSnapshot
  /** Data of the plugins; each uses keys of its own. */
  readonly data: Map<string, CycleData> = new Map()
  /** Plugins whose PreFilter has returned that there is nothing to filter. */
  readonly skipFilter: Set<string>
  /** Plugins whose PreScore has returned that there is nothing to score. */
  readonly skipScore: Set<string> = new Set()

  constructor(pod: PodInfo, snapshot: NodeSnapshot, skipFilter: Set<string> = new Set()) {
    this.pod = pod
    this.snapshot = snapshot
    this.skipFilter = skipFilter
  }

  /**
   * Returns a copy whose data can be changed independently. The sets of skipped plugins are final by then and
   * shared.
   */
  clone(): Cycle {
    const copy = new Cycle(this.pod, this.snapshot, this.skipFilter)
    for (const [key, data] of this.data) copy.data.set(key, data.clone())
    return copy
  }
}
