import { canonical } from '../recordings/compare.js'
import { summaryOf, type State } from './summaries.js'
import type { Names } from './names.js'
import { itemsOf, type Timeline } from './timeline.js'
import type { Write } from './writes.js'

/**
 * How one object went: its states in canonical form, equal neighbours merged, and when it came to the first
 * and to the last.
 */
export interface Sequence {
  readonly states: readonly string[]
  readonly first: number
  readonly last: number
  /** Whether it was seen from when it was made. */
  readonly isWhole: boolean
}

/** By `<kind> <name>`, generated names cut: how each object of that name went. */
export type Sequences = ReadonlyMap<string, readonly Sequence[]>

const DELETED = 'DELETED'
/** Chance decides on these. */
const RANDOM: ReadonlySet<string> = new Set(['node', 'ip'])

/** How one object looks from change to change. */
class Track {
  readonly states: string[] = []
  readonly #form: (state: State) => string
  readonly first: number
  last: number
  isWhole = false
  #state: State = {}

  constructor(form: (state: State) => string, first: number) {
    this.#form = form
    this.first = first
    this.last = first
  }

  change(change: State, t: number): void {
    this.#state = { ...this.#state, ...change }
    this.#add(this.#form(this.#state), t)
  }

  delete(t: number): void {
    this.#add(DELETED, t)
    this.#state = {}
  }

  #add(state: string, t: number): void {
    if (this.states.at(-1) === state) return
    this.states.push(state)
    this.last = t
  }
}

/** Makes sequences of what was recorded and of what was written here, in the same form. */
export class Sequencer {
  readonly #names: Names
  readonly #namespace: string

  constructor({ namespace }: Timeline, names: Names) {
    this.#names = names
    this.#namespace = namespace
  }

  recorded(timeline: Timeline): Sequences {
    const tracks = new Map<string, Track>()
    for (const { kind, what, name, change, t } of itemsOf(timeline)) {
      if (name === undefined || kind === 'Event') continue
      const track = this.#track(tracks, `${kind} ${name}`, t)
      track.isWhole ||= what === 'ADDED'
      if (what === DELETED) track.delete(t)
      else track.change(change ?? {}, t)
    }
    return this.#byName(tracks)
  }

  /**
   * Of the kinds that the recorder watched. What was there before it began is seen from its first change on.
   */
  written(writes: readonly Write[], timeline: Timeline): Sequences {
    const kinds = kindsOf(timeline)
    const tracks = new Map<string, Track>()
    for (const { type, resource, object, t } of writes) {
      const [kind = '', summary] = summaryOf(resource.split('.')[0] ?? '', kinds) ?? []
      const { namespace = this.#namespace, name = '' } = object.metadata
      if (t < 0 || summary === undefined || namespace !== this.#namespace) continue
      const key = `${kind} ${name}`
      this.#track(tracks, key, t).isWhole ||= type === 'ADDED'
      if (type === DELETED) this.#track(tracks, key, t).delete(t)
      else this.#track(tracks, key, t).change(summary(object), t)
    }
    return this.#byName(tracks)
  }

  #track(tracks: Map<string, Track>, key: string, t: number): Track {
    let track = tracks.get(key)
    if (track === undefined) tracks.set(key, (track = new Track((state) => this.#form(state), t)))
    return track
  }

  #form(state: State): string {
    const kept = Object.entries(state).filter(
      ([key, value]) => !RANDOM.has(key) && value !== null && value !== undefined && value !== false,
    )
    const text = canonical(
      Object.fromEntries(kept.map(([key, value]) => [key, key === 'endpoints' ? endpoints(value) : value])),
    )
    return this.#names.text(
      text
        .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
        .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|<uid:\d+>/g, '<uid>')
        .replaceAll(/resourceVersion":"\d+"/g, 'resourceVersion":"<rv>"'),
    )
  }

  #byName(tracks: ReadonlyMap<string, Track>): Sequences {
    const named = new Map<string, Sequence[]>()
    for (const [key, { states, first, last, isWhole }] of tracks) {
      const name = this.#names.text(key)
      const list = named.get(name) ?? []
      named.set(name, list)
      list.push({ states, first, last, isWhole })
    }
    return named
  }
}

/** Where endpoints are, and in which order they come, is chance. */
function endpoints(value: unknown): unknown {
  const list = value as readonly { addresses?: readonly string[]; conditions?: unknown; target?: string }[]
  return list
    .map(({ addresses, conditions, target }) =>
      canonical({ conditions, target, ...(target === undefined ? { addresses } : {}) }),
    )
    .sort()
}

/** The kinds that the recorder watched, and the fields that it kept of each. */
function kindsOf(timeline: Timeline): ReadonlyMap<string, ReadonlySet<string>> {
  const kinds = new Map<string, Set<string>>()
  for (const { kind, name, change = {} } of itemsOf(timeline)) {
    if (name === undefined || kind === 'Event') continue
    const fields = kinds.get(kind) ?? new Set()
    for (const field of Object.keys(change)) fields.add(field)
    kinds.set(kind, fields)
  }
  return kinds
}
