import type { SimCluster } from '../cluster/sim-cluster.js'
import type { CourseVersion } from './chapter.js'
import type { ExamName } from './lessons/lesson.js'
import type { Playback } from './playback.js'

/** Where a learner is: in a free cluster, in a chapter, at a lesson's desk, or at a task of an exam. */
export type Place =
  | { readonly kind: 'free'; readonly nodes: number; readonly seed: number }
  | { readonly kind: 'chapter'; readonly number: number; readonly version: CourseVersion }
  | { readonly kind: 'lesson'; readonly id: string; readonly seed?: number }
  | { readonly kind: 'exam'; readonly name: ExamName; readonly seed: number; readonly task: number }

/** What can happen to a machine. */
export const ACCIDENTS = ['crash', 'recover', 'reboot', 'partition', 'repair'] as const
export type Accident = (typeof ACCIDENTS)[number]

/** Where a step of a chapter is: its section, and its place there. */
export type StepAt = readonly [section: number, step: number]

/** An action that means the same wherever a cluster is. */
export type PlainAction =
  /** `step`: the step of the chapter that the line does. */
  | { readonly do: 'type'; readonly line: string; readonly step?: StepAt }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'settle' }
  /** A file that was saved in the editor. */
  | { readonly do: 'write'; readonly path: string; readonly text: string }
  /** A `kubectl edit`, with what was saved. */
  | { readonly do: 'edit'; readonly line: string; readonly text: string }
  | { readonly do: 'machine'; readonly node: string; readonly accident: Accident }

/** A watch that the page shows. It moves nothing. */
export type WatchAction = { readonly do: 'watch'; readonly line: string } | { readonly do: 'unwatch' }

/** Something that moves the cluster. The place and the actions decide the whole state. */
export type Action =
  | PlainAction
  | WatchAction
  | { readonly do: 'play'; readonly section: number; readonly step: number }

/** What a link or a file of progress holds of a session. */
export interface Deed {
  readonly place: Place
  readonly actions: readonly Action[]
  /** The trace hash that they lead to. */
  readonly traceHash?: string
}

/** Bytes of a session as JSON. A link of 0.4 MB can hold 300 MB. */
export const MOST_BYTES: number = 8 * 1024 * 1024
/** What moves the cluster of a session. */
export const MOST_ACTIONS = 10_000

/** How long a learner takes for a line, ms. The course's own steps take no time. */
const TYPING = 1000

/** What an action has printed. */
export interface Printed {
  /** What a terminal shows: both streams in the order of writing. */
  readonly terminal: string
  readonly exitCode: number
}

/** What an action prints that prints nothing. */
export const NOTHING: Printed = { terminal: '', exitCode: 0 }

/** When a page has its turn while time moves: it must be drawn, and answer. */
export interface Pace {
  /** Whether it is the page's turn; asked after each handler call. */
  readonly isOver: () => boolean
  /** Gives the page its turn. */
  readonly rest: () => Promise<void>
}

const WITHOUT_REST: Pace = { isOver: () => false, rest: () => Promise.resolve() }

/**
 * Does an action: a learner's, or the same again for a link or a grade. `pace` changes nothing of what is
 * done. Default: it is done without a rest.
 */
export async function perform(
  playback: Playback,
  action: PlainAction,
  pace: Pace = WITHOUT_REST,
): Promise<Printed> {
  const { cluster } = playback
  switch (action.do) {
    case 'type': {
      const printed = await playback.type(action.line)
      await move(playback.cluster, TYPING, pace)
      return printed
    }
    case 'advance':
      await move(cluster, action.ms, pace)
      return NOTHING
    case 'settle':
      await move(cluster, 'rest', pace)
      return NOTHING
    case 'write':
      playback.host.write(action.path, action.text)
      return NOTHING
    case 'edit': {
      // a refused text comes back with the reasons; giving it back unchanged ends the command
      let asked = 0
      return playback.edit(action.line, (shown) => (asked++ === 0 ? action.text : shown))
    }
    case 'machine':
      cluster.node(action.node)[action.accident]()
      return NOTHING
  }
}

async function move(cluster: SimCluster, duration: number | 'rest', { isOver, rest }: Pace): Promise<void> {
  for (const _ of cluster.internals.moveInPieces(duration, isOver)) await rest()
}
