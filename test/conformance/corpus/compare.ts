import { canonical, isSame } from '../recordings/compare.js'
import type { Answer } from './suite.js'

/** The layers of comparison, loosest first. */
export const layers = ['code', 'reason', 'causes', 'message', 'body', 'warning', 'type'] as const
export type Layer = (typeof layers)[number]

interface Body {
  readonly kind?: string
  readonly reason?: string
  readonly message?: string
  readonly status?: unknown
  readonly details?: {
    readonly kind?: string
    readonly name?: string
    readonly group?: string
    readonly causes?: readonly unknown[]
  }
}

/** A list of errors in brackets comes in no certain order. */
function messageSet(text: string): string {
  const [, before, list] = /^(.*?)\[(.*)\]$/s.exec(text) ?? []
  return before === undefined || list === undefined
    ? text
    : `${before}[${list.split(', ').sort().join(', ')}]`
}

const causesOf = (body: Body | undefined): readonly string[] =>
  (body?.details?.causes ?? []).map(canonical).sort()

/** Errors, and the rules of a SelfSubjectRulesReview, come in no certain order. */
function settled(body: Body | undefined): unknown {
  if (body?.kind === 'Status') {
    const details = { ...body.details, causes: causesOf(body) }
    return {
      ...body,
      message: messageSet(body.message ?? ''),
      ...(body.details?.causes === undefined ? {} : { details }),
    }
  }
  if (body?.kind !== 'SelfSubjectRulesReview' || typeof body.status !== 'object') return body
  const { resourceRules, nonResourceRules } = body.status as Readonly<Record<string, unknown>>
  const set = (rules: unknown): unknown => (Array.isArray(rules) ? rules.map(canonical).sort() : rules)
  return {
    ...body,
    status: { ...body.status, resourceRules: set(resourceRules), nonResourceRules: set(nonResourceRules) },
  }
}

const reasonOf = ({ kind, reason = '', details }: Body): readonly string[] =>
  kind === 'Status' ? [reason, details?.kind ?? '', details?.name ?? '', details?.group ?? ''] : []

const messageOf = ({ kind, message = '' }: Body): string => (kind === 'Status' ? messageSet(message) : '')

const differ = (a: unknown, b: unknown): boolean => !isSame(a, b)

/** Returns the layers in which two normalised answers differ. */
export function differingLayers(want: Answer, got: Answer): readonly Layer[] {
  const [left, right] = [want.body as Body | undefined, got.body as Body | undefined]
  const isOtherBody = differ(
    settled(left) ?? want.events ?? want.text,
    settled(right) ?? got.events ?? got.text,
  )
  const found: Readonly<Record<Layer, boolean>> = {
    code: want.code !== got.code,
    // equal bodies have equal parts
    reason: isOtherBody && differ(reasonOf(left ?? {}), reasonOf(right ?? {})),
    causes: isOtherBody && differ(causesOf(left), causesOf(right)),
    message: isOtherBody && messageOf(left ?? {}) !== messageOf(right ?? {}),
    body: isOtherBody,
    warning: differ(want.warning ?? [], got.warning ?? []),
    type: want.type !== got.type,
  }
  return layers.filter((layer) => found[layer])
}
