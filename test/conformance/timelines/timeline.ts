import type { RecordedRequest } from '../../../src/real/recording/scenario.js'

/**
 * What a recorder saw at `t` seconds: a call of its own, a note, an Event object, or a change of another
 * object.
 */
export interface TimelineItem {
  readonly t: number
  /** `request`, `mark`, `Event`, or the short name of a resource (`pods`, `pdbs`, ...). */
  readonly kind: string
  readonly what?: string
  readonly name?: string
  /** The fields of the summary that are others than before; null for one that is gone. */
  readonly change?: Readonly<Record<string, unknown>>
  readonly request?: RecordedRequest
  readonly code?: number
  readonly response?: unknown
  readonly reason?: string
  readonly type?: string
  readonly object?: string
  readonly message?: string
  readonly source?: string
  readonly action?: string
  readonly count?: number
  /** How often it has come, of an Event that is a series. */
  readonly series?: number
}

/** A recorded run of a whole control plane: what happened, and what there was at its end. */
export interface Timeline {
  readonly id: string
  readonly namespace: string
  /** Requests before the recording began. */
  readonly applied?: readonly RecordedRequest[]
  readonly timeline: readonly TimelineItem[]
  readonly final?: Readonly<Record<string, unknown>>
  /** What there was at other times: `before` it began, `after70s`. */
  readonly snapshots?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** Whether an entry of a file of recordings is one. */
export function isTimeline(entry: unknown): entry is Timeline {
  return Array.isArray((entry as { timeline?: unknown }).timeline)
}

/**
 * The items of a timeline that belong to it: what comes after its last pause is the recorder's tidying up,
 * whose requests were not noted.
 */
export function itemsOf({ timeline }: Timeline): readonly TimelineItem[] {
  const last = timeline.findLastIndex(({ kind }) => kind === 'mark' || kind === 'request')
  return last >= 0 && (timeline[last]?.what ?? '').endsWith(' ms pass')
    ? timeline.slice(0, last + 1)
    : timeline
}
