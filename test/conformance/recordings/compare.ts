import type { RecordedResponse } from '../../../src/real/recording/scenario.js'
import { messageSet } from '../../../src/real/recording/normalise.js'

/** The layers of comparison, loosest first. */
export const layers = ['code', 'reason', 'message', 'body', 'headers'] as const
export type Layer = (typeof layers)[number]

/** What differs in one step. */
export interface Difference {
  readonly layer: Layer
  readonly expected: unknown
  readonly actual: unknown
}

interface StatusLike {
  readonly kind?: string
  readonly reason?: string
  readonly message?: string
  readonly details?: {
    readonly name?: string
    readonly kind?: string
    readonly causes?: readonly { readonly reason?: string; readonly field?: string }[]
  }
}

/** Canonical text of a JSON value: members sorted, absent ones left out. */
export function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, member: unknown) => {
      if (typeof member !== 'object' || member === null || Array.isArray(member)) return member
      return Object.fromEntries(
        Object.entries(member)
          .filter(([, part]) => part !== undefined)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      )
    }) ?? 'undefined'
  )
}

/** Tells whether two JSON values are the same; members in any order, absent and undefined ones alike. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  if (Array.isArray(a) && a.length !== (b as readonly unknown[]).length) return false
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  const member = (of: Record<string, unknown>, key: string): unknown =>
    Object.hasOwn(of, key) ? of[key] : undefined
  return (
    Object.keys(left).every((key) => isSame(left[key], member(right, key))) &&
    Object.keys(right).every((key) => right[key] === undefined || Object.hasOwn(left, key))
  )
}

const summary = (body: unknown): string => {
  const { kind, reason, details } = (body ?? {}) as StatusLike
  if (kind !== 'Status') return ''
  const causes = (details?.causes ?? []).map((cause) => `${cause.reason ?? ''} ${cause.field ?? ''}`).sort()
  return JSON.stringify([reason ?? '', details?.kind ?? '', details?.name ?? '', causes])
}

const message = (body: unknown): string => {
  const { kind, message: text = '' } = (body ?? {}) as StatusLike
  return kind === 'Status' ? messageSet(text) : ''
}

const warnings = (header: string | readonly string[] | undefined): readonly string[] =>
  (header === undefined ? [] : [header].flat()).map(String).sort()

/** The layers in which an answer differs from the recorded one. */
export function differences(expected: RecordedResponse, actual: RecordedResponse): readonly Difference[] {
  const found: Difference[] = []
  const check = (layer: Layer, left: unknown, right: unknown): void => {
    if (!isSame(left, right)) found.push({ layer, expected: left, actual: right })
  }
  check('code', expected.code, actual.code)
  check('reason', summary(expected.body), summary(actual.body))
  check('message', message(expected.body), message(actual.body))
  if (expected.events === undefined)
    check('body', expected.body ?? expected.bodyText, actual.body ?? actual.bodyText)
  else check('body', expected.events, actual.events)
  const left = { type: expected.headers?.['content-type'], warning: warnings(expected.headers?.['warning']) }
  const right = { type: actual.headers?.['content-type'], warning: warnings(actual.headers?.['warning']) }
  check('headers', left, right)
  return found
}
