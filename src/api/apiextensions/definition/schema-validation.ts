import { repeats } from '../../validation/repeats.js'
import { forbidden, invalid, notSupported, required } from '../../field-error.js'
import type { FieldError } from '../../field-error.js'
import type { Json } from '../../../lang/json/json.js'
import { copyJson } from '../../../lang/json/plain-json.js'
import { wasSentEmpty } from '../../schema/sent-empty.js'
import { rootFault } from '../schema/internal-schema.js'
import { compileGoRegExp, isFault } from '../../../lang/go/regexp.js'
import { prune } from '../custom/prune.js'
import { CostTotal, timesPlaces } from '../schema/rule-costs.js'
import { ruleForms, validateRules } from '../schema/rules.js'
import type { RuleScope } from '../schema/rules.js'
import { additionalOf, itemsOf, propertyNames, preservesUnknown, someSchema } from '../schema/schema.js'
import type { Schema } from '../schema/schema.js'
import { validateStructural } from '../schema/structural.js'
import { validateValue } from '../schema/value-validation.js'

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string']

/** How strictly schemas are validated. */
export interface SchemaRules {
  /** Whether the schema must be structural. */
  readonly structural: boolean
  /** Whether only known types are allowed. */
  readonly validTypes: boolean
  /** Whether defaults must not have fields that would be pruned. */
  readonly prunedDefaults: boolean
  /** Whether items of sets must be atomic. */
  readonly atomicSets: boolean
  /**
   * Whether keys of map lists must be required or have defaults, and keys and items of sets must not be
   * nullable.
   */
  readonly mapKeys: boolean
  /** Why defaults are not allowed; absent if they are. */
  readonly refusesDefaults?: string
}

/** All rules. */
export const STRICT: SchemaRules = {
  structural: true,
  validTypes: true,
  prunedDefaults: true,
  atomicSets: true,
  mapKeys: true,
}

/** No rules but those that hold always. */
const LAX: SchemaRules = {
  structural: false,
  validTypes: false,
  prunedDefaults: false,
  atomicSets: false,
  mapKeys: false,
}

/** Whether a schema violates a rule. */
export function hasFault(schema: Schema, rule: Exclude<keyof SchemaRules, 'refusesDefaults'>): boolean {
  if (rule === 'structural') return validateStructural(schema, '').length > 0
  if (rule === 'prunedDefaults') {
    return validateDefaults(schema, '', STRICT).length > validateDefaults(schema, '', LAX).length
  }
  const count = (rules: SchemaRules): number => {
    const errors: FieldError[] = []
    keywords(schema, '', { rules, scope: undefined, ruleErrors: [] }, errors)
    return errors.length
  }
  return count({ ...LAX, [rule]: true }) > count(LAX)
}

/**
 * Returns the faults of the schema of a CRD version: structure, defaults, keywords and rules. Source:
 * apiextensions pkg/apis/apiextensions/validation/validation.go validateCustomResourceDefinitionValidation.
 */
export function validateSchema(
  schema: Schema,
  path: string,
  hasStatus: boolean,
  rules: SchemaRules = STRICT,
): readonly FieldError[] {
  const errors: FieldError[] = []
  const fault = hasStatus ? rootFault(schema) : undefined
  if (fault === 'type') {
    const text =
      'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'
    errors.push(invalid(`${path}.type`, schema.type, text))
  } else if (fault !== undefined) errors.push(invalid(path, fault.value, fault.text))
  if (schema.nullable === true)
    errors.push(forbidden(`${path}.nullable`, 'nullable cannot be true at the root'))
  const structural = rules.structural ? validateStructural(schema, path) : []
  const defaults = structural.length > 0 || !rules.structural ? [] : validateDefaults(schema, path, rules)
  errors.push(...structural, ...defaults)
  const total = new CostTotal()
  const scope: RuleScope | undefined =
    errors.length > 0 || !rules.structural
      ? undefined
      : { isRoot: true, correlatable: true, places: 1n, total }
  const ruleErrors: FieldError[] = []
  keywords(schema, path, { rules, scope, ruleErrors }, errors)
  return [...errors, ...ruleErrors, ...total.faults(path)]
}

/** Returns how often parts of a schema's values can occur. Source: cel_validation.go extractMaxElements. */
function placesWithin(schema: Schema, { places }: RuleScope): bigint | undefined {
  const most =
    schema.type === 'array'
      ? schema.maxItems
      : schema.type === 'object' && additionalOf(schema) !== undefined
        ? schema.maxProperties
        : 1
  if (places === undefined || most === undefined) return undefined
  return timesPlaces(places, BigInt(Math.max(0, most)))
}

