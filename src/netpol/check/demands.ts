import type { Requirement } from '../../api/labels.js'
import { raw, rawList, text, type Raw } from './raw.js'

const words: Readonly<Record<string, Requirement['operator']>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
}

/** What a selector asks for. */
export function demandsOf(selector: unknown): readonly Requirement[] {
  const labels = raw(raw(selector)['matchLabels'])
  const equal = Object.keys(labels).map((key): Requirement => ({
    key,
    operator: '=',
    values: [text(labels, key)],
  }))
  const listed = rawList(raw(selector)['matchExpressions']).map((each): Requirement => {
    const { key, operator, values } = raw(each)
    return {
      key: key as string,
      operator: words[operator as string] as Requirement['operator'],
      values: rawList(values) as readonly string[],
    }
  })
  return [...equal, ...listed]
}

/** Whether labels meet a demand. */
export function meets(labels: Raw, { key, operator, values }: Requirement): boolean {
  // a value that is null counts as '', as the apiserver reads it
  const isThere = Object.hasOwn(labels, key)
  if (operator === '!') return !isThere
  if (operator === 'exists') return isThere
  const isListed = isThere && values.includes(text(labels, key))
  return operator === 'notin' ? !isListed : isListed
}

/** Whether labels meet all that a selector asks for; an absent selector asks for nothing. */
export function selects(selector: unknown, labels: Raw): boolean {
  return demandsOf(selector).every((demand) => meets(labels, demand))
}

/** Whether the selector asks for that, in whatever order of values. */
export function asksFor(selector: unknown, { key, operator, values }: Requirement): boolean {
  return demandsOf(selector).some(
    (demand) =>
      demand.key === key &&
      demand.operator === operator &&
      values.every((value) => demand.values.includes(value)) &&
      demand.values.every((value) => values.includes(value)),
  )
}
