import { invalid, required } from '../field-error.js'
import type { FieldError } from '../field-error.js'
import { dns1035LabelFaults, pathSegmentFaults } from '../names.js'
import { isPlainObject } from '../schema/plain-json.js'
import { fieldOf, itemsOf } from './schema.js'
import type { Schema } from './schema.js'

/**
 * Objects within an object (x-kubernetes-embedded-resource) must have apiVersion, kind and proper metadata.
 * Source: apiextensions pkg/apiserver/schema/objectmeta/validation.go.
 */
export function validateEmbedded(
  value: unknown,
  schema: Schema,
  path = '',
  isRoot = true,
): readonly FieldError[] {
  if (Array.isArray(value)) {
    const items = itemsOf(schema)
    return items === undefined
      ? []
      : value.flatMap((item, at) => validateEmbedded(item, items, `${path}[${at}]`, false))
  }
  if (!isPlainObject(value)) return []
  const own =
    schema['x-kubernetes-embedded-resource'] === true && !isRoot ? validateTypeMeta(value, path) : []
  return [
    ...own,
    ...Object.keys(value)
      .sort()
      .flatMap((name) => {
        const field = fieldOf(schema, name)
        return field === undefined
          ? []
          : validateEmbedded(value[name], field, path === '' ? name : `${path}.${name}`, false)
      }),
  ]
}

function validateTypeMeta(value: Readonly<Record<string, unknown>>, path: string): readonly FieldError[] {
  const errors: FieldError[] = []
  const { apiVersion, kind, metadata } = value
  if (typeof apiVersion !== 'string' || apiVersion === '')
    errors.push(required(`${path}.apiVersion`, 'must not be empty'))
  else if (apiVersion.split('/').length > 2) {
    errors.push(invalid(`${path}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`))
  }
  if (typeof kind !== 'string' || kind === '') errors.push(required(`${path}.kind`, 'must not be empty'))
  else {
    const faults = dns1035LabelFaults(kind.toLowerCase())
    if (faults.length > 0) {
      errors.push(
        invalid(`${path}.kind`, kind, `may have mixed case, but should otherwise match: ${faults.join(',')}`),
      )
    }
  }
  const name = isPlainObject(metadata) && Object.hasOwn(metadata, 'name') ? metadata['name'] : undefined
  if (typeof name === 'string') {
    for (const fault of pathSegmentFaults(name)) errors.push(invalid(`${path}.metadata.name`, name, fault))
  }
  return errors
}
