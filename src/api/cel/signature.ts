import type { CelType, SimpleKind } from './types.js'
import { DYN, listOf, mapOf } from './types.js'

/** One overload of a function. The receiver of a member function is its first parameter. */
export interface Overload {
  readonly name: string
  readonly member: boolean
  readonly parameters: readonly CelType[]
  readonly result: CelType
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
 * Parses `list<A>.indexOf(A): int`. If `namespaced`, the name may have a dot: `sets.contains(list<A>,
 * list<A>): bool`.
 */
export function parseSignature(text: string, namespaced = false): Overload {
  const open = topLevel(text, '(')
  const close = text.lastIndexOf('):')
  const head = text.slice(0, open)
  const dot = namespaced ? -1 : lastDot(head)
  const parameters = split(text.slice(open + 1, close)).map(parseType)
  return {
    name: dot < 0 ? head : head.slice(dot + 1),
    member: dot >= 0,
    parameters: dot < 0 ? parameters : [parseType(head.slice(0, dot)), ...parameters],
    result: parseType(text.slice(close + 2).trim()),
  }
}

/** `map<string, list<A>>`, `kubernetes.Quantity` */
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
  if (text === 'list') return listOf(DYN)
  if (text === 'map') return mapOf(DYN, DYN)
  if (text === 'type') return { kind: 'type', item: DYN }
  return /^[A-Z]$/.test(text) ? { kind: 'param', name: text } : { kind: 'opaque', name: text }
}

function topLevel(text: string, char: string): number {
  return text.indexOf(char)
}

/** Returns the position of the dot before a member function's name: the last one outside of `<...>`. */
function lastDot(head: string): number {
  return head.lastIndexOf('.')
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
