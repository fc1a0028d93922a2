import type { SharedValues } from './data/plain-data.js'
import type { SharedSlices } from './modules/slices.js'
import { plainDataFromJson, plainDataToJson } from './data/plain-data.js'
import type { RandomState } from './random.js'
import type { Ready } from './ready-queue.js'
import type { Timer } from './timers.js'
import type { TraceState } from './trace.js'

/** The kernel's entire state as data. Together with the etcd store it is the whole state of a cluster. */
export interface SimulationState {
  readonly now: number
  readonly timers: readonly Timer[]
  readonly nextTimerSeq: number
  readonly ready: readonly Ready[]
  readonly random: RandomState
  readonly trace: TraceState
  /** State slices by owner, then by name. */
  readonly slices: SharedSlices
  /** Names of the stopped modules. */
  readonly stopped: readonly string[]
}

/** Converts a state to JSON, see {@link stateFromJson}. With `shared`, frozen objects are written there. */
export function stateToJson(state: SimulationState, shared?: SharedValues): unknown {
  return plainDataToJson(state, shared)
}

/** Restores a state from {@link stateToJson}; `shared` are the objects written there. */
export function stateFromJson(json: unknown, shared?: readonly unknown[]): SimulationState {
  return plainDataFromJson(json, shared) as SimulationState
}
