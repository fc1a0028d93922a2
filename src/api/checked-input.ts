import { isAsyncFunction, isThenable, methodsOf } from '../lang/synchronous.js'
import * as z from 'zod/mini'
import { InputError } from '../lang/input-error.js'
import { type Duration, toMillis } from '../sim/duration.js'
import { nearest } from '../lang/text/nearest.js'
import { isMap } from '../lang/json/maps.js'

/** The schema of a type whose keys are all there: a key that the type gains or loses does not compile. */
export type ShapeOf<T> = { readonly [K in keyof Required<T>]: z.ZodMiniType<T[K] | undefined> }

/** The example of each schema that has one of its own, shown when a value does not fit it. */
const examples = new WeakMap<z.core.$ZodType, string>()

/** Attaches an example of a right value, with its option: `{ network: { podCIDR: '10.32.0.0/12' } }`. */
export function like<S extends z.core.$ZodType>(example: string, schema: S): S {
  examples.set(schema, example)
  return schema
}

/** Keys that a record usually has, by its schema: suggested for a key that stands a level too high. */
const usualKeys = new WeakMap<z.core.$ZodType, readonly string[]>()

/** Attaches the keys that a record usually has: `cpu` and `memory`. */
export function usually<S extends z.core.$ZodType>(keys: readonly string[], schema: S): S {
  usualKeys.set(schema, keys)
  return schema
}

/** An object that has these keys and no other ones. Those that may be left out are `z.optional`. */
export function strict<T extends object>(shape: ShapeOf<T>): z.ZodMiniType<T> {
  return shaped<T>(z.strictObject(shape))
}

/** Some members of an object's schema: it has these keys and no other ones. */
export function only<T extends object, K extends keyof T & string>(
  schema: z.ZodMiniType<T>,
  ...keys: readonly K[]
): z.ZodMiniType<Pick<T, K>> {
  const mask = Object.fromEntries(keys.map((key) => [key, true as const]))
  return shaped(z.pick(schema as z.ZodMiniType as z.ZodMiniObject, mask))
}

/**
 * An object that may be an instance of a class. A plain one has these keys and no other ones. An instance may
 * have members of its own, but no method whose name is almost that of a missing member.
 */
export function implementing<T extends object>(shape: ShapeOf<T>): z.ZodMiniType<T> {
  const known = Object.keys(shape)
  const names = z.transform((given: unknown, { issues }) => {
    if (typeof given !== 'object' || given === null) return given
    const keys = strangeMembers(given, known)
    const input = given as Record<string, unknown>
    if (keys.length > 0) issues.push({ code: 'unrecognized_keys', keys: [...keys], input })
    return given
  })
  return shaped<T>(z.pipe(names, z.looseObject(shape)))
}

function strangeMembers(given: object, known: readonly string[]): readonly string[] {
  const prototype: unknown = Object.getPrototypeOf(given)
  if (prototype === Object.prototype || prototype === null || Array.isArray(given))
    return Object.keys(given).filter((key) => !known.includes(key))
  const missing = known.filter((key) => !(key in given))
  return methodsOf(given).filter((name) => !known.includes(name) && nearest(name, missing) !== undefined)
}

/** The schema of a type of which it checks only some members, such as an object of the API. */
export const shaped = <T>(schema: z.ZodMiniType): z.ZodMiniType<T> => schema as z.ZodMiniType<T>

/** A function that returns at once: the simulation waits for no promise. */
export const callable = <F>(): z.ZodMiniType<F> =>
  z.custom<F>(
    (value) => typeof value === 'function' && !isAsyncFunction(value),
    'must be a function that is not async, whose result is there when it returns',
  )

/** A function of which nothing waits for the result. */
export const anyFunction = <F>(): z.ZodMiniType<F> =>
  z.custom<F>((value) => typeof value === 'function', 'must be a function')

type Check<T> = (payload: z.core.ParsePayload<T>) => void

/** Checks a value; `ruleOf` returns what it must be (`must be an IP address`) if it is not. */
export function ruled<T>(ruleOf: (value: T) => string | undefined): Check<T> {
  return ({ value, issues }) => {
    const message = ruleOf(value)
    if (message !== undefined) issues.push({ code: 'custom', message, input: value })
  }
}

