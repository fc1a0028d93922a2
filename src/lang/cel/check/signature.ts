import type { CelType, SimpleKind } from './types.js'
import { DYN, listOf, mapOf, parametersOf } from './types.js'

/** The types of one overload. The receiver of a member function is its first parameter. */
export interface Signature {
  readonly name: string
  readonly member: boolean
  readonly parameters: readonly CelType[]
  readonly result: CelType
  /** Names of the type parameters in both. */
  readonly variables: readonly string[]
}

const SIMPLE = new Set<string>([
  'dyn',
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'null',
  'timestamp',
  'duration',
])

/**
 * Parses `list<A>.indexOf(A): int`, or a global function, whose name may have dots:
 * `::sets.contains(list<A>, list<A>): bool`.
 */
export function parseSignature(text: string): Signature {
  const open = text.indexOf('(')
  const close = text.lastIndexOf('):')
  const head = text.slice(0, open)
  const dot = head.startsWith('::') ? -1 : head.lastIndexOf('.')
  const args = split(text.slice(open + 1, close)).map(parseType)
  const parameters = dot < 0 ? args : [parseType(head.slice(0, dot)), ...args]
  const result = parseType(text.slice(close + 2).trim())
  return {
    name: dot < 0 ? head.replace('::', '') : head.slice(dot + 1),
    member: dot >= 0,
    parameters,
    result,
    variables: [...new Set([...parameters, result].flatMap(variablesOf))],
  }
}

const variablesOf = (type: CelType): readonly string[] =>
  type.kind === 'param' ? [type.name] : parametersOf(type).flatMap(variablesOf)

/** Parses `map<string, list<A>>` or `kubernetes.Quantity`; a single capital is a parameter. */
export function parseType(text: string): CelType {
  const open = text.indexOf('<')
  if (open > 0) {
    const [first = '', second = ''] = split(text.slice(open + 1, -1))
    switch (text.slice(0, open)) {
      case 'list':
        return listOf(parseType(first))
      case 'map':
        return mapOf(parseType(first), parseType(second))
      case 'optional':
        return { kind: 'optional', item: parseType(first) }
      default:
        return { kind: 'type', item: parseType(first) }
    }
  }
  if (SIMPLE.has(text)) return { kind: text as SimpleKind }
  if (text === 'type') return { kind: 'type', item: DYN }
  return /^[A-Z]$/.test(text) ? { kind: 'param', name: text } : { kind: 'opaque', name: text }
}

function split(text: string): readonly string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '<') depth++
    else if (text[at] === '>') depth--
    else if (text[at] === ',' && depth === 0) {
      parts.push(text.slice(start, at).trim())
      start = at + 1
    }
  }
  const last = text.slice(start).trim()
  return last === '' ? parts : [...parts, last]
}
