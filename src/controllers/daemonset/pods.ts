import type { DaemonSet } from '../../api/apps/generated.js'
import type { Pod } from '../../api/core/generated.js'
import { isApiError } from '../../client/api-error.js'
import { keyOf } from '../../client/informers/object-index.js'
import type { Slice } from '../../sim/modules/module.js'
import type { Expectations } from '../shared/expectations.js'
import type { Owner } from '../shared/ownership.js'
import type { PodControl } from '../shared/pod-control.js'
import { isNamespaceTerminating, slowStart } from '../shared/pod-control.js'
import { daemonPodTemplate } from './pod-template.js'

/** Most pods that one sync creates, and most that it deletes. Source: BurstReplicas. */
const BURST = 250

/** The pods of a DaemonSet to create (by node name) and to delete. */
export interface PodChanges {
  /** Key of the DaemonSet. */
  readonly key: string
  readonly set: DaemonSet
  readonly owner: Owner
  /** Hash of the current template. */
  readonly hash: string
  readonly create: readonly string[]
  readonly remove: readonly Pod[]
}

/**
 * Creates pods in batches of growing size, deletes pods, and sets the expectations for both. Source:
 * daemon_controller.go syncNodes.
 * @throws the first error, after all deletions have been tried.
 */
export function applyPodChanges(
  changes: PodChanges,
  expectations: Expectations,
  podControl: PodControl,
): void {
  const { key, set, owner, hash } = changes
  const missing = changes.create.length
  const allowed = missing === 0 ? 0 : podControl.allow(key, missing)
  const nodes = changes.create.slice(0, Math.min(allowed, BURST))
  const doomed = changes.remove.slice(0, BURST)
  if (nodes.length + doomed.length === 0) return
  expectations.expect(key, nodes.length, doomed.map(keyOf))
  let refused = 0
  const { succeeded, error } = slowStart(nodes.length, (at) => {
    try {
      podControl.create(daemonPodTemplate(set, hash, nodes[at] as string), owner)
    } catch (failure) {
      if (!isNamespaceTerminating(failure)) throw failure
      refused++
    }
  })
  expectations.creationObserved(key, nodes.length - succeeded + refused)
  const deleteError = deletePods(changes, doomed, expectations, podControl)
  if (error !== undefined) throw error
  if (deleteError !== undefined) throw deleteError
}

function deletePods(
  { key, owner }: PodChanges,
  doomed: readonly Pod[],
  expectations: Expectations,
  podControl: PodControl,
): unknown {
  let firstError: unknown
  for (const pod of doomed) {
    try {
      podControl.delete(pod, owner)
    } catch (error) {
      expectations.deletionObserved(key, keyOf(pod))
      if (!isApiError(error, 'NotFound')) firstError ??= error
    }
  }
  return firstError
}

const MIN_BACK_OFF = 1_000
const MAX_BACK_OFF = 15 * 60_000

/** The back-off of a node after the deletion of a failed pod. */
interface BackOffEntry {
  readonly delay: number
  /** Virtual ms of the last deletion. */
  readonly since: number
}

/** Entries by `<uid>/<generation>/<node>`. */
export type DaemonBackOffs = Map<string, BackOffEntry>

/**
 * Back-off between deletions of failed daemon pods on one node: 1 s, doubled each time up to 15 min, and
 * reset after 30 min without a failure. Without it, a DaemonSet would create pods as fast as a kubelet
 * rejects them. Source: client-go util/flowcontrol Backoff.
 */
export class FailedPodBackOff {
  readonly #state: Slice<DaemonBackOffs>
  readonly #clock: { now(): number }

  constructor(state: Slice<DaemonBackOffs>, clock: { now(): number }) {
    this.#state = state
    this.#clock = clock
  }

  /**
   * Returns how many ms to wait before the next look; 0 allows a deletion and starts the next wait. As
   * upstream, it is the whole delay, whatever part of it has passed already.
   */
  next(key: string): number {
    const now = this.#clock.now()
    const entry = this.#state.value.get(key)
    const isKnown = entry !== undefined && now - entry.since <= 2 * MAX_BACK_OFF
    if (isKnown && now - entry.since < entry.delay) return entry.delay
    this.#state.value.set(key, {
      delay: isKnown ? Math.min(entry.delay * 2, MAX_BACK_OFF) : MIN_BACK_OFF,
      since: now,
    })
    return 0
  }

  /** Drops the entries of a deleted DaemonSet, whose keys start with `prefix`. */
  forget(prefix: string): void {
    for (const key of this.#state.value.keys()) if (key.startsWith(prefix)) this.#state.value.delete(key)
  }
}