/** Checks a value by the function that will read it, whose error says all that is wrong. */
export function readBy<T>(read: (value: T) => unknown): Check<T> {
  return ({ value, issues }) => {
    try {
      read(value)
    } catch (error) {
      const message = `is invalid: ${error instanceof Error ? error.message : String(error)}`
      issues.push({ code: 'custom', message, input: value, params: COMPLETE })
    }
  }
}

/** Parameters of an issue whose message shows the value itself. */
const COMPLETE = { complete: true }

/** Whether the message of an issue shows the value itself. */
const isComplete = (issue: z.core.$ZodIssue): boolean =>
  issue.code === 'custom' && issue.params?.complete === true

/** Checks that no two entries have the same key; `path` leads from an entry to what makes it. */
export function distinct<T>(
  keyOf: (entry: T) => string | undefined,
  path: readonly string[] = [],
): Check<readonly T[]> {
  return ({ value, issues }) => {
    const first = new Map<string, number>()
    for (const [at, entry] of value.entries()) {
      const key = keyOf(entry)
      if (key === undefined) continue
      const before = first.get(key)
      if (before === undefined) first.set(key, at)
      else {
        const message = `must be unique: ${JSON.stringify(key)} is at [${before}] and [${at}]`
        issues.push({ code: 'custom', message, input: value, path: [at, ...path], params: COMPLETE })
      }
    }
  }
}

/** A text for which `holds`; `rule` says what it must be. */
export const textThat = (holds: (value: string) => boolean, rule: string): z.ZodMiniString =>
  z.string().check(ruled((value) => (holds(value) ? undefined : rule)))

/** A text that is not empty. */
export const text: z.ZodMiniType<string> = z.string().check(z.minLength(1))

/** A {@link Duration}. */
export const duration: z.ZodMiniType<Duration> = z.custom<Duration>(
  isDuration,
  "must be a duration such as '5m', '1h30m' or '250ms', or whole milliseconds",
)

function isDuration(value: unknown): boolean {
  if (typeof value !== 'string' && typeof value !== 'number') return false
  if (typeof value === 'number' && !Number.isInteger(value)) return false
  try {
    toMillis(value)
    return true
  } catch {
    return false
  }
}

/** Any object, such as one of the API, which the server checks. A loose object of zod copies each member. */
export const anyObject = <T extends object = object>(): z.ZodMiniType<T> =>
  z.custom<T>(isMap, 'must be an object')

/** A boolean that may be left out. */
export const flag: z.ZodMiniType<boolean | undefined> = z.optional(z.boolean())

/** A text, not empty, that may be left out. */
export const word: z.ZodMiniType<string | undefined> = z.optional(text)

/**
 * Returns a function that checks what a public function was given. The schema is made at the first call that
 * needs it. `example` is a whole call.
 * @throws InputError with every fault: unknown keys with the nearest one that exists, values of another type
 */
export function inputCheck(
  name: string,
  example: string,
  make: () => z.ZodMiniType,
): (value: unknown) => void {
  let schema: z.ZodMiniType | undefined
  return (value) => {
    const result = (schema ??= make()).safeParse(value)
    if (!result.success) throw inputError(name, example, schema, value, result.error.issues)
  }
}

/** What the arguments of a function must be, by their names in order. */
export type Arguments = Readonly<Record<string, z.ZodMiniType>>

/** Checks the arguments of a call. @throws InputError */
export type ArgumentCheck = (args: readonly unknown[]) => void

/** Returns a function that checks the arguments of a call, see {@link inputCheck}. */
export function argumentsCheck(name: string, example: string, make: () => Arguments): ArgumentCheck {
  let schemas: readonly (readonly [string, z.ZodMiniType])[] | undefined
  return (args) => {
    schemas ??= Object.entries(make())
    for (const [at, [argument, schema]] of schemas.entries()) {
      const value = args[at]
      if (isThenable(value))
        throw new InputError(
          `${name}: ${argument} is a promise: await it first. Write for example: ${example}`,
        )
      const result = schema.safeParse(value)
      if (result.success) continue
      const issues = result.error.issues.map((issue) => ({ ...issue, path: [argument, ...issue.path] }))
      throw inputError(name, example, z.looseObject({ [argument]: schema }), { [argument]: value }, issues)
    }
  }
}

