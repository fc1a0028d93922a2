import type { RefOf } from './plain-data.js'
import { clonePlainData, plainDataFromJson, plainDataToJson } from './plain-data.js'
import type { RandomState } from './random.js'
import type { Ready } from './ready-queue.js'
import type { Timer } from './timers.js'
import type { TraceState } from './trace.js'

/** Everything the kernel knows, as data: together with the etcd store it is the whole state of a cluster. */
export interface SimulationState {
  readonly now: number
  readonly timers: readonly Timer[]
  readonly nextTimerSeq: number
  readonly ready: readonly Ready[]
  readonly random: RandomState
  readonly trace: TraceState
  /** Slices of state by owner, then by name. */
  readonly slices: ReadonlyMap<string, ReadonlyMap<string, unknown>>
  /** Modules that are stopped. */
  readonly stopped: readonly string[]
}

/** A copy that shares nothing mutable with `state`. */
export function cloneState(state: SimulationState): SimulationState {
  return { ...state, slices: clonePlainData(state.slices) }
}

/** JSON form of a state, see {@link stateFromJson}. `refOf` finds objects that another document holds. */
export function stateToJson(state: SimulationState, refOf?: RefOf): unknown {
  return plainDataToJson(state, refOf)
}

/** The state that {@link stateToJson} wrote; `elsewhere` is that other document. */
export function stateFromJson(json: unknown, elsewhere?: unknown): SimulationState {
  return plainDataFromJson(json, elsewhere) as SimulationState
}
