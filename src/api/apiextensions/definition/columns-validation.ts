import { duplicate, invalid, required, tooMany } from '../../field-error.js'
import type { FieldError } from '../../field-error.js'
import type {
  CustomResourceColumnDefinition,
  CustomResourceSubresources,
  SelectableField,
} from '../generated.js'
import { findField } from '../schema/field-paths.js'
import type { Schema } from '../schema/schema.js'

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string']
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']
const MOST_SELECTABLE_FIELDS = 8

/** Source: ValidateCustomResourceColumnDefinition. */
export function validateColumn(column: CustomResourceColumnDefinition, path: string): readonly FieldError[] {
  const errors: FieldError[] = []
  const { name, type, format = '', jsonPath } = column
  if (name === '') errors.push(required(`${path}.name`))
  const types = `must be one of ${COLUMN_TYPES.join(',')}`
  if (type === '') errors.push(required(`${path}.type`, types))
  else if (!COLUMN_TYPES.includes(type)) errors.push(invalid(`${path}.type`, type, types))
  if (format !== '' && !COLUMN_FORMATS.includes(format)) {
    errors.push(invalid(`${path}.format`, format, `must be one of ${COLUMN_FORMATS.join(',')}`))
  }
  if (jsonPath === '') errors.push(required(`${path}.JSONPath`))
  else errors.push(...validatePath(jsonPath, `${path}.JSONPath`))
  return errors
}

function validatePath(text: string, path: string): readonly FieldError[] {
  return text.startsWith('.') ? [] : [invalid(path, text, 'must be a simple json path starting with .')]
}

/** Source: ValidateCustomResourceDefinitionSubresources. */
export function validateSubresources(
  { scale }: CustomResourceSubresources,
  path: string,
): readonly FieldError[] {
  if (scale === undefined) return []
  const errors: FieldError[] = []
  for (const [name, root] of [
    ['specReplicasPath', '.spec.'],
    ['statusReplicasPath', '.status.'],
  ] as const) {
    const value = scale[name]
    const at = `${path}.scale.${name}`
    if (value === '') errors.push(required(at))
    else if (!value.startsWith('.')) errors.push(...validatePath(value, at))
    else if (!value.startsWith(root))
      errors.push(invalid(at, value, `should be a json path under ${root.slice(0, -1)}`))
  }
  const { labelSelectorPath = '' } = scale
  const at = `${path}.scale.labelSelectorPath`
  if (labelSelectorPath !== '' && !labelSelectorPath.startsWith('.'))
    errors.push(...validatePath(labelSelectorPath, at))
  else if (labelSelectorPath !== '' && !/^\.(spec|status)\./.test(labelSelectorPath)) {
    errors.push(invalid(at, labelSelectorPath, 'should be a json path under either .spec or .status'))
  }
  return errors
}

/** Source: ValidateCustomResourceSelectableFields. */
export function validateSelectableFields(
  fields: readonly SelectableField[],
  schema: Schema,
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  fields.forEach(({ jsonPath }, index) => {
    const at = `${path}[${index}].jsonPath`
    if (jsonPath === '') {
      errors.push(required(at))
      return
    }
    const found = findField(jsonPath, schema, false)
    if ('fault' in found) {
      errors.push(invalid(at, jsonPath, `is an invalid path: ${found.fault}`))
      return
    }
    if (found.names[0] === 'metadata')
      errors.push(invalid(at, jsonPath, 'must not point to fields in metadata'))
    if (!['string', 'boolean', 'integer'].includes(found.schema?.type ?? '')) {
      const text =
        'must point to a field of type string, boolean or integer. Enum string fields and strings ' +
        'with formats are allowed.'
      errors.push(invalid(at, jsonPath, text))
    }
    const name = found.names.join('.')
    if (seen.has(name)) errors.push(duplicate(at, jsonPath))
    seen.add(name)
  })
  if (seen.size > MOST_SELECTABLE_FIELDS) errors.push(tooMany(path, seen.size, MOST_SELECTABLE_FIELDS))
  return errors
}
