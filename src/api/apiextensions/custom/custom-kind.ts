import { scaleSubresource, statusOf } from '../../kind/define.js'
import type { KindDefinition, KubeObject, Verb } from '../../kind/definition.js'
import { metaSchema } from '../../meta/generated.js'
import { decode } from '../../schema/decode.js'
import { DecodeError, jsonKind } from '../../../lang/json/decode-error.js'
import { copyJson, isPlainObject, maxDepth } from '../../../lang/json/plain-json.js'
import type { MessageReader, SchemaGroup } from '../../schema/types.js'
import { customColumns } from './custom-columns.js'
import { strategyOf } from './custom-strategy.js'
import { validationOf } from './custom-validation.js'
import { applyDefaults, dropForbiddenNulls } from './defaulting.js'
import { coerceEmbedded } from './embedded.js'
import { fieldTables } from './field-table.js'
import type { CustomResourceDefinition, CustomResourceDefinitionVersion } from '../generated.js'
import { prune } from './prune.js'
import type { Schema } from '../schema/schema.js'

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
  const { validateStatusUpdate, ...validation } = validationOf(schema, subresources)
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
    ...validation,
    ...(version.deprecated === true
      ? {
          deprecated: {
            since: 19,
            text: version.deprecationWarning ?? `${apiVersion} ${crd.spec.names.kind} is deprecated`,
          },
        }
      : {}),
    strategy: { ...strategyOf(hasStatus), validateStatusUpdate },
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
    const unknown = preserves ? [] : prune(object, schema, true)
    if (!preserves) dropForbiddenNulls(object, schema)
    const embedded = coerceEmbedded(object, schema)
    applyDefaults(object, schema)
    return {
      object: { ...object, metadata: read.object },
      unknownFields: [...read.unknownFields.map((field) => `metadata.${field}`), ...unknown, ...embedded],
    }
  }
}

function checkDepth(value: unknown, level: number): void {
  if (typeof value !== 'object' || value === null) return
  if (level > maxDepth) throw new DecodeError('exceeded max depth')
  for (const member of Object.values(value)) checkDepth(member, level + 1)
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