type Issue = z.core.$ZodIssue

/** Returns the error of faults that a schema has found. */
export function inputError(
  name: string,
  example: string,
  schema: z.ZodMiniType,
  value: unknown,
  issues: readonly Issue[],
): InputError {
  const all = issues.flatMap(expanded)
  const [first] = all
  const shown = first === undefined ? undefined : exampleOf(schema, first)
  const faults = withoutRepeats(all.map((issue) => faultOf(schema, value, issue)))
  return new InputError(`${name}: ${faults.join('; ')}. Write for example: ${shown ?? example}`)
}

/** Returns the faults, where those that entries of one list have in common are told once. */
function withoutRepeats(faults: readonly string[]): readonly string[] {
  const alike = new Map<string, { readonly first: string; count: number }>()
  for (const fault of faults) {
    const key = fault.replaceAll(/\[\d+\]/g, '[]')
    const known = alike.get(key)
    if (known === undefined) alike.set(key, { first: fault, count: 1 })
    else known.count++
  }
  return [...alike.values()].map(({ first, count }) =>
    count === 1 ? first : `${first} (and ${count - 1} more like it)`,
  )
}

/** Returns a fault as a text that begins with the name of the option. */
function faultOf(schema: z.ZodMiniType, value: unknown, issue: Issue): string {
  const found = valueAt(value, issue.path)
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path)
    const hints = issue.keys.map((key) => {
      const meant = meantPath(schema, issue.path, key)
      return meant === undefined ? undefined : `did you mean ${pathText(meant)}?`
    })
    // the list of what there is once, behind the last key that needs it
    const last = hints.lastIndexOf(undefined)
    return issue.keys
      .map((key, at) => {
        const hint = hints[at] ?? (at === last ? `there are: ${known.join(', ')}` : undefined)
        return `unknown option ${pathText([...issue.path, key])}${hint === undefined ? '' : ` (${hint})`}`
      })
      .join('; ')
  }
  const where = pathText(issue.path)
  if (issue.code === 'invalid_key') {
    const [rule] = issue.issues
    return `the name ${where} ${rule === undefined ? 'is invalid' : ruleOf(rule, issue.path.at(-1))}`
  }
  const fault = `${where === '' ? '' : `${where} `}${ruleOf(issue, found)}`
  return isComplete(issue) ? fault : `${fault}, not ${shownValue(found)}`
}

/** Returns the path of the key that an unknown one is most like, in the same object or one level below. */
function meantPath(
  schema: z.ZodMiniType,
  path: readonly PropertyKey[],
  key: string,
): readonly PropertyKey[] | undefined {
  const known = keysAt(schema, path)
  const beside = nearest(key, known)
  if (beside !== undefined) return [...path, beside]
  const paths = known.flatMap((group) =>
    keysAt(schema, [...path, group]).map((each) => [...path, group, each] as const),
  )
  const below = nearest(
    key,
    paths.map((each) => String(each.at(-1))),
  )
  return below === undefined ? undefined : paths.find((each) => each.at(-1) === below)
}

