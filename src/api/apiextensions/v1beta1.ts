import { convertedAs } from '../kind/converted-as.js'
import type { KindDefinition, KubeObject, Strategy } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { type FieldError, forbidden, invalid } from '../field-error.js'
import { erase } from '../kind/served-as.js'
import { validateDefinition, validateDefinitionUpdate } from './definition/crd-validation.js'
import { customResourceDefinition, nameDefaults } from './custom-resource-definition.js'
import type {
  CustomResourceConversion,
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
} from './generated.js'
import { hoist } from './definition/hoisted.js'
import type {
  BetaColumn,
  BetaConversion,
  BetaDefinition,
  BetaParts,
  BetaSpec,
} from './definition/v1beta1-schema.js'
import { semanticEqual } from '../kind/equal.js'

const GROUP = 'apiextensions.k8s.io'
const V1 = `${GROUP}/v1`
const V1BETA1 = `${GROUP}/v1beta1`

/**
 * Converts a v1beta1 CRD to v1: fields at the top are copied into each version. Source: apiextensions
 * pkg/apis/apiextensions/v1/conversion.go.
 */
function toV1({ spec, ...crd }: BetaDefinition): CustomResourceDefinition {
  const {
    version = '',
    versions = [],
    validation,
    subresources,
    additionalPrinterColumns,
    conversion,
    preserveUnknownFields,
    ...rest
  } = spec
  const shared = {
    ...(validation === undefined ? {} : { schema: validation }),
    ...columnsToV1({ subresources, additionalPrinterColumns }),
  }
  const all =
    versions.length > 0 || version === '' ? versions : [{ name: version, served: true, storage: true }]
  return {
    ...crd,
    apiVersion: V1,
    spec: {
      ...rest,
      ...(conversion === undefined ? {} : { conversion: conversionToV1(conversion) }),
      ...(preserveUnknownFields === true ? { preserveUnknownFields } : {}),
      versions: all.map(
        (one) => ({ ...shared, ...one, ...columnsToV1(one) }) as CustomResourceDefinitionVersion,
      ),
    },
  } as CustomResourceDefinition
}

interface Parts {
  readonly subresources?: BetaParts['subresources'] | undefined
  readonly additionalPrinterColumns?: readonly BetaColumn[] | undefined
}

function columnsToV1({
  subresources,
  additionalPrinterColumns,
}: Parts): Pick<CustomResourceDefinitionVersion, 'subresources' | 'additionalPrinterColumns'> {
  return {
    ...(subresources === undefined ? {} : { subresources }),
    ...(additionalPrinterColumns === undefined
      ? {}
      : {
          additionalPrinterColumns: additionalPrinterColumns.map(({ JSONPath, ...column }) => ({
            ...column,
            jsonPath: JSONPath,
          })),
        }),
  }
}

function conversionToV1({
  strategy,
  webhookClientConfig,
  conversionReviewVersions,
}: BetaConversion): CustomResourceConversion {
  if (webhookClientConfig === undefined && conversionReviewVersions === undefined) return { strategy }
  return {
    strategy,
    webhook: {
      ...(webhookClientConfig === undefined ? {} : { clientConfig: webhookClientConfig }),
      conversionReviewVersions: conversionReviewVersions ?? [],
    },
  }
}

/** Converts a CRD of v1 to v1beta1: fields that are equal in all versions move to the top. */
function toBeta({ spec, ...crd }: CustomResourceDefinition): BetaDefinition {
  const { versions: _, conversion, preserveUnknownFields = false, ...rest } = spec
  const {
    shared: { schema, selectableFields: __, ...shared },
    versions,
  } = hoist(spec)
  return {
    ...crd,
    apiVersion: V1BETA1,
    spec: {
      ...rest,
      ...columnsToBeta(shared),
      ...(schema === undefined ? {} : { validation: schema }),
      ...(conversion === undefined ? {} : { conversion: conversionToBeta(conversion) }),
      preserveUnknownFields,
      ...(versions[0] === undefined ? {} : { version: versions[0].name }),
      versions: versions.map(({ selectableFields: ___, ...version }) => ({
        ...version,
        ...columnsToBeta(version),
      })),
    } as BetaSpec,
  }
}

function columnsToBeta({
  subresources,
  additionalPrinterColumns,
}: Pick<CustomResourceDefinitionVersion, 'subresources' | 'additionalPrinterColumns'>): BetaParts {
  return {
    ...(subresources === undefined ? {} : { subresources }),
    ...(additionalPrinterColumns === undefined
      ? {}
      : {
          additionalPrinterColumns: additionalPrinterColumns.map(({ jsonPath, ...column }) => ({
            ...column,
            JSONPath: jsonPath,
          })),
        }),
  }
}