/** Defaults must be valid and must not have unknown fields. Source: schema/defaulting/validation.go. */
function validateDefaults(schema: Schema, path: string, rules: SchemaRules): readonly FieldError[] {
  const errors: FieldError[] = []
  if (schema.default !== undefined) {
    const copy = copyJson(schema.default)
    if (
      rules.prunedDefaults &&
      prune(copy, schema, schema['x-kubernetes-embedded-resource'] === true).length > 0
    ) {
      errors.push(invalid(`${path}.default`, schema.default, 'must not have unknown fields'))
    } else errors.push(...validateValue(schema.default as Json, schema, { field: `${path}.default` }))
  }
  for (const name of propertyNames(schema)) {
    errors.push(...validateDefaults(schema.properties?.[name] ?? {}, `${path}.properties[${name}]`, rules))
  }
  const items = itemsOf(schema)
  if (items !== undefined) errors.push(...validateDefaults(items, `${path}.items`, rules))
  const additional = additionalOf(schema)
  if (typeof additional === 'object')
    errors.push(...validateDefaults(additional, `${path}.additionalProperties`, rules))
  return errors
}

/** The context of a part of a schema. */
interface Part {
  readonly rules: SchemaRules
  /** Context of CEL rules; undefined where they are not allowed. */
  readonly scope: RuleScope | undefined
  /** Faults of rules, which come after those of schemas. */
  readonly ruleErrors: FieldError[]
}

/** Source: validateCustomResourceDefinitionOpenAPISchema. */
function keywords(schema: Schema, path: string, part: Part, errors: FieldError[]): void {
  const { rules, scope, ruleErrors } = part
  const before = errors.length
  unsupported(schema, path, rules, errors)
  const additional = additionalOf(schema)
  if (additional === false)
    errors.push(forbidden(`${path}.additionalProperties`, 'additionalProperties cannot be set to false'))
  if (additional !== undefined && propertyNames(schema).length > 0) {
    errors.push(
      forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'),
    )
  }
  const outside: Part = { rules, scope: undefined, ruleErrors }
  const within: Part = {
    rules,
    ruleErrors,
    scope: scope === undefined ? undefined : { ...scope, isRoot: false, places: placesWithin(schema, scope) },
  }
  if (typeof additional === 'object') keywords(additional, `${path}.additionalProperties`, within, errors)
  for (const name of propertyNames(schema))
    keywords(schema.properties?.[name] ?? {}, `${path}.properties[${name}]`, within, errors)
  for (const name of ['allOf', 'oneOf', 'anyOf'] as const) {
    schema[name]?.forEach((one, at) => keywords(one, `${path}.${name}[${at}]`, outside, errors))
  }
  if (schema.not !== undefined) keywords(schema.not, `${path}.not`, outside, errors)
  const items = itemsOf(schema)
  if (items !== undefined) {
    const correlatable = (scope?.correlatable ?? false) && schema['x-kubernetes-list-type'] === 'map'
    keywords(
      items,
      `${path}.items`,
      { ...within, scope: within.scope === undefined ? undefined : { ...within.scope, correlatable } },
      errors,
    )
  }
  mapAndListTypes(schema, path, rules, errors)
  errors.push(...ruleForms(schema, path))
  // rules are compiled only where the schema has no other fault here or within
  if (schema['x-kubernetes-validations'] !== undefined && scope !== undefined && errors.length === before)
    ruleErrors.push(...validateRules(schema, path, scope))
}

