import { nearest } from '../lang/text/nearest.js'
import { toMillis } from '../sim/duration.js'

/** Checks one value. Returns what is wanted instead, if it is wrong. */
type Check = (value: unknown, where: string) => string | undefined

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const text: Check = (value) => (typeof value === 'string' && value !== '' ? undefined : 'a text')
const code: Check = (value) => (typeof value === 'function' ? undefined : 'a function')
const count: Check = (value) =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? undefined : 'a whole number from 0'
const atLeastOne: Check = (value) =>
  Number.isSafeInteger(value) && Number(value) >= 1 ? undefined : 'a whole number from 1'
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(value as string) ? undefined : words.map((word) => `'${word}'`).join(' or ')
const any: Check = () => undefined
const duration: Check = (value) => {
  try {
    toMillis(value as string)
    return undefined
  } catch {
    return "a duration such as '5m' or a number of ms"
  }
}

/** Throws a RangeError if a value has keys besides those of `checks`, or a wrong value. */
function check(
  value: unknown,
  where: string,
  checks: Readonly<Record<string, Check>>,
  needed: readonly string[] = [],
): void {
  if (!isObject(value)) throw new RangeError(`${where} must be an object, not ${shown(value)}`)
  const known = Object.keys(checks)
  for (const [key, member] of Object.entries(value)) {
    const judge = checks[key]
    if (judge === undefined) throw unknownKey(where, key, known)
    if (member === undefined) continue
    const wanted = judge(member, `${where}.${key}`)
    if (wanted !== undefined) throw new RangeError(`${where}.${key} must be ${wanted}, not ${shown(member)}`)
  }
  for (const key of needed) if (value[key] === undefined) throw new RangeError(`${where}.${key} is missing`)
}

function unknownKey(where: string, key: string, known: readonly string[]): RangeError {
  const meant = nearest(key, known)
  return new RangeError(
    `${where} has no option ${key}; ` +
      (meant === undefined ? `there are: ${known.join(', ')}` : `did you mean ${meant}?`),
  )
}

const shown = (value: unknown): string =>
  typeof value === 'function' ? 'a function' : (JSON.stringify(value) ?? String(value))

const record =
  (checks: Readonly<Record<string, Check>>, ...needed: readonly string[]): Check =>
  (value, where) => {
    check(value, where, checks, needed)
    return undefined
  }

const listOf =
  (member: Check): Check =>
  (value, where) => {
    if (!Array.isArray(value)) return 'a list'
    for (const [at, one] of value.entries()) {
      const wanted = member(one, `${where}[${at}]`)
      if (wanted !== undefined) throw new RangeError(`${where}[${at}] must be ${wanted}, not ${shown(one)}`)
    }
    return undefined
  }

const names = listOf(text)

const faults: Readonly<Record<string, Check>> = {
  crash: count,
  lostResponse: count,
  timeout: count,
  conflict: count,
  error: count,
  nodeCrash: count,
  timeTravel: count,
  unobserved: count,
  of: names,
}

const always: Check = (value, where) => {
  if (isObject(value) && 'rule' in value)
    check(
      value,
      where,
      { name: text, rule: text, check: code, onlyAtRest: any, excusedBy: names, observe: code },
      ['name'],
    )
  else check(value, where, { name: text, holds: code }, ['name', 'holds'])
  return undefined
}

const search: Check = (value, where) => {
  if (value === 'exhaustive') return undefined
  if (!isObject(value)) return "{ delays }, { pct, runs } or 'exhaustive'"
  if ('pct' in value) check(value, where, { pct: atLeastOne, runs: atLeastOne }, ['runs'])
  else if ('patterns' in value)
    check(value, where, { patterns: listOf(oneOf('intermediate', 'stale', 'unobserved')), runs: atLeastOne })
  else check(value, where, { delays: count, pct: atLeastOne, runs: atLeastOne, patterns: names }, ['delays'])
  return undefined
}

/** What `replay()` and its like take. */
const shared: Readonly<Record<string, Check>> = {
  actions: listOf(record({ name: text, do: code, at: oneOf('start', 'rest', 'any') }, 'name', 'do')),
  time: duration,
  lag: record({ of: names, max: duration }, 'of', 'max'),
  events: oneOf('batch', 'one'),
  workers: atLeastOne,
  underTest: names,
  always: listOf(always),
  eventually: listOf(record({ name: text, holds: code, within: duration }, 'holds')),
  sameAs: oneOf('faultless'),
  clients: (value) =>
    isObject(value) && Object.keys(value).length > 0
      ? undefined
      : 'an object with a function for each client',
  quiet: record({ turns: count, ms: count }),
  search,
  faults: record(faults),
  preempt: count,
  budget: record({ schedules: atLeastOne, time: duration }),
  seed: any,
}

/**
 * Checks the options of `explore()`. @throws RangeError that names what is unknown or wrong, and the nearest
 * key; or that there is nothing to check
 */
export function checkOptions(options: object): void {
  check(options, 'explore()', shared)
  const {
    always: first = [],
    eventually = [],
    sameAs,
  } = options as Readonly<Record<string, readonly unknown[] | undefined>>
  if (first.length === 0 && eventually.length === 0 && sameAs === undefined)
    throw new RangeError(
      'explore() has nothing to check: give it `always: [{ name, holds }]`, `eventually: [{ holds }]` or ' +
        "`sameAs: 'faultless'`",
    )
  refuseTwice('always', first)
  refuseTwice('eventually', eventually)
}

function refuseTwice(where: string, properties: readonly unknown[]): void {
  const seen = new Set<unknown>()
  for (const { name } of properties as readonly { readonly name?: string }[]) {
    if (name !== undefined && seen.has(name))
      throw new RangeError(`explore().${where} has two properties "${name}"`)
    seen.add(name)
  }
}

/**
 * Checks the options of `replay()`, `narrate()` and `toSvg()`. @throws RangeError like {@link checkOptions}
 */
export function checkReplayOptions(options: object): void {
  check(options, 'replay()', { ...shared, components: any, images: any, upTo: count })
}