function conversionToBeta({ strategy, webhook }: CustomResourceConversion): BetaConversion {
  const { clientConfig, conversionReviewVersions = [] } = webhook ?? {}
  return {
    strategy,
    ...(clientConfig === undefined ? {} : { webhookClientConfig: clientConfig }),
    ...(conversionReviewVersions.length === 0 ? {} : { conversionReviewVersions }),
  }
}

/** Converts a stored CRD to v1: releases before v1.16 store v1beta1. */
export function definitionInV1(crd: KubeObject): CustomResourceDefinition {
  return crd.apiVersion === V1BETA1 ? toV1(crd as BetaDefinition) : (crd as CustomResourceDefinition)
}

/** Source: apiextensions pkg/apis/apiextensions/v1beta1/defaults.go. */
function setDefaults({ spec }: Draft<BetaDefinition>): void {
  if (Object.isFrozen(spec)) return
  if (spec.scope === '') spec.scope = 'Namespaced'
  nameDefaults(spec.names)
  const versions = spec.versions ?? []
  if (versions.length === 0 && (spec.version ?? '') !== '')
    spec.versions = [{ name: spec.version ?? '', served: true, storage: true }]
  if ((spec.version ?? '') === '' && versions[0] !== undefined) spec.version = versions[0].name
  spec.conversion ??= { strategy: 'None' }
  if (
    spec.conversion.strategy === 'Webhook' &&
    (spec.conversion.conversionReviewVersions ?? []).length === 0
  ) {
    spec.conversion.conversionReviewVersions = ['v1beta1']
  }
  const service = spec.conversion.webhookClientConfig?.service
  if (service !== undefined) service.port ??= 443
  spec.preserveUnknownFields ??= true
}

const validate = (crd: BetaDefinition): readonly FieldError[] => [
  ...validateBetaParts(crd.spec),
  ...validateDefinition(toV1(crd), 'v1beta1'),
]

const validateUpdate = (next: BetaDefinition, old: BetaDefinition): readonly FieldError[] => [
  ...validateBetaParts(next.spec),
  ...validateDefinitionUpdate(toV1(next), toV1(old), 'v1beta1'),
]

const converted = convertedAs<BetaDefinition, CustomResourceDefinition>(customResourceDefinition, {
  group: GROUP,
  version: 'v1beta1',
  encode: toV1,
  decode: toBeta,
  setDefaults,
})

/**
 * The fields that a write resets have the same shape in both versions, so the object is not converted:
 * validation sees it as the client wrote it.
 */
function sameResets(): Partial<Strategy<KubeObject>> {
  const { prepareForCreate, prepareForUpdate, prepareForStatusUpdate } =
    customResourceDefinition.strategy as unknown as Strategy<KubeObject>
  return {
    ...(prepareForCreate === undefined ? {} : { prepareForCreate }),
    ...(prepareForUpdate === undefined ? {} : { prepareForUpdate }),
    ...(prepareForStatusUpdate === undefined ? {} : { prepareForStatusUpdate }),
  }
}

/** apiextensions.k8s.io/v1beta1 CustomResourceDefinition, of v1.13 to v1.21. */
export const customResourceDefinitionBeta: KindDefinition = {
  ...converted,
  ...erase<BetaDefinition>({ validate, validateUpdate } as KindDefinition<BetaDefinition>),
  strategy: { ...converted.strategy, ...sameResets() },
}

const PARTS = [
  ['validation', 'schema', 'schemas'],
  ['subresources', 'subresources', 'subresources'],
  ['additionalPrinterColumns', 'additionalPrinterColumns', 'additionalPrinterColumns'],
] as const

/**
 * Rules for fields both at the top and in versions, which v1 does not have. Source: apiextensions
 * pkg/apis/apiextensions/validation/validation.go validateCustomResourceDefinitionSpec.
 */
function validateBetaParts(spec: BetaSpec): readonly FieldError[] {
  const { version = '', versions = [] } = spec
  const [first] = versions
  const errors: FieldError[] =
    first !== undefined && version !== '' && first.name !== version
      ? [invalid('spec.version', version, 'must match the first version in spec.versions')]
      : []
  for (const [top, own, plural] of PARTS) {
    const has = versions.filter((one) => one[own] !== undefined)
    if (has.length > 0 && spec[top] !== undefined) {
      errors.push(forbidden(`spec.${top}`, `top-level and per-version ${plural} are mutually exclusive`))
    } else if (has.length > 0 && versions.every((one) => semanticEqual(one[own], first?.[own]))) {
      const text =
        `per-version ${plural} may not all be set to identical values (top-level ${top} should be used ` +
        'instead)'
      errors.push(invalid('spec.versions', versions, text))
    }
  }
  return errors
}