/** Returns what a value must be: `must be a text`. */
function ruleOf(issue: Issue, found: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPES[issue.expected] ?? issue.expected}`
    case 'invalid_value': {
      const values = issue.values.map((each) => (typeof each === 'string' ? `'${each}'` : String(each)))
      const meant = typeof found === 'string' ? nearest(found, issue.values.map(String)) : undefined
      const hint = meant === undefined ? '' : ` (did you mean '${meant}'?)`
      return `must be ${values.length === 1 ? '' : 'one of '}${values.join(', ')}${hint}`
    }
    case 'invalid_union':
      return unionRule(issue.errors, found)
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? 'must not be empty'
        : `must be ${issue.inclusive === true ? 'at least' : 'greater than'} ${String(issue.minimum)}`
    default:
      return issue.message === 'Invalid input' ? 'is invalid' : issue.message
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'an array',
  function: 'a function',
}

/** Joins the rules of the alternatives. */
function unionRule(alternatives: readonly (readonly Issue[])[], found: unknown): string {
  const rules = alternatives.flatMap(([issue]) => (issue === undefined ? [] : [ruleOf(issue, found)]))
  return [...new Set(rules)].join(' or ').replaceAll(' or must be ', ' or ')
}

/** Replaces the fault of a union, of which one alternative fits but for its members, by theirs. */
function expanded(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const strange = (issues: readonly Issue[]): number =>
    issues.reduce((sum, each) => sum + (each.code === 'unrecognized_keys' ? each.keys.length : 1), 0)
  const [inside] = issue.errors
    .filter((issues) => issues.every((each) => each.path.length > 0 || each.code === 'unrecognized_keys'))
    .toSorted((a, b) => strange(a) - strange(b))
  if (inside === undefined) return [issue]
  return inside.flatMap((each) => expanded({ ...each, path: [...issue.path, ...each.path] }))
}

/** Returns a path as in JavaScript: `nodes[0].taints`. */
function pathText(path: readonly PropertyKey[]): string {
  // options are called by their own names
  const parts = path.length > 1 && path[0] === 'options' ? path.slice(1) : path
  return parts.reduce<string>((before, part) => {
    if (typeof part === 'number') return `${before}[${part}]`
    const name = String(part)
    if (!/^[\w$]+$/.test(name)) return `${before}[${JSON.stringify(name)}]`
    return before === '' ? name : `${before}.${name}`
  }, '')
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  )
}

const MOST_SHOWN = 60

function shownValue(value: unknown): string {
  if (isThenable(value)) return 'a promise: await it first'
  if (typeof value === 'function') return isAsyncFunction(value) ? 'an async function' : 'a function'
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value)
  if (typeof value === 'number' || value === undefined) return String(value)
  try {
    const json = JSON.stringify(value)
    return json.length > MOST_SHOWN ? `${json.slice(0, MOST_SHOWN)}…` : json
  } catch {
    return 'a circular object' // JSON.stringify
  }
}

/** Returns the schemas below a schema for a key: one, or those of the alternatives that have it. */
function below(schema: z.core.$ZodType, key: PropertyKey): readonly z.core.$ZodType[] {
  const { def } = (schema as z.core.$ZodTypes)._zod
  switch (def.type) {
    case 'object': {
      const member = (def.shape as Readonly<Record<PropertyKey, z.core.$ZodType | undefined>>)[key]
      return member === undefined ? [] : [member]
    }
    case 'record':
      return [def.valueType]
    case 'array':
      return [def.element]
    case 'optional':
      return below(def.innerType, key)
    case 'pipe':
      return below(def.out, key)
    case 'lazy':
      return below(def.getter(), key)
    case 'union':
      return def.options.flatMap((option) => below(option, key))
    default:
      return []
  }
}

function schemasAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly z.core.$ZodType[] {
  return path.reduce<readonly z.core.$ZodType[]>(
    (found, key) => found.flatMap((each) => below(each, key)),
    [schema],
  )
}

function keysOf(schema: z.core.$ZodType): readonly string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod
  switch (def.type) {
    case 'object':
      return Object.keys(def.shape)
    case 'record':
      if (def.keyType._zod.def.type === 'enum') return [...(def.keyType._zod.values ?? [])].map(String)
      return usualKeys.get(schema) ?? []
    case 'optional':
      return keysOf(def.innerType)
    case 'pipe':
      return keysOf(def.out)
    case 'union':
      return def.options.flatMap(keysOf)
    default:
      return []
  }
}

function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  return [...new Set(schemasAt(schema, path).flatMap(keysOf))]
}

/** Returns the example of the option that is wrong, or that was meant, or of what it belongs to. */
function exampleOf(schema: z.ZodMiniType, issue: Issue): string | undefined {
  const meant =
    issue.code === 'unrecognized_keys' ? meantPath(schema, issue.path, issue.keys[0] ?? '') : undefined
  return exampleAt(schema, meant ?? issue.path)
}

/** Returns the example of an option, or of what it belongs to. */
export function exampleAt(schema: z.ZodMiniType, path: readonly PropertyKey[]): string | undefined {
  for (let length = path.length; length >= 0; length--) {
    const found = schemasAt(schema, path.slice(0, length)).flatMap((each) => examples.get(each) ?? [])
    if (found[0] !== undefined) return found[0]
  }
  return undefined
}
