import { compileRequirements, selectorRequirements, type Labels } from '../../api/labels.js'
import type { LabelSelector, LabelSelectorRequirement } from '../../api/meta/generated.js'
import { validateLabelSelector } from '../../api/meta/label-validation.js'
import type { Selector } from '../model.js'
import type { FieldReader } from './fields.js'

/** A selector that matches everything. */
export const everything: Selector = { requirements: [], matches: () => true }

/** Reads labels: a map of strings. */
export function readLabels(reader: FieldReader, value: unknown, path: string): Labels {
  const object = reader.object(value, path) ?? {}
  for (const key of Object.keys(object)) reader.string(object[key], `${path}.${key}`)
  return object as Labels
}

function readExpression(
  reader: FieldReader,
  value: unknown,
  path: string,
): LabelSelectorRequirement | undefined {
  const object = reader.object(value, path)
  if (object === undefined) return undefined
  reader.onlyKnown(object, path, ['key', 'operator', 'values'])
  const values = reader
    .list(object['values'], `${path}.values`)
    ?.map((each, at) => reader.string(each, `${path}.values[${at}]`) ?? '')
  const key = reader.string(object['key'], `${path}.key`) ?? ''
  return {
    key,
    operator: reader.string(object['operator'], `${path}.operator`) ?? '',
    ...(values === undefined ? {} : { values }),
  }
}

/**
 * Reads a LabelSelector that is present; an empty one matches everything. After a fault the result must not
 * be used. Source: metav1.LabelSelectorAsSelector, metav1validation.ValidateLabelSelector.
 */
export function readSelector(reader: FieldReader, value: unknown, path: string): Selector {
  const object = reader.object(value, path)
  if (object === undefined) return everything
  const before = reader.faults.length
  reader.onlyKnown(object, path, ['matchLabels', 'matchExpressions'])
  const matchLabels = readLabels(reader, object['matchLabels'], `${path}.matchLabels`)
  const list = reader.list(object['matchExpressions'], `${path}.matchExpressions`) ?? []
  const matchExpressions = list.flatMap(
    (each, at) => readExpression(reader, each, `${path}.matchExpressions[${at}]`) ?? [],
  )
  if (reader.faults.length > before) return everything
  const selector: LabelSelector = { matchLabels, matchExpressions }
  const faults = validateLabelSelector(selector, path)
  reader.add(...faults)
  if (faults.length > 0) return everything
  const requirements = selectorRequirements(selector)
  return { requirements, matches: compileRequirements(requirements) }
}
