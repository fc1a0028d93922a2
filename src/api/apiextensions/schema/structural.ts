import { fieldErrorText, forbidden, invalid, required } from '../../field-error.js'
import type { FieldError } from '../../field-error.js'
import { additionalOf, itemsOf, preservesUnknown, propertyNames } from './schema.js'
import type { Schema } from './schema.js'
import { byKey } from '../../../lang/text/order.js'

type Level = 'root' | 'items' | 'field'

/**
 * Returns the violations of the rules for structural schemas, sorted by text. Source: apiextensions
 * pkg/apiserver/schema/validation.go ValidateStructural.
 */
export function validateStructural(schema: Schema, path: string): readonly FieldError[] {
  const errors: FieldError[] = []
  invariants(schema, 'root', path, errors)
  completeness(schema, path, errors)
  const keyed = errors.map((error) => [fieldErrorText(error), error] as const)
  return keyed.sort(byKey).map(([, error]) => error)
}

function invariants(schema: Schema, level: Level, path: string, errors: FieldError[]): void {
  const items = itemsOf(schema)
  if (schema.type === 'array' && items === undefined)
    errors.push(required(`${path}.items`, 'must be specified'))
  if (items !== undefined) invariants(items, 'items', `${path}.items`, errors)
  for (const name of propertyNames(schema)) {
    invariants(schema.properties?.[name] ?? {}, 'field', `${path}.properties[${name}]`, errors)
  }
  const additional = additionalOf(schema)
  if (additional !== undefined) {
    if (level === 'root')
      errors.push(forbidden(`${path}.additionalProperties`, 'must not be used at the root'))
    if (typeof additional === 'object')
      invariants(additional, 'field', `${path}.additionalProperties`, errors)
  }
  valueValidations(schema, path, errors)
  typeRules(schema, level, path, errors)
  metadataRules(schema, level, path, errors)
}

function typeRules(schema: Schema, level: Level, path: string, errors: FieldError[]): void {
  const { type = '' } = schema
  const embedded = schema['x-kubernetes-embedded-resource'] === true
  const intOrString = schema['x-kubernetes-int-or-string'] === true
  const at = `${path}.type`
  if (embedded && type !== 'object') {
    const text = 'must be object if x-kubernetes-embedded-resource is true'
    errors.push(type === '' ? required(at, text) : invalid(at, type, text))
  } else if (type === '' && !intOrString && !preservesUnknown(schema)) {
    const where = {
      root: 'at the root',
      items: 'for specified array items',
      field: 'for specified object fields',
    }[level]
    errors.push(required(at, `must not be empty ${where}`))
  }
  const other = 'must be false if x-kubernetes-int-or-string is true'
  if (intOrString && preservesUnknown(schema))
    errors.push(invalid(`${path}.x-kubernetes-preserve-unknown-fields`, true, other))
  if (intOrString && embedded) errors.push(invalid(`${path}.x-kubernetes-embedded-resource`, true, other))
  if (embedded && additionalOf(schema) !== undefined) {
    errors.push(
      forbidden(`${path}.additionalProperties`, 'must not be used if x-kubernetes-embedded-resource is set'),
    )
  }
  if (level === 'root' && type !== '' && type !== 'object')
    errors.push(invalid(at, type, 'must be object at the root'))
  if (embedded && !preservesUnknown(schema) && propertyNames(schema).length === 0) {
    const text =
      'must not be empty if x-kubernetes-embedded-resource is true without ' +
      'x-kubernetes-preserve-unknown-fields'
    errors.push(required(`${path}.properties`, text))
  }
}

function metadataRules(schema: Schema, level: Level, path: string, errors: FieldError[]): void {
  if (level !== 'root' && schema['x-kubernetes-embedded-resource'] !== true) return
  const { kind, apiVersion, metadata } = schema.properties ?? {}
  for (const [name, field] of [
    ['kind', kind],
    ['apiVersion', apiVersion],
  ] as const) {
    if (field !== undefined && field.type !== 'string') {
      errors.push(invalid(`${path}.properties[${name}].type`, field.type ?? '', 'must be string'))
    }
  }
  if (metadata === undefined) return
  const at = `${path}.properties[metadata]`
  if (metadata.type !== 'object') errors.push(invalid(`${at}.type`, metadata.type ?? '', 'must be object'))
  const { type: _type, description: _description, properties = {}, ...rest } = metadata
  const others = Object.keys(properties).filter((name) => name !== 'name' && name !== 'generateName')
  if (level === 'root' && (others.length > 0 || Object.keys(rest).length > 0)) {
    errors.push(
      forbidden(
        at,
        'must not specify anything other than name and generateName, but metadata is implicitly specified',
      ),
    )
  }
}

/** `anyOf: [{type: integer}, {type: string}]`, which is allowed beside x-kubernetes-int-or-string. */
const isIntOrStringPattern = (schemas: readonly Schema[]): boolean =>
  schemas.length === 2 &&
  schemas[0]?.type === 'integer' &&
  schemas[1]?.type === 'string' &&
  schemas.every((schema) => Object.keys(schema).length === 1)

