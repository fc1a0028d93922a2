import type { CustomResourceDefinitionSpec } from '../generated.js'
import type { SchemaRules } from './schema-validation.js'
import { hasDefaults, hasFault, STRICT } from './schema-validation.js'
import type { Schema } from '../schema/schema.js'
import { someSchema } from '../schema/schema.js'

/** The API version of the request: v1beta1 is less strict. */
export type DefinitionVersion = 'v1' | 'v1beta1'

/**
 * How strictly a CRD is validated. Source: apiextensions pkg/apis/apiextensions/validation/validation.go
 * validationOptions.
 */
export interface DefinitionRules extends SchemaRules {
  /** Versions that must have a schema. With `served`, none if unknown fields are preserved. */
  readonly schemas: 'all' | 'served'
  /** Whether conversionReviewVersions must include one that the server knows. */
  readonly knownReviewVersions: boolean
}

const BETA_DEFAULTS =
  '(cannot set default values in apiextensions.k8s.io/v1beta1 CRDs, must use apiextensions.k8s.io/v1)'

/** Returns the rules for a new CRD. */
export function rulesOf(spec: CustomResourceDefinitionSpec, version: DefinitionVersion): DefinitionRules {
  if (version === 'v1') return { ...STRICT, schemas: 'all', knownReviewVersions: true }
  const structural =
    spec.preserveUnknownFields !== true || schemasOf(spec).some((schema) => someSchema(schema, hasExtensions))
  return {
    ...STRICT,
    schemas: 'served',
    knownReviewVersions: true,
    structural,
    validTypes: false,
    refusesDefaults: BETA_DEFAULTS,
  }
}

/** Returns the rules for an update: values that were invalid before may stay. */
export function relaxed(rules: DefinitionRules, old: CustomResourceDefinitionSpec): DefinitionRules {
  const before = schemasOf(old)
  const was = (rule: 'structural' | 'validTypes' | 'prunedDefaults' | 'atomicSets' | 'mapKeys'): boolean =>
    before.some((schema) => hasFault(schema, rule))
  const { refusesDefaults: _, ...others } = rules
  const reviews = old.conversion?.webhook?.conversionReviewVersions ?? []
  return {
    ...(before.some(hasDefaults) ? others : rules),
    schemas: rules.schemas === 'all' && before.length < old.versions.length ? 'served' : rules.schemas,
    knownReviewVersions: reviews.length === 0 || isKnownReview(reviews),
    structural: rules.structural && !was('structural'),
    validTypes: rules.validTypes && !was('validTypes'),
    prunedDefaults: !was('prunedDefaults'),
    atomicSets: !was('atomicSets'),
    mapKeys: !was('mapKeys'),
  }
}

/** Returns all schemas of a CRD's versions. */
export function schemasOf({ versions }: CustomResourceDefinitionSpec): readonly Schema[] {
  return versions.flatMap(({ schema }) => schema?.openAPIV3Schema ?? [])
}

/** Whether the server knows one of the versions of ConversionReview. */
export function isKnownReview(versions: readonly string[]): boolean {
  return versions.some((version) => version === 'v1' || version === 'v1beta1')
}

/** Source: schemaHasKubernetesExtensions. */
function hasExtensions(schema: Schema): boolean {
  return (
    schema['x-kubernetes-embedded-resource'] === true ||
    schema['x-kubernetes-int-or-string'] === true ||
    schema['x-kubernetes-preserve-unknown-fields'] !== undefined ||
    schema['x-kubernetes-list-type'] !== undefined ||
    schema['x-kubernetes-map-type'] !== undefined ||
    (schema['x-kubernetes-list-map-keys'] ?? []).length > 0 ||
    (schema['x-kubernetes-validations'] ?? []).length > 0
  )
}
