import { scaleSubresource, statusOf } from '../define.js'
import type { KindDefinition, KubeObject, Strategy, Verb } from '../definition.js'
import { semanticEqual } from '../equal.js'
import { type FieldError, invalid, required } from '../field-error.js'
import { metaSchema } from '../meta/generated.js'
import { decode } from '../schema/decode.js'
import { DecodeError, jsonKind } from '../schema/decode-error.js'
import { copyJson, isPlainObject } from '../schema/plain-json.js'
import type { MessageReader, SchemaGroup } from '../schema/types.js'
import { customColumns } from './custom-columns.js'
import { applyDefaults, dropForbiddenNulls } from './defaulting.js'
import { fieldTables } from './field-table.js'
import type { CustomResourceDefinition, CustomResourceDefinitionVersion } from './generated.js'
import { prune } from './prune.js'
import { evaluateRules, hasRules } from './rules.js'
import { validateScale } from './scale-paths.js'
import { type Schema, fieldOf, itemsOf } from './schema.js'
import { validateListTypes, validateValue } from './value-validation.js'
import { dns1035LabelFaults, pathSegmentFaults } from '../names.js'

/** Verbs in the order in which discovery lists them for custom resources. */
const VERBS: readonly Verb[] = [
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'create',
  'update',
  'watch',
]

/** Converts an object of the CRD to another of its versions. The argument is not changed. */
export type Convert = (object: KubeObject, apiVersion: string) => KubeObject

/** A served version of a custom resource: its definition and its field tables. */
export interface CustomKind {
  readonly definition: KindDefinition
  readonly schema: SchemaGroup
}

/** Conversion by the strategy None: only apiVersion changes. */
export const convertNone: Convert = (object, apiVersion) =>
  object.apiVersion === apiVersion ? object : { ...object, apiVersion }

/** Returns the kinds that a CRD serves. Source: apiextensions pkg/apiserver/customresource_handler.go. */
export function customKinds(
  crd: CustomResourceDefinition,
  convert: Convert = convertNone,
): readonly CustomKind[] {
  return crd.spec.versions.filter(({ served }) => served).map((version) => customKind(crd, version, convert))
}

function customKind(
  crd: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
  convert: Convert,
): CustomKind {
  const {
    spec: { group, scope },
    status: { acceptedNames: names },
  } = crd
  const schema = version.schema?.openAPIV3Schema ?? {}
  const { subresources } = version
  const { kind, plural, singular, shortNames = [], categories = [], listKind } = names
  const read = readerOf(schema, crd.spec.preserveUnknownFields === true)
  const apiVersion = `${group}/${version.name}`
  const storage = crd.spec.versions.find((one) => one.storage)?.name ?? version.name
  const hasStatus = subresources?.status !== undefined
  const definition: KindDefinition = {
    group,
    version: version.name,
    kind,
    resource: plural,
    singular: singular ?? kind.toLowerCase(),
    shortNames,
    categories,
    namespaced: scope === 'Namespaced',
    verbs: VERBS,
    message: kind,
    storagePrefix: `/registry/${group}/${plural}`,
    subresources: [
      ...(hasStatus ? [statusOf(group, version.name, kind)] : []),
      ...(subresources?.scale === undefined ? [] : [scaleSubresource]),
    ],
    custom: {
      ...(listKind === undefined ? {} : { listKind }),
      ...(subresources?.scale === undefined ? {} : { scale: subresources.scale }),
      schema,
      uid: crd.metadata.uid ?? '',
      terminating:
        crd.status.conditions?.some(({ type, status }) => type === 'Terminating' && status === 'True') ??
        false,
    },
    stored: {
      group,
      version: storage,
      encode: (object) => convert(object, `${group}/${storage}`),
      decode: (stored) => read(convert(stored, apiVersion)).object as KubeObject,
    },
    ...validationOf(schema, subresources),
    ...(version.deprecated === true
      ? {
          deprecated: {
            since: 19,
            text: version.deprecationWarning ?? `${apiVersion} ${crd.spec.names.kind} is deprecated`,
          },
        }
      : {}),
    strategy: strategyOf(hasStatus),
    columns: customColumns(version.additionalPrinterColumns),
    selectableFields: selectableFields(version),
  }
  return { definition, schema: fieldTables(group, kind, schema, read) }
}

/**
 * Decodes an object: metadata by its own table, the rest by the schema. Unknown fields are pruned, and
 * defaults set.
 */