/** Source: specStandardValidatorV3.validate. */
function unsupported(
  schema: Schema,
  path: string,
  { validTypes, refusesDefaults }: SchemaRules,
  errors: FieldError[],
): void {
  const { type = '', pattern, items } = schema
  if (type === 'null') {
    errors.push(forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative'))
  }
  if (validTypes && type !== '' && !TYPES.includes(type))
    errors.push(notSupported(`${path}.type`, type, TYPES))
  if (schema.default !== undefined && refusesDefaults !== undefined) {
    errors.push(forbidden(`${path}.default`, `must not be set ${refusesDefaults}`))
  }
  const refuse = (name: string, is: boolean): void => {
    if (is) errors.push(forbidden(`${path}.${name}`, `${name} is not supported`))
  }
  refuse('$ref', schema.$ref !== undefined)
  refuse('definitions', Object.keys(schema.definitions ?? {}).length > 0)
  refuse('dependencies', schema.dependencies !== undefined || wasSentEmpty(schema, 'dependencies'))
  refuse('id', (schema.id ?? '') !== '')
  refuse('additionalItems', schema.additionalItems !== undefined)
  refuse('patternProperties', Object.keys(schema.patternProperties ?? {}).length > 0)
  if (Array.isArray(items))
    errors.push(forbidden(`${path}.items`, 'items must be a schema object and not an array'))
  if (schema.uniqueItems === true) {
    const text = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'
    errors.push(forbidden(`${path}.uniqueItems`, text))
  }
  if (pattern !== undefined && pattern !== '') {
    const expression = compileGoRegExp(pattern)
    if (isFault(expression)) {
      const text = `must be a valid regular expression, but isn't: ${expression.fault}`
      errors.push(invalid(`${path}.pattern`, pattern, text))
    }
  }
}

function mapAndListTypes(schema: Schema, path: string, rules: SchemaRules, errors: FieldError[]): void {
  const { type = '' } = schema
  const mapType = schema['x-kubernetes-map-type']
  const listType = schema['x-kubernetes-list-type']
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  if (schema['x-kubernetes-preserve-unknown-fields'] === false && !preservesUnknown(schema)) {
    errors.push(invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'))
  }
  const mustBe = (wanted: string, why: string): void => {
    if (type === '') errors.push(required(`${path}.type`, `must be ${wanted} if ${why} is specified`))
    else errors.push(invalid(`${path}.type`, type, `must be ${wanted} if ${why} is specified`))
  }
  if (mapType !== undefined && type !== 'object') mustBe('object', 'x-kubernetes-map-type')
  if (mapType !== undefined && !['atomic', 'granular'].includes(mapType)) {
    errors.push(notSupported(`${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']))
  }
  if (listType !== undefined && type !== 'array') mustBe('array', 'x-kubernetes-list-type')
  else if (listType === 'set') setItems(schema, rules, path, errors)
  if (listType !== undefined && !['atomic', 'set', 'map'].includes(listType)) {
    errors.push(notSupported(`${path}.x-kubernetes-list-type`, listType, ['atomic', 'set', 'map']))
  }
  if (keys.length > 0 && listType !== 'map') {
    const at = `${path}.x-kubernetes-list-type`
    const text = 'must be map if x-kubernetes-list-map-keys is non-empty'
    errors.push(listType === undefined ? required(at, text) : invalid(at, listType, text))
  }
  if (listType === 'map') mapKeys(schema, keys, path, errors)
  if (rules.mapKeys) mapKeysAndSets(schema, path, errors)
}

/** Items of sets must be atomic. */
function setItems(schema: Schema, { atomicSets }: SchemaRules, path: string, errors: FieldError[]): void {
  const items = itemsOf(schema)
  if (!atomicSets || items === undefined) return
  const text = 'must be atomic as item of a list with x-kubernetes-list-type=set'
  const listType = items['x-kubernetes-list-type'] ?? null
  // upstream shows the list type of objects, too
  if (items.type === 'array' && ![null, 'atomic'].includes(listType))
    errors.push(invalid(`${path}.items.x-kubernetes-list-type`, listType, text))
  if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic')
    errors.push(invalid(`${path}.items.x-kubernetes-map-type`, listType, text))
}

function mapKeys(schema: Schema, keys: readonly string[], path: string, errors: FieldError[]): void {
  const at = `${path}.x-kubernetes-list-map-keys`
  if (keys.length === 0) errors.push(required(at, 'must not be empty if x-kubernetes-list-type is map'))
  const items = itemsOf(schema)
  if (items === undefined) {
    const at = `${path}.items`
    const text = 'must only have a single schema if x-kubernetes-list-type is map'
    if (schema.items === undefined)
      errors.push(required(at, 'must have a schema if x-kubernetes-list-type is map'))
    else errors.push(invalid(at, { Schema: null, JSONSchemas: null }, text))
    return
  }
  if (items.type !== 'object') {
    const text = "must be object if parent array's x-kubernetes-list-type is map"
    errors.push(invalid(`${path}.items.type`, items.type ?? '', text))
    return
  }
  const repeated = repeats(keys)
  keys.forEach((key, index) => {
    const field = items.properties?.[key]
    if (field === undefined) errors.push(invalid(at, keys, 'entries must all be names of item properties'))
    else if (field.type === 'array' || field.type === 'object') {
      const text = "must be a scalar type if parent array's x-kubernetes-list-type is map"
      errors.push(invalid(`${path}.items.properties[${key}].type`, 'object', text))
    }
    if (repeated.has(index)) errors.push(invalid(at, keys, 'must not contain duplicate entries'))
  })
}

/** Source: validateMapListKeysMapSet. */
function mapKeysAndSets(schema: Schema, path: string, errors: FieldError[]): void {
  const items = itemsOf(schema)
  const listType = schema['x-kubernetes-list-type']
  if (items === undefined || (listType !== 'set' && listType !== 'map')) return
  if (items.nullable === true) {
    const text = `cannot be nullable when x-kubernetes-list-type is ${listType}`
    errors.push(forbidden(`${path}.items.nullable`, text))
  }
  if (listType === 'set') return
  for (const key of schema['x-kubernetes-list-map-keys'] ?? []) {
    const field = items.properties?.[key]
    if (field === undefined) continue
    const at = `${path}.items.properties[${key}]`
    const why = 'this property is in x-kubernetes-list-map-keys, so it'
    if (field.default === undefined && !(items.required ?? []).includes(key))
      errors.push(required(`${at}.default`, `${why} must have a default or be a required property`))
    if (field.nullable === true) errors.push(forbidden(`${at}.nullable`, `${why} cannot be nullable`))
  }
}

/** Whether the schema has any default. */
export function hasDefaults(schema: Schema): boolean {
  return someSchema(schema, (one) => one.default !== undefined)
}
