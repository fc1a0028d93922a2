import { binaryText } from '../../lang/bytes/base64.js'
import { entriesOf } from '../../sim/data/lazy-map.js'
import { HASH_SEED, hashNumber, hashText } from '../../sim/data/hash.js'
import type { Timer } from '../../sim/timers.js'

/**
 * What differs between equal states, in a string: uids, ids of containers, times, and the ends of generated
 * names, after the hash of a pod template, if any.
 */
// bounded: constants
export const VARYING: RegExp = new RegExp(
  [
    '([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64})',
    '(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z)',
    '-([bcdfghjklmnpqrstvwxz2456789]{5})(?=["/\\\\]|$)',
  ].join('|'),
  'g',
)
/** The kinds of its groups. */
const KINDS = ['uid', 'instant', 'name'] as const
/** Numbers from here on, up to the year 2033, are times in ms. */
const FIRST_TIME = 1.6e12
const LAST_TIME = 2e12
/** As many strings are remembered. */
const MOST_STRINGS = 50_000

/** Something that varies: a time in virtual ms, or what is numbered in the order of its appearance. */
type Varying = number | { readonly kind: 'uid' | 'name' | 'rv'; readonly value: string }

/** A value in parts: a hash of what is constant (two lanes), and what varies, in order. */
export interface Parts {
  readonly a: number
  readonly b: number
  readonly varying: readonly Varying[]
  /** Whether none of it is a time. */
  readonly timeless: boolean
}

/** Takes values apart. */
class PartsBuilder {
  #a = HASH_SEED
  #b = 0x9747b28c
  readonly #varying: Varying[] = []

  get parts(): Parts {
    const timeless = !this.#varying.some((one) => typeof one === 'number')
    return { a: this.#a, b: this.#b, varying: this.#varying, timeless }
  }

  /** Adds any plain data. `key` is that of the member. */
  add(value: unknown, key = ''): void {
    if (typeof value === 'string') return this.#string(value, key)
    if (typeof value === 'number') return this.#number(value)
    if (typeof value !== 'object' || value === null) return this.#constant(String(value))
    if (value instanceof Uint8Array) return this.#constant(binaryText(value))
    if (Object.isFrozen(value)) return this.merge(partsOf(value))
    this.members(value)
  }

  members(value: object): void {
    if (Array.isArray(value) || value instanceof Set) {
      this.#constant('[')
      for (const member of value as Iterable<unknown>) this.add(member)
      return this.#constant(']')
    }
    this.#constant('{')
    const entries = value instanceof Map ? entriesOf(value as Map<string, unknown>) : Object.entries(value)
    for (const [key, member] of entries) {
      // neither changes what happens next
      if (key === 'managedFields' || key === 'probeCounts') continue
      this.#string(key, '')
      this.add(member, key)
    }
    this.#constant('}')
  }

  /** Returns the parts of one value. */
  with(value: unknown): Parts {
    this.add(value)
    return this.parts
  }

  merge({ a, b, varying }: Parts): void {
    this.#fold(a, b)
    for (const one of varying) this.#varying.push(one)
  }

  #string(text: string, key: string): void {
    if (key !== 'resourceVersion') return this.merge(partsOfText(text))
    this.#constant('revision')
    this.#varying.push({ kind: 'rv', value: text })
  }

  #number(value: number): void {
    if (value < FIRST_TIME || value > LAST_TIME) return this.#constant(String(value))
    this.#constant('time')
    this.#varying.push(value)
  }

  #constant(text: string): void {
    this.#fold(hashText(HASH_SEED, text), hashText(0x9747b28c, text))
  }

  #fold(a: number, b: number): void {
    this.#a = hashNumber(this.#a, a)
    this.#b = hashNumber(this.#b, b)
  }

  /** Adds a string that is not in {@link strings}. */
  addText(text: string): void {
    let end = 0
    for (const match of text.matchAll(VARYING)) {
      this.#constant(text.slice(end, match.index))
      this.#varying.push(varyingOf(match))
      end = match.index + match[0].length
    }
    this.#constant(text.slice(end))
  }
}

