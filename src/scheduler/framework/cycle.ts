import type { PodInfo } from '../cache/pod-info.js'
import type { Snapshot } from '../cache/snapshot.js'

/**
 * What a plugin keeps between its extension points within one cycle; `clone` is used where preemption tries
 * things out.
 */
export interface CycleData {
  clone(): CycleData
}

/** One attempt to place one pod. Source: framework/cycle_state.go. */
export class Cycle {
  readonly pod: PodInfo
  readonly snapshot: Snapshot
  /** Data of the plugins, under keys of their own. */
  readonly data: Map<string, CycleData> = new Map()
  /** Plugins whose PreFilter said that they have nothing to check. */
  readonly skipFilter: Set<string>
  /** Plugins whose PreScore said that they have nothing to score. */
  readonly skipScore: Set<string> = new Set()

  constructor(pod: PodInfo, snapshot: Snapshot, skipFilter: Set<string> = new Set()) {
    this.pod = pod
    this.snapshot = snapshot
    this.skipFilter = skipFilter
  }

  /**
   * A copy whose data may be changed without effect on this cycle; what is skipped is decided by then, and
   * shared.
   */
  clone(): Cycle {
    const copy = new Cycle(this.pod, this.snapshot, this.skipFilter)
    for (const [key, data] of this.data) copy.data.set(key, data.clone())
    return copy
  }
}
