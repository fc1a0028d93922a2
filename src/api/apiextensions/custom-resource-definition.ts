import { quote } from '../../lang/go/quote.js'
import { borrow, defineKind, plainColumns, specChanged, statusOf } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import {
  validateDefinition,
  validateDefinitionName,
  validateDefinitionStatus,
  validateDefinitionUpdate,
} from './definition/crd-validation.js'
import type { CustomResourceDefinition, CustomResourceDefinitionNames } from './generated.js'
import { isKnownFormat } from './schema/formats.js'
import { type Schema, nestedSchemas } from './schema/schema.js'

/** Default names, derived from the kind. */
export function nameDefaults(names: Draft<CustomResourceDefinitionNames>): void {
  if ((names.singular ?? '') === '') names.singular = names.kind.toLowerCase()
  if ((names.listKind ?? '') === '' && names.kind !== '') names.listKind = `${names.kind}List`
}

/** Source: apiextensions pkg/apis/apiextensions/v1/defaults.go. */
function setDefaults(crd: Draft<CustomResourceDefinition>): void {
  if (Object.isFrozen(crd.spec)) return
  nameDefaults(crd.spec.names)
  crd.spec.conversion ??= { strategy: 'None' }
  const { webhook } = crd.spec.conversion
  // the internal type has no such struct
  if (webhook?.clientConfig === undefined && (webhook?.conversionReviewVersions ?? []).length === 0)
    delete crd.spec.conversion.webhook
  const service = webhook?.clientConfig?.service
  if (service !== undefined) service.port ??= 443
}

/**
 * Adds the storage version to status.storedVersions. Also used for v1beta1, in which `versions` may be
 * missing.
 */
function addStoredVersion(crd: Draft<CustomResourceDefinition>): void {
  const { versions = [] } = crd.spec as Partial<Draft<CustomResourceDefinition>['spec']>
  const storage = versions.find((version) => version.storage)
  const stored = crd.status.storedVersions ?? []
  if (storage === undefined || stored.includes(storage.name)) return
  crd.status = { ...crd.status, storedVersions: [...stored, storage.name] }
}

/** apiextensions.k8s.io/v1 CustomResourceDefinition. */
export const customResourceDefinition: KindDefinition<CustomResourceDefinition> =
  defineKind<CustomResourceDefinition>({
    group: 'apiextensions.k8s.io',
    version: 'v1',
    kind: 'CustomResourceDefinition',
    resource: 'customresourcedefinitions',
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
    namespaced: false,
    storagePrefix: '/registry/apiextensions.k8s.io/customresourcedefinitions',
    subresources: [statusOf('apiextensions.k8s.io', 'v1', 'CustomResourceDefinition')],
    setDefaults,
    validateName: validateDefinitionName,
    inRelease: (definition, { has }) => {
      const { warnings: _, ...strategy } = definition.strategy
      return has('definitionFormatWarnings') ? definition : { ...definition, strategy }
    },
    validate: (crd) => validateDefinition(crd),
    validateUpdate: (next, old) => validateDefinitionUpdate(next, old),
    strategy: {
      resetFields: { status: [['metadata'], ['spec']] },
      prepareForCreate: (crd) => {
        crd.status = {
          acceptedNames: { plural: '', kind: '' },
          conditions: null as never,
          storedVersions: null as never,
        }
        addStoredVersion(crd)
      },
      prepareForUpdate: (crd, old) => {
        crd.status = borrow(old.status)
        addStoredVersion(crd)
      },
      prepareForStatusUpdate: (crd, old) => {
        crd.spec = borrow(old.spec)
        if ((crd.status.storedVersions ?? []).length === 0) addStoredVersion(crd)
        const {
          labels: _labels,
          annotations: _annotations,
          ownerReferences: _owners,
          ...metadata
        } = crd.metadata
        const { labels, annotations, ownerReferences } = old.metadata
        crd.metadata = borrow({
          ...metadata,
          ...(labels === undefined ? {} : { labels }),
          ...(annotations === undefined ? {} : { annotations }),
          ...(ownerReferences === undefined ? {} : { ownerReferences }),
        })
      },
      validateStatusUpdate: validateDefinitionStatus,
      generationChanged: specChanged,
      warnings: definitionWarnings,
      allowUnconditionalUpdate: false,
    },
    columns: plainColumns(),
  })

/**
 * Returns the warnings of a CRD: unknown string formats that it did not have before. Source: apiextensions
 * pkg/registry/customresourcedefinition/strategy.go WarningsOnCreate, WarningsOnUpdate.
 */
function definitionWarnings(
  crd: CustomResourceDefinition,
  old: CustomResourceDefinition | undefined,
): readonly string[] {
  if (crd.spec === old?.spec) return []
  const found = unknownFormats(crd)
  if (found.size === 0) return []
  const before = old === undefined ? new Set() : unknownFormats(old)
  return [...found]
    .filter((format) => !before.has(format))
    .map((format) => `unrecognized format ${quote(format)}`)
}

function unknownFormats({ spec: { versions } }: CustomResourceDefinition): ReadonlySet<string> {
  const found = new Set<string>()
  const look = (schema: Schema): void => {
    const { type, format = '' } = schema
    if (type === 'string' && format !== '' && !isKnownFormat(format)) found.add(format)
    for (const nested of nestedSchemas(schema)) look(nested)
  }
  for (const { schema } of versions) if (schema?.openAPIV3Schema !== undefined) look(schema.openAPIV3Schema)
  return found
}
