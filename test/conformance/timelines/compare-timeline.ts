import { canonical } from '../recordings/compare.js'
import { recordedEvents, writtenEvents, type EventCounts } from './events.js'
import { Names } from './names.js'
import { playTimeline, type Answer, type Chance, type Played } from './play.js'
import { Sequencer, type Sequence, type Sequences } from './sequences.js'
import type { Timeline } from './timeline.js'
import { finalsOf } from './finals.js'

/** What of a timeline is compared. */
export const timelineLayers = ['answers', 'objects', 'times', 'events', 'final'] as const
export type TimelineLayer = (typeof timelineLayers)[number]

/** Something that went otherwise than recorded. */
export interface TimelineDifference {
  /** `scenario layer what` */
  readonly id: string
  readonly layer: TimelineLayer
  readonly expected: unknown
  readonly actual: unknown
}

/** How a timeline went. */
export interface TimelineScore {
  readonly timeline: string
  /** How many things were compared, by layer. */
  readonly compared: Readonly<Record<TimelineLayer, number>>
  readonly unequal: readonly TimelineDifference[]
}

/**
 * What chance may have been when it was recorded, likeliest first: requests come just before or just after
 * what happens by itself (the recorder waited for it), times are cut to whole seconds, and equal nodes are
 * drawn.
 */
const CHANCES: readonly Chance[] = [
  {},
  { early: 20 },
  { early: 50 },
  { begin: 800 },
  { begin: 50 },
  { begin: 950, early: 30 },
  { seed: 2 },
  { seed: 3, begin: 600 },
  { seed: 4, early: 10 },
  { seed: 5, hurries: true },
  { seed: 6, begin: 450 },
  { late: true },
  { late: true, seed: 2 },
  { late: true, seed: 3 },
  { late: true, seed: 4 },
  { late: true, seed: 5 },
]

/**
 * Plays a timeline and compares what came of it: with other chances until one goes as recorded but for what
 * is known to differ, else the one that came nearest. `known`: ids of differences; `tries`: how many chances
 * it is given.
 */
export function timelineScore(
  timeline: Timeline,
  known: ReadonlySet<string> = new Set(),
  tries: number = CHANCES.length,
): TimelineScore {
  const unknown = ({ unequal }: TimelineScore): number => unequal.filter(({ id }) => !known.has(id)).length
  let best: TimelineScore | undefined
  for (const chance of CHANCES.slice(0, tries)) {
    const score = new Comparer(timeline, playTimeline(timeline, chance)).score()
    if (unknown(score) === 0) return score
    if (best === undefined || unknown(score) < unknown(best)) best = score
  }
  return best as TimelineScore
}

/**
 * Seconds that a reaction may come earlier or later: recorder and components take turns on few processors.
 */
const JITTER = 1.5
/**
 * Seconds by which periodic work comes earlier or later: the node monitor looks every 5 s, the pod garbage
 * collector every 20 s.
 */
const MONITOR_PERIOD = 5
const POD_GC_PERIOD = 40

class Comparer {
  readonly #timeline: Timeline
  readonly #played: Played
  readonly #names: Names
  /** Whether nodes fail in it, so that much hangs on when the monitor looks. */
  readonly #isMonitored: boolean
  readonly #compared: Record<TimelineLayer, number> = {
    answers: 0,
    objects: 0,
    times: 0,
    events: 0,
    final: 0,
  }
  readonly #unequal: TimelineDifference[] = []

  constructor(timeline: Timeline, played: Played) {
    this.#timeline = timeline
    this.#played = played
    this.#isMonitored = timeline.timeline.some(({ what = '' }) => what.startsWith('heart-beats of'))
    const made = timeline.timeline.filter(
      ({ request }) => request?.method === 'POST' && !/\/(eviction|binding)$/.test(request.path),
    )
    this.#names = new Names(JSON.stringify([timeline.applied, made.map(({ request }) => request?.body)]))
  }

  score(): TimelineScore {
    this.#answers(this.#played.answers)
    this.#objects()
    this.#events(
      recordedEvents(this.#timeline, this.#names),
      writtenEvents(this.#played.writes, this.#timeline, this.#names),
    )
    for (const [name, expected, actual] of finalsOf(this.#timeline, this.#played, this.#names))
      this.#check('final', name, expected, actual)
    return { timeline: this.#timeline.id, compared: this.#compared, unequal: this.#unequal }
  }

  #check(
    layer: TimelineLayer,
    what: string,
    expected: unknown,
    actual: unknown,
    isEqual = canonical(expected) === canonical(actual),
  ): void {
    this.#compared[layer]++
    if (!isEqual) this.#unequal.push({ id: `${this.#timeline.id} ${layer} ${what}`, layer, expected, actual })
  }

  #answers(responses: readonly Answer[]): void {
    for (const { item, code, body } of responses) {
      const { request, code: expected, response } = item
      const text = ({ reason, message }: { reason?: string; message?: string }): unknown =>
        this.#names.text(`${reason ?? ''}: ${message ?? ''}`)
      const isError = (response as { kind?: string } | undefined)?.kind === 'Status'
      const left = isError ? [expected, text(response as object)] : expected
      const right = isError ? [code, text((body ?? {}) as object)] : code
      this.#check('answers', `${request?.method} ${request?.path} at ${item.t}`, left, right)
    }
  }

  #objects(): void {
    const sequencer = new Sequencer(this.#timeline, this.#names)
    const recorded = sequencer.recorded(this.#timeline)
    const written = sequencer.written(this.#played.writes, this.#timeline)
    for (const name of [...new Set([...recorded.keys(), ...written.keys()])].sort())
      this.#sequences(name, recorded, written)
  }

  #sequences(name: string, recorded: Sequences, written: Sequences): void {
    const expected = inOrder(recorded.get(name) ?? [])
    const actual = inOrder(written.get(name) ?? [])
    const rest = [...actual]
    const pairs: (readonly [Sequence, Sequence])[] = []
    for (const sequence of expected) {
      const at = rest.findIndex((other) => agree(name, sequence, other))
      const [match] = at < 0 ? [] : rest.splice(at, 1)
      this.#check(
        'objects',
        name,
        sequence.states,
        match?.states ?? closest(sequence, rest)?.states ?? [],
        match !== undefined,
      )
      if (match !== undefined) pairs.push([sequence, match])
    }
    if (actual.length > expected.length)
      this.#check('objects', `${name}: more of them`, expected.length, actual.length)
    // which of equal objects goes first is chance
    const groups = new Map<string, (typeof pairs)[number][]>()
    for (const pair of pairs) {
      const story = pair[0].states.join()
      groups.set(story, [...(groups.get(story) ?? []), pair])
    }
    for (const equal of groups.values()) this.#times(name, equal)
  }

  #times(name: string, pairs: readonly (readonly [expected: Sequence, actual: Sequence])[]): void {
    const [{ isWhole, states }] = pairs[0] as (typeof pairs)[number]
    if (!isWhole && states.length === 1) return
    const tolerance = states.some((state) => state.includes('DeletionByPodGC'))
      ? POD_GC_PERIOD
      : this.#isMonitored
        ? MONITOR_PERIOD + JITTER
        : JITTER
    for (const which of ['first', 'last'] as const) {
      const [expected, actual] = [0, 1].map((side) =>
        pairs.map((pair) => (pair[side] as Sequence)[which]).sort((a, b) => a - b),
      ) as [number[], number[]]
      this.#check(
        'times',
        `${name} ${which}`,
        expected,
        actual,
        expected.every((t, at) => Math.abs(t - (actual[at] as number)) <= tolerance),
      )
    }
  }

  /** Counts of repeated events vary by one. */
  #events(expected: EventCounts, actual: EventCounts): void {
    if (expected.size === 0) return
    for (const line of [...new Set([...expected.keys(), ...actual.keys()])].sort()) {
      const [left = 0, right = 0] = [expected.get(line), actual.get(line)]
      this.#check(
        'events',
        line,
        left,
        right,
        left === right || (Math.min(left, right) > 0 && Math.abs(left - right) === 1),
      )
    }
  }
}

