import type { KubeObject } from '../../api/kind/definition.js'
import type { BrokenRule, KindUnderTest, PublishedSchema } from './kind-under-test.js'
import type { SchemaValues } from './values.js'

/** Attempts to make an object valid; each mends one rule. */
const ATTEMPTS = 60

type Path = readonly (number | string)[]
type Container = Record<number | string, unknown>

/** What came of it: a valid object, or the rules that it still breaks. */
export type Repair =
  | { readonly object: KubeObject; readonly rules?: never }
  | { readonly object?: never; readonly rules: readonly BrokenRule[] }

/**
 * Makes an object valid by what the apiserver says about it: what is required is added, an unsupported value
 * is replaced by a supported one, and what is wrong is taken away.
 */
export function repair(kind: KindUnderTest, values: SchemaValues, object: object): Repair {
  const draft = structuredClone(object) as Container
  const tried = new Set<string>()
  for (let attempt = 0; ; attempt++) {
    const rules = kind.judge(draft)
    if (rules.length === 0) return { object: draft as unknown as KubeObject }
    const isMended = attempt < ATTEMPTS && rules.some((rule) => mend(kind, values, draft, rule, tried))
    if (!isMended) return { rules }
  }
}

function mend(
  kind: KindUnderTest,
  values: SchemaValues,
  draft: Container,
  rule: BrokenRule,
  tried: Set<string>,
): boolean {
  const path = pathOf(rule.field)
  if (path.length === 0 || path[0] === 'metadata') return false
  const attempt = `${rule.reason} ${rule.field}`
  const isAgain = tried.has(attempt)
  tried.add(attempt)
  const supported = /supported values: "([^"]*)"/.exec(rule.message)?.[1]
  if (supported !== undefined && !isAgain) return set(draft, path, supported)
  const least = leastOf(rule.message)
  if (least !== undefined && !isAgain) return set(draft, path, least)
  if (rule.reason === 'FieldValueRequired') {
    const schema = schemaAt(kind, path)
    const field = path.findLast((part) => typeof part === 'string') ?? ''
    if (schema !== undefined && !isAgain) return set(draft, path, values.simplest(schema, field))
  }
  return remove(draft, path)
}

/** The smallest number that a message names as allowed. */
function leastOf(message: string): number | undefined {
  if (message.includes('must be positive')) return 1
  const [, or, number] = /greater than (or equal to )?(\d+)/.exec(message) ?? []
  return number === undefined ? undefined : Number(number) + (or === undefined ? 1 : 0)
}

/** Reads `spec.ports[0].name` and `metadata.labels[a/b]`. */
export function pathOf(field: string): Path {
  return [...field.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)].map(([, name, key = '']) =>
    name !== undefined ? name : /^\d+$/.test(key) ? Number(key) : key,
  )
}

function schemaAt(kind: KindUnderTest, path: Path): PublishedSchema | undefined {
  let schema: PublishedSchema | undefined = kind.schema
  for (const part of path) {
    const { properties, items, additionalProperties }: PublishedSchema = kind.resolve(schema ?? {})
    const values = typeof additionalProperties === 'object' ? additionalProperties : undefined
    schema = typeof part === 'number' ? items : (properties?.[part] ?? values)
  }
  return schema
}

/** Sets a value at a path, and makes what is missing on the way. */
function set(draft: Container, path: Path, value: unknown): boolean {
  let at = draft
  for (const [index, part] of path.slice(0, -1).entries()) {
    const there = at[part]
    if (typeof there !== 'object' || there === null) at[part] = typeof path[index + 1] === 'number' ? [] : {}
    at = at[part] as Container
  }
  at[path.at(-1) as number | string] = value
  return true
}

/** Takes away what is at a path; if nothing is there, the nearest thing above it that is. */
function remove(draft: Container, path: Path): boolean {
  const holders: Container[] = [draft]
  for (const part of path) {
    const next = holders.at(-1)?.[part]
    if (typeof next !== 'object' || next === null) break
    holders.push(next as Container)
  }
  const holder = holders[Math.min(holders.length, path.length) - 1] as Container
  const part = path[Math.min(holders.length, path.length) - 1] as number | string
  if (part in holder) return drop(holder, part)
  if (holders.length < 2) return false
  return drop(holders[holders.length - 2] as Container, path[holders.length - 2] as number | string)
}

function drop(holder: Container, part: number | string): boolean {
  if (Array.isArray(holder)) holder.splice(Number(part), 1)
  else delete holder[part]
  return true
}
