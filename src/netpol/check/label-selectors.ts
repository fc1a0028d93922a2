import type { Requirement } from '../../api/selectors/labels.js'
import { raw, rawList, text } from './raw.js'
import type { JsonMap } from '../../lang/json/maps.js'

const words: Readonly<Record<string, Requirement['operator']>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
}

/** Returns the requirements of a label selector. */
export function requirementsOf(selector: unknown): readonly Requirement[] {
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

/** Returns whether labels meet a requirement. */
export function meets(labels: JsonMap, { key, operator, values }: Requirement): boolean {
  // a null value counts as '', as the apiserver decodes it
  const isThere = Object.hasOwn(labels, key)
  if (operator === '!') return !isThere
  if (operator === 'exists') return isThere
  const isListed = isThere && values.includes(text(labels, key))
  return operator === 'notin' ? !isListed : isListed
}

/** Returns whether labels meet all requirements; an absent selector has none. */
export function selects(selector: unknown, labels: JsonMap): boolean {
  return requirementsOf(selector).every((demand) => meets(labels, demand))
}

/** Returns whether the selector contains the requirement, with its values in any order. */
export function hasRequirement(selector: unknown, { key, operator, values }: Requirement): boolean {
  return requirementsOf(selector).some(
    (demand) =>
      demand.key === key &&
      demand.operator === operator &&
      values.every((value) => demand.values.includes(value)) &&
      demand.values.every((value) => values.includes(value)),
  )
}
