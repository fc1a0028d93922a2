import { GoNumber, plainNumber } from '../go/number.js'
import type { Json } from './json.js'
import { DecodeError } from './decode-error.js'

/**
 * Deepest nesting of an object. Go's decoders stop at 10,000 levels; here controllers, rules, kubectl and
 * snapshots walk objects recursively, and nothing that a client writes may overflow their stack.
 */
export const maxDepth = 1_000
/** Longest list, far above what a body of 3 MiB can hold. */
export const maxItems = 1_000_000

/**
 * Most faults that strict decoding reports. Source: sigs.k8s.io/json
 * internal/golang/encoding/json/kubernetes_patch.go saveStrictError.
 */
export const maxStrictFaults = 100

/** Whether the value is a plain object, also of another realm; not a class instance, Map, Date and so on. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Sets an own property, also for the key `__proto__`, with which an assignment would set the prototype. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') target[key] = value
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}

interface Pending {
  readonly source: object
  readonly target: Record<string, unknown> | unknown[]
  readonly depth: number
}

/**
 * Returns a copy of free-form JSON without undefined members. Throws DecodeError for values that JSON does
 * not have. It uses its own stack, so that nesting up to `maxDepth` cannot overflow the engine's.
 */
export function copyJson(value: unknown): Json {
  const pending: Pending[] = []
  const result = copyOne(value, 0, pending)
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) fill(next, pending)
  return result
}

function fill({ source, target, depth }: Pending, pending: Pending[]): void {
  if (Array.isArray(target)) {
    for (const item of source as readonly unknown[]) target.push(copyOne(item ?? null, depth, pending))
    return
  }
  for (const [key, member] of Object.entries(source)) {
    if (member !== undefined) setOwn(target, key, copyOne(member, depth, pending))
  }
}

function copyOne(value: unknown, depth: number, pending: Pending[]): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new DecodeError(`json: unsupported value: ${String(value)}`)
    return value
  }
  if (typeof value === 'bigint') return copyInteger(value)
  if (value instanceof GoNumber) return copyOne(plainNumber(value), depth, pending)
  if (depth >= maxDepth) throw new DecodeError('exceeded max depth')
  const target = Array.isArray(value) ? [] : {}
  if (Array.isArray(value) ? value.length > maxItems : !isPlainObject(value))
    throw new DecodeError(refusal(value))
  pending.push({ source: value as object, target, depth: depth + 1 })
  return target as Json
}

/** Returns an int64 in the form that free-form JSON has it in. */
function copyInteger(value: bigint): number | bigint {
  if (BigInt.asIntN(64, value) !== value) throw new DecodeError(`json: unsupported value: ${value}`)
  const near = Number(value)
  return Number.isSafeInteger(near) ? near : value
}

function refusal(value: unknown): string {
  if (Array.isArray(value)) return `json: array of ${value.length} items is too long`
  return (
    'json: unsupported type: ' +
    `${typeof value === 'object' ? Object.prototype.toString.call(value).slice(8, -1) : typeof value}`
  )
}