function valueValidations(schema: Schema, path: string, errors: FieldError[]): void {
  const { allOf = [], anyOf = [], oneOf = [], not } = schema
  const intOrString = schema['x-kubernetes-int-or-string'] === true
  if (!(intOrString && isIntOrStringPattern(anyOf))) {
    anyOf.forEach((one, at) => nestedRules(one, `${path}.anyOf[${at}]`, errors))
  }
  oneOf.forEach((one, at) => nestedRules(one, `${path}.oneOf[${at}]`, errors))
  allOf.forEach((one, at) => {
    const skips = intOrString && at === 0 && one.anyOf !== undefined && isIntOrStringPattern(one.anyOf)
    nestedRules(skips ? { ...one, anyOf: [] } : one, `${path}.allOf[${at}]`, errors)
  })
  if (not !== undefined) nestedRules(not, `${path}.not`, errors)
}

/**
 * Faults of a schema within allOf, anyOf, oneOf or not, which has fewer keywords. Source:
 * validateNestedValueValidation.
 */
function nestedRules(schema: Schema, path: string, errors: FieldError[]): void {
  const refuse = (name: string, text: string): void => {
    errors.push(forbidden(`${path}.${name}`, text))
  }
  if ((schema.type ?? '') !== '') refuse('type', 'must be empty to be structural')
  if ((schema.title ?? '') !== '') refuse('title', 'must be empty to be structural')
  if ((schema.description ?? '') !== '') refuse('description', 'must be empty to be structural')
  if (schema.default !== undefined) refuse('default', 'must be undefined to be structural')
  if (schema.nullable === true) refuse('nullable', 'must be false to be structural')
  for (const name of ['embedded-resource', 'int-or-string', 'preserve-unknown-fields'] as const) {
    if (schema[`x-kubernetes-${name}`] === true)
      refuse(`x-kubernetes-${name}`, 'must be false to be structural')
  }
  if ((schema['x-kubernetes-list-map-keys'] ?? []).length > 0)
    refuse('x-kubernetes-list-map-keys', 'must be empty to be structural')
  if (schema['x-kubernetes-list-type'] !== undefined)
    refuse('x-kubernetes-list-type', 'must be undefined to be structural')
  if (schema['x-kubernetes-map-type'] !== undefined)
    refuse('x-kubernetes-map-type', 'must be undefined to be structural')
  if (additionalOf(schema) !== undefined) refuse('additionalProperties', 'must be undefined to be structural')
  if (Object.hasOwn(schema.properties ?? {}, 'metadata'))
    refuse('properties[metadata]', 'must not be specified in a nested context')
  for (const name of propertyNames(schema))
    nestedRules(schema.properties?.[name] ?? {}, `${path}.properties[${name}]`, errors)
  const items = itemsOf(schema)
  if (items !== undefined) nestedRules(items, `${path}.items`, errors)
  valueValidations({ ...schema, 'x-kubernetes-int-or-string': false }, path, errors)
}

/**
 * Fields of a nested schema must also be in the structural schema. Source: complete.go
 * validateStructuralCompleteness.
 */
function completeness(schema: Schema, path: string, errors: FieldError[]): void {
  for (const [name, nested] of nestedOf(schema)) complete(schema, path, nested, `${path}.${name}`, errors)
  for (const name of propertyNames(schema))
    completeness(schema.properties?.[name] ?? {}, `${path}.properties[${name}]`, errors)
  const items = itemsOf(schema)
  if (items !== undefined) completeness(items, `${path}.items`, errors)
  const additional = additionalOf(schema)
  if (typeof additional === 'object') completeness(additional, `${path}.additionalProperties`, errors)
}

function nestedOf({
  allOf = [],
  anyOf = [],
  oneOf = [],
  not,
}: Schema): readonly (readonly [string, Schema])[] {
  const listed = (
    [
      ['allOf', allOf],
      ['anyOf', anyOf],
      ['oneOf', oneOf],
    ] as const
  ).flatMap(([name, list]) => list.map((schema, at) => [`${name}[${at}]`, schema] as const))
  return not === undefined ? listed : [...listed, ['not', not]]
}

function complete(
  schema: Schema | undefined,
  path: string,
  nested: Schema,
  nestedPath: string,
  errors: FieldError[],
): void {
  if (schema === undefined) {
    errors.push(required(path, `because it is defined in ${nestedPath}`))
    return
  }
  for (const name of propertyNames(nested)) {
    const own = schema.properties?.[name]
    complete(
      own,
      `${path}.properties[${name}]`,
      nested.properties?.[name] ?? {},
      `${nestedPath}.properties[${name}]`,
      errors,
    )
  }
  const items = itemsOf(nested)
  if (items !== undefined) complete(itemsOf(schema), `${path}.items`, items, `${nestedPath}.items`, errors)
  for (const [name, one] of nestedOf(nested)) complete(schema, path, one, `${nestedPath}.${name}`, errors)
}