const inOrder = (sequences: readonly Sequence[]): readonly Sequence[] =>
  sequences
    .map((sequence) => ({ sequence, key: sequence.states.join() }))
    .sort((a, b) =>
      a.key < b.key
        ? -1
        : a.key > b.key
          ? 1
          : a.sequence.last - b.sequence.last || a.sequence.first - b.sequence.first,
    )
    .map(({ sequence }) => sequence)

/** What a sequence that has no equal most probably stands for. */
const closest = ({ states }: Sequence, others: readonly Sequence[]): Sequence | undefined =>
  others.find((other) => other.states[0] === states[0] && other.states.length === states.length) ?? others[0]

/** Statuses of what counts pods may collapse: pods that change together are seen one by one or at once. */
const COUNTS_PODS = /^(deployments|replicasets|statefulsets|daemonsets|jobs|pdbs|endpointslices) /
/**
 * Which counts were seen on the way hangs on how many pods changed at once; for ReplicaSets also in how many
 * steps they were scaled.
 */
const COLLAPSING = ['status', 'endpoints']
const SCALED_IN_STEPS = ['generation', 'replicas']

/**
 * Whether two sequences tell the same story: they are equal; or, of what counts pods, they begin and end
 * alike, and each field but the counts went through the same values, some of which may not have been seen.
 */
function agree(name: string, expected: Sequence, actual: Sequence): boolean {
  const [left, right] = [expected.states, actual.states]
  if (left.join('\n') === right.join('\n')) return true
  if (!COUNTS_PODS.test(name) || expected.isWhole !== actual.isWhole) return false
  if (name.startsWith('replicasets '))
    return alike(left.map(withoutSteps), right.map(withoutSteps), expected.isWhole)
  return alike(left, right, expected.isWhole)
}

function alike(left: readonly string[], right: readonly string[], isWhole: boolean): boolean {
  if ((isWhole && left[0] !== right[0]) || left.at(-1) !== right.at(-1)) return false
  const [expected, actual] = [left.map(fieldsOf), right.map(fieldsOf)]
  const fields = new Set([...expected, ...actual].flatMap((state) => Object.keys(state)))
  return [...fields]
    .filter((field) => !COLLAPSING.includes(field))
    .every((field) => {
      const [a, b] = [merged(expected, field), merged(actual, field)]
      return isSubsequence(a, b) || isSubsequence(b, a)
    })
}

const fieldsOf = (state: string): Readonly<Record<string, unknown>> =>
  state.startsWith('{') ? (JSON.parse(state) as Record<string, unknown>) : { state }

function withoutSteps(state: string): string {
  const { status, ...fields } = fieldsOf(state) as { status?: Record<string, unknown> }
  const kept = Object.entries(fields).filter(([field]) => !SCALED_IN_STEPS.includes(field))
  return canonical(
    Object.fromEntries([
      ...kept,
      ...(status === undefined ? [] : [['status', { ...status, observedGeneration: undefined }]]),
    ]),
  )
}

/** The values of a field, equal neighbours merged. */
function merged(states: readonly Readonly<Record<string, unknown>>[], field: string): readonly string[] {
  const values = states.map((state) => canonical(state[field] ?? null))
  return values.filter((value, at) => value !== values[at - 1])
}

function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0
  for (const state of whole) if (state === part[at]) at++
  return at === part.length
}