/** Returns what a match of {@link VARYING} stands for. */
export function varyingOf(match: readonly (string | undefined)[]): Varying {
  const group = KINDS.findIndex((_, at) => match[at + 1] !== undefined)
  const value = match[group + 1] ?? ''
  const kind = KINDS[group] ?? 'name'
  return kind === 'instant' ? Date.parse(value) : { kind, value }
}

/** Forks share their objects and state slices, so that most have been taken apart before. */
const known = new WeakMap<object, Parts>()
const strings = new Map<string, Parts>()

/** Returns the parts of something that does not change. */
export function partsOf(value: object): Parts {
  let parts = known.get(value)
  if (parts !== undefined) return parts
  const builder = new PartsBuilder()
  builder.members(value)
  parts = builder.parts
  known.set(value, parts)
  return parts
}

/** Returns the parts of something that may still change. */
export const partsNow = (value: unknown): Parts => new PartsBuilder().with(value)

/** Returns the parts of anything that does not change. */
export const partsOfValue = (value: unknown): Parts =>
  typeof value === 'object' && value !== null ? partsOf(value) : partsOfText(String(value))

/** Returns the parts of a string. */
export function partsOfText(text: string): Parts {
  let parts = strings.get(text)
  if (parts !== undefined) return parts
  const builder = new PartsBuilder()
  builder.addText(text)
  if (strings.size >= MOST_STRINGS) strings.clear()
  strings.set(text, (parts = builder.parts))
  return parts
}

/** Numbers uids, names and revisions in the order of their appearance, and counts times from `now`. */
export class StateNormaliser {
  readonly #now: number
  readonly #known: ReadonlyMap<string, number>
  readonly #numbers = {
    uid: new Map<string, number>(),
    name: new Map<string, number>(),
    rv: new Map<string, number>(),
  }

  /** `known`: uids that have a number already. */
  constructor(now: number, known: ReadonlyMap<string, number> = new Map()) {
    this.#now = now
    this.#known = known
  }

  /** Returns what stands for something that varies. */
  numberOf(varying: Varying): number {
    if (typeof varying === 'number') return varying - this.#now
    const { kind, value } = varying
    const known = kind === 'uid' ? this.#known.get(value) : undefined
    if (known !== undefined) return known
    const numbers = this.#numbers[kind]
    let number = numbers.get(value)
    if (number === undefined) numbers.set(value, (number = this.#known.size + numbers.size))
    return number
  }
}

/** Folds parts, up to what varies. */
export class Hash {
  readonly #normaliser: StateNormaliser
  #a = HASH_SEED
  #b = 0x9747b28c

  constructor(now: number, known: ReadonlyMap<string, number>) {
    this.#normaliser = new StateNormaliser(now, known)
  }

  add({ a, b, varying }: Parts): void {
    this.#a = hashNumber(this.#a, a)
    this.#b = hashNumber(this.#b, b)
    for (const one of varying) {
      const number = this.#normaliser.numberOf(one)
      this.#a = hashNumber(this.#a, number)
      this.#b = hashNumber(this.#b, number + 1)
    }
  }

  toString(): string {
    return `${this.#a}.${this.#b}`
  }
}

/** The parts of timers that have been taken apart. */
const timers = new WeakMap<object, Parts>()

/** Returns the parts of a timer without its sequence number. */
export function partsOfTimer(timer: Timer): Parts {
  let parts = timers.get(timer)
  if (parts !== undefined) return parts
  const { seq: _seq, ...rest } = timer
  timers.set(timer, (parts = partsNow(rest)))
  return parts
}

/** Whether timeless parts are equal. */
export function areEqual(some: Parts, others: Parts): boolean {
  if (some.a !== others.a || some.b !== others.b || some.varying.length !== others.varying.length)
    return false
  return some.varying.every((one, at) => {
    const other = others.varying[at]
    return typeof one === 'object' && typeof other === 'object' && one.value === other.value
  })
}