function readerOf(schema: Schema, preserves: boolean): MessageReader {
  const meta = metaSchema.message('ObjectMeta')
  return (input) => {
    if (!isPlainObject(input)) {
      throw new DecodeError(
        `json: cannot unmarshal ${jsonKind(input)} into Go value of type map[string]interface {}`,
      )
    }
    const { metadata, ...rest } = input
    checkDepth(rest, 0)
    const object = copyJson(rest) as Record<string, unknown>
    const read = decode<object>(meta, metadata ?? {})
    applyDefaults(object, schema)
    dropForbiddenNulls(object, schema)
    const unknown = preserves ? [] : prune(object, schema, true)
    return {
      object: { ...object, metadata: read.object },
      unknownFields: [...read.unknownFields.map((field) => `metadata.${field}`), ...unknown],
    }
  }
}

/**
 * Deepest nesting of a custom resource. Go's decoder stops at 10,000, but rules and comparisons here are
 * recursive.
 */
const MOST_LEVELS = 1_000

function checkDepth(value: unknown, level: number): void {
  if (typeof value !== 'object' || value === null) return
  if (level > MOST_LEVELS) throw new DecodeError('exceeded max depth')
  for (const member of Object.values(value)) checkDepth(member, level + 1)
}

type Validations = Pick<KindDefinition, 'validate' | 'validateUpdate'>

function validationOf(
  schema: Schema,
  subresources: CustomResourceDefinitionVersion['subresources'],
): Validations {
  const checksRules = hasRules(schema)
  const check = (next: KubeObject, old: KubeObject | undefined): readonly FieldError[] => {
    const body = withoutMeta(next)
    const before = old === undefined ? undefined : withoutMeta(old)
    const errors = [
      ...validateValue(body, rootOf(schema), before === undefined ? {} : { old: before }),
      ...validateScale(next, subresources?.scale),
      ...validateEmbedded(body, schema),
      ...validateListTypes(body, schema),
    ]
    if (!checksRules) return errors
    return [...errors, ...(errors.some(isBlocking) ? [NOT_CHECKED] : evaluateRules(next, old, schema))]
  }
  return { validate: (object) => check(object, undefined), validateUpdate: check }
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

/** Source: apiextensions pkg/registry/customresource/strategy.go and status_strategy.go. */
function strategyOf(hasStatus: boolean): Strategy<KubeObject> {
  const setStatus = (object: object, status: unknown): void => {
    const draft = object as { status?: unknown }
    if (status === undefined) delete draft.status
    else draft.status = status
  }
  return {
    allowUnconditionalUpdate: false,
    generationChanged: (next, old) => !sameApart(next, old, hasStatus),
    ...(hasStatus
      ? {
          prepareForCreate: (draft) => setStatus(draft, undefined),
          prepareForUpdate: (draft, old) => setStatus(draft, statusIn(old)),
          prepareForStatusUpdate: (draft, old) => {
            const status = statusIn(draft)
            const { resourceVersion } = draft.metadata
            for (const name of Object.keys(draft)) delete (draft as unknown as Record<string, unknown>)[name]
            Object.assign(draft, old, {
              metadata: { ...old.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
            })
            setStatus(draft, status)
          },
        }
      : {}),
  }
}

const statusIn = (object: object): unknown => (object as { readonly status?: unknown }).status

function sameApart(next: KubeObject, old: KubeObject, hasStatus: boolean): boolean {
  const [a, b] = [next, old].map((object) => {
    const { metadata: _metadata, ...rest } = object as KubeObject & { readonly status?: unknown }
    if (!hasStatus) return rest
    const { status: _status, ...others } = rest
    return others
  })
  return semanticEqual(a, b)
}

function selectableFields({
  selectableFields: fields = [],
}: CustomResourceDefinitionVersion): KindDefinition['selectableFields'] {
  return Object.fromEntries(
    fields.map(({ jsonPath }) => {
      const names = jsonPath.split('.').slice(1)
      return [names.join('.'), (object: KubeObject) => textAt(object, names)]
    }),
  )
}

function textAt(object: KubeObject, names: readonly string[]): string {
  const value = names.reduce<unknown>(
    (at, name) => (isPlainObject(at) && Object.hasOwn(at, name) ? at[name] : undefined),
    object,
  )
  return value === undefined || value === null ? '' : `${value as string | number | boolean}`
}

/**
 * Validates embedded objects (x-kubernetes-embedded-resource): apiVersion, kind and metadata. Source:
 * apiextensions pkg/apiserver/schema/objectmeta/validation.go.
 */
function validateEmbedded(value: unknown, schema: Schema, path = '', isRoot = true): readonly FieldError[] {
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
