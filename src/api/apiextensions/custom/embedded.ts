/**
 * Objects inside custom resources (x-kubernetes-embedded-resource). Source: apiextensions
 * pkg/apiserver/schema/objectmeta.
 */
import { invalid, quoteValue, required } from '../../field-error.js'
import type { FieldError } from '../../field-error.js'
import { metaSchema } from '../../meta/generated.js'
import type { ObjectMeta } from '../../meta/generated.js'
import { validateObjectMeta } from '../../meta/validation.js'
import { dns1035LabelFaults, pathSegmentName } from '../../validation/names.js'
import { DecodeError } from '../../../lang/json/decode-error.js'
import { decode } from '../../schema/decode.js'
import { isPlainObject } from '../../../lang/json/plain-json.js'
import { fieldOf, itemsOf } from '../schema/schema.js'
import type { Schema } from '../schema/schema.js'

type Values = Record<string, unknown>

/** An embedded object, whose types {@link coerceEmbedded} has checked. */
interface Embedded {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata?: ObjectMeta
}

/** Calls `visit` for each embedded object below the root, with its path. */
function walk(
  value: unknown,
  schema: Schema,
  visit: (embedded: Values, path: string) => void,
  path = '',
): void {
  if (Array.isArray(value)) {
    const items = itemsOf(schema)
    if (items !== undefined) value.forEach((item, at) => walk(item, items, visit, `${path}[${at}]`))
  } else if (isPlainObject(value)) {
    if (schema['x-kubernetes-embedded-resource'] === true && path !== '') visit(value as Values, path)
    for (const name of Object.keys(value).sort()) {
      const field = fieldOf(schema, name)
      if (field !== undefined) walk(value[name], field, visit, path === '' ? name : `${path}.${name}`)
    }
  }
}

/**
 * Decodes the metadata of embedded objects in place and returns the paths of unknown fields. Throws
 * DecodeError if a type is wrong. Source: CoerceWithOptions.
 */
export function coerceEmbedded(object: Values, schema: Schema): readonly string[] {
  const unknown: string[] = []
  walk(object, schema, (embedded, path) => {
    for (const name of ['apiVersion', 'kind']) {
      const value = embedded[name]
      if (Object.hasOwn(embedded, name) && typeof value !== 'string')
        throw new DecodeError(`${path}.${name}: Invalid value: ${quoteValue(value)}: must be a string`)
    }
    if (!Object.hasOwn(embedded, 'metadata')) return
    try {
      const { object: metadata, unknownFields } = decode<Values>(
        metaSchema.message('ObjectMeta'),
        embedded['metadata'] ?? {},
      )
      embedded['metadata'] = metadata
      unknown.push(...unknownFields.map((field) => `${path}.metadata.${field}`))
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      const shown = quoteValue(embedded['metadata'])
      throw new DecodeError(`${path}.metadata: Invalid value: ${shown}: ${error.message}`)
    }
  })
  return unknown
}

/** Validates the apiVersion, kind and metadata of embedded objects. Source: Validate. */
export function validateEmbedded(value: unknown, schema: Schema): readonly FieldError[] {
  const errors: FieldError[] = []
  walk(value, schema, (embedded, path) => errors.push(...validateOne(embedded as Embedded, path)))
  return errors
}

function validateOne({ apiVersion, kind, metadata }: Embedded, path: string): readonly FieldError[] {
  const errors: FieldError[] = []
  if (apiVersion === undefined) errors.push(required(`${path}.apiVersion`))
  else if (apiVersion === '') errors.push(invalid(`${path}.apiVersion`, '', 'must not be empty'))
  else if (apiVersion.split('/').length > 2) {
    const text = `unexpected GroupVersion string: ${apiVersion}`
    errors.push(invalid(`${path}.apiVersion`, apiVersion, text))
  }
  if (kind === undefined) errors.push(required(`${path}.kind`))
  else if (kind === '') errors.push(invalid(`${path}.kind`, '', 'must not be empty'))
  else {
    const faults = dns1035LabelFaults(kind.toLowerCase())
    const text = `may have mixed case, but should otherwise match: ${faults.join(',')}`
    if (faults.length > 0) errors.push(invalid(`${path}.kind`, kind, text))
  }
  if (metadata === undefined) return errors
  const rules = {
    namespaced: metadata.namespace !== undefined,
    validateName: pathSegmentName,
    anyFinalizer: () => true,
  }
  // it need not have a name
  return [
    ...errors,
    ...validateObjectMeta({ ...metadata, name: metadata.name ?? 'fakename' }, rules, `${path}.metadata`),
  ]
}
