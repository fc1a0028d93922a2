import type { KindDefinition, KubeObject, Strategy } from '../../kind/definition.js'
import type { FieldError } from '../../field-error.js'
import { statusIn } from './custom-strategy.js'
import { validateEmbedded } from './embedded.js'
import type { CustomResourceDefinitionVersion } from '../generated.js'
import { evaluateRules, hasRules } from '../schema/rules.js'
import { validateScaleSpec, validateScaleStatus } from './scale-paths.js'
import type { Schema } from '../schema/schema.js'
import { validateListTypes, validateValue } from '../schema/value-validation.js'

/** What a version of a custom kind validates. */
export type Validations = Required<
  Pick<KindDefinition, 'validate' | 'validateUpdate'> & Pick<Strategy<KubeObject>, 'validateStatusUpdate'>
>

/**
 * Returns the validation under a schema. Source: apiextensions pkg/registry/customresource/strategy.go,
 * status_strategy.go, validator.go.
 */
export function validationOf(
  schema: Schema,
  subresources: CustomResourceDefinitionVersion['subresources'],
): Validations {
  const checksRules = hasRules(schema)
  const check = (next: KubeObject, old: KubeObject | undefined): readonly FieldError[] => {
    const body = withoutMeta(next)
    const before = old === undefined ? undefined : withoutMeta(old)
    const errors = [
      ...validateValue(body, rootOf(schema), before === undefined ? {} : { old: before }),
      ...validateScaleSpec(next, subresources?.scale),
      ...validateScaleStatus(next, subresources?.scale),
      ...validateEmbedded(body, schema),
      ...validateListTypes(body, schema),
    ]
    return [...errors, ...rules(next, old, errors)]
  }
  const rules = (
    next: KubeObject,
    old: KubeObject | undefined,
    errors: readonly FieldError[],
  ): readonly FieldError[] =>
    !checksRules ? [] : errors.some(isBlocking) ? [NOT_CHECKED] : evaluateRules(next, old, schema)
  // only the status is validated, by its own schema, whose paths begin there
  const checkStatus = (next: KubeObject, old: KubeObject): readonly FieldError[] => {
    const [status, before] = [statusIn(next), statusIn(old)]
    const errors = [
      ...(status === undefined
        ? []
        : validateValue(status, schema.properties?.['status'] ?? {}, { field: 'status', old: before })),
      ...validateScaleStatus(next, subresources?.scale),
      ...(validateListTypes(withoutMeta(old), schema).length > 0
        ? []
        : validateListTypes(withoutMeta(next), schema)),
    ]
    return [...errors, ...rules(next, old, errors)]
  }
  return {
    validate: (object) => check(object, undefined),
    validateUpdate: check,
    validateStatusUpdate: checkStatus,
  }
}

/**
 * Returns the schema without metadata, which has its own rules: a schema can only restrict names, which the
 * registry checks.
 */
const withoutMeta = ({ metadata: _metadata, ...rest }: KubeObject): Omit<KubeObject, 'metadata'> => rest

function rootOf(schema: Schema): Schema {
  if (schema.required?.includes('metadata') !== true) return schema
  return { ...schema, required: schema.required.filter((name) => name !== 'metadata') }
}

const isBlocking = ({ type }: FieldError): boolean =>
  /^FieldValue(NotSupported|Required|TooLong|TooMany|TypeInvalid)$/.test(type)

const NOT_CHECKED: FieldError = {
  type: 'FieldValueInvalid',
  field: '<nil>',
  body:
    'Invalid value: null: some validation rules were not checked because the object was invalid; ' +
    'correct the existing errors to complete validation',
}
