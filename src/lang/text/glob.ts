import { spend } from '../bounds/budget.js'

/** One place of a pattern: a character, any one, any number of any, or one of a set. */
type Token = string | typeof ANY | typeof STAR | CharacterSet

const ANY = Symbol('?')
const STAR = Symbol('*')

interface CharacterSet {
  readonly negated: boolean
  readonly ranges: readonly (readonly [first: string, last: string])[]
}

/** A set that is not closed: `[a`. */
export class GlobFault extends Error {
  override readonly name = 'GlobFault'
}

/** How a pattern is read. */
export interface GlobOptions {
  /** Whether `a` matches `A`. Default false. */
  readonly ignoresCase?: boolean
  /** Characters that negate a set. Default `!^`, as in a shell. */
  readonly negations?: string
  /** What a `[` is that begins no set: itself (default), or a {@link GlobFault}. */
  readonly open?: 'literal' | 'fault'
}

const CLASSES: Readonly<Record<string, CharacterSet['ranges']>> = {
  alpha: [
    ['a', 'z'],
    ['A', 'Z'],
  ],
  digit: [['0', '9']],
  alnum: [
    ['a', 'z'],
    ['A', 'Z'],
    ['0', '9'],
  ],
  upper: [['A', 'Z']],
  lower: [['a', 'z']],
  space: [
    [' ', ' '],
    ['\t', '\r'],
  ],
  blank: [
    [' ', ' '],
    ['\t', '\t'],
  ],
  xdigit: [
    ['0', '9'],
    ['a', 'f'],
    ['A', 'F'],
  ],
  punct: [
    ['!', '/'],
    [':', '@'],
    ['[', '`'],
    ['{', '~'],
  ],
}

/**
 * A pattern of file names: `*`, `?`, `[a-z]`, and `\` before a character that stands for itself. Matching
 * takes as many steps as the text has characters, times the length of the longest part without a star at
 * most: a star that is reached makes all that was open before it needless. Steps are charged to the budget of
 * the work that runs.
 */
export class Glob {
  readonly #tokens: readonly Token[]
  readonly #ignoresCase: boolean

  /** @throws GlobFault */
  constructor(pattern: string, options: GlobOptions = {}) {
    this.#ignoresCase = options.ignoresCase ?? false
    this.#tokens = tokensOf(this.#ignoresCase ? pattern.toLowerCase() : pattern, options)
  }

  /** Whether the whole text matches. */
  test(text: string): boolean {
    return this.#lengths(this.#tokens, this.#cased(text)).last === text.length
  }

  /** Returns the length of the shortest or longest prefix that matches; undefined if there is none. */
  prefix(text: string, which: 'shortest' | 'longest'): number | undefined {
    const { first, last } = this.#lengths(this.#tokens, this.#cased(text), which === 'shortest')
    return which === 'shortest' ? first : last
  }

  /** Returns the length of the shortest or longest suffix that matches; undefined if there is none. */
  suffix(text: string, which: 'shortest' | 'longest'): number | undefined {
    const reversed = this.#cased(text).split('').toReversed().join('')
    const { first, last } = this.#lengths(this.#tokens.toReversed(), reversed, which === 'shortest')
    return which === 'shortest' ? first : last
  }

  #cased(text: string): string {
    return this.#ignoresCase ? text.toLowerCase() : text
  }

  /** Returns the lengths of the first and the last prefix that match. */
  #lengths(
    tokens: readonly Token[],
    text: string,
    onlyFirst = false,
  ): { readonly first: number | undefined; readonly last: number | undefined } {
    let [first, last]: (number | undefined)[] = [undefined, undefined]
    let open = reached([0], tokens)
    for (let at = 0; ; at++) {
      if (open.at(-1) === tokens.length) {
        first ??= at
        last = at
        if (onlyFirst) break
      }
      if (at === text.length || open.length === 0) break
      spend(open.length)
      const char = text.charAt(at)
      const next: number[] = []
      for (const place of open) {
        const token = tokens[place]
        if (token === STAR) next.push(place)
        else if (token !== undefined && matches(token, char)) next.push(place + 1)
      }
      open = reached(next, tokens)
    }
    return { first, last }
  }
}

/**
 * Returns the places that can be reached without a character, in order and once each, from the last star on.
 */
function reached(places: readonly number[], tokens: readonly Token[]): readonly number[] {
  const all: number[] = []
  for (const place of places) {
    if (all.at(-1) !== place) all.push(place)
    for (let at = place; tokens[at] === STAR; at++) all.push(at + 1)
  }
  const lastStar = all.findLastIndex((place) => tokens[place] === STAR)
  return lastStar < 0 ? all : all.slice(lastStar)
}

function matches(token: Exclude<Token, typeof STAR>, char: string): boolean {
  if (token === ANY) return true
  if (typeof token === 'string') return token === char
  spend(token.ranges.length)
  return token.ranges.some(([first, last]) => first <= char && char <= last) !== token.negated
}

function tokensOf(pattern: string, options: GlobOptions): readonly Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern.charAt(at)
    if (char === '*') {
      // one star is as good as many
      if (tokens.at(-1) !== STAR) tokens.push(STAR)
    } else if (char === '?') tokens.push(ANY)
    else if (char === '\\' && at + 1 < pattern.length) tokens.push(pattern.charAt(++at))
    else if (char === '[') {
      const found = setAt(pattern, at, options.negations ?? '!^')
      if (found === undefined && options.open === 'fault') throw new GlobFault('syntax error in pattern')
      tokens.push(found?.set ?? char)
      at = found?.end ?? at
    } else tokens.push(char)
  }
  return tokens
}

/** Reads a set; `end` is the place of its `]`. Undefined if it is not closed. */
function setAt(
  pattern: string,
  from: number,
  negations: string,
): { readonly set: CharacterSet; readonly end: number } | undefined {
  let at = from + 1
  const negated = at < pattern.length && negations.includes(pattern.charAt(at))
  if (negated) at++
  const ranges: (readonly [string, string])[] = []
  for (let isFirst = true; at < pattern.length; isFirst = false) {
    const char = pattern.charAt(at)
    if (char === ']' && !isFirst) return { set: { negated, ranges }, end: at }
    const [, name] = /^\[:(\w{1,10}):\]/.exec(pattern.slice(at, at + 14)) ?? []
    if (name !== undefined && Object.hasOwn(CLASSES, name)) {
      ranges.push(...(CLASSES[name] ?? []))
      at += name.length + 4
      continue
    }
    const first = char === '\\' && at + 1 < pattern.length ? pattern.charAt(++at) : char
    at++
    const isRange = pattern.charAt(at) === '-' && at + 1 < pattern.length && pattern.charAt(at + 1) !== ']'
    if (isRange) at++
    const last = isRange ? (pattern.charAt(at) === '\\' ? pattern.charAt(++at) : pattern.charAt(at)) : first
    if (isRange) at++
    ranges.push([first, last])
  }
  return undefined
}
