import { quote } from '../../lang/go/quote.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { withUnsetTimes } from '../../api/kind/unset-times.js'
import { ApiError } from '../../client/api-error.js'
import { badRequest } from '../errors.js'
import type { Resource } from '../registry/resources.js'
import type { IncludeObject, Table } from '../table.js'
import { partialMetadata, tableOf } from '../table.js'
import type { Negotiated } from './accept.js'
import { bareItem } from './json-text.js'

/** The parameters of a response's representation. */
export interface Representation {
  readonly resource: Resource
  readonly negotiated: Negotiated
  readonly include: string | undefined
  readonly now: () => number
}

interface ListLike {
  readonly kind: string
  readonly metadata: object
  readonly items: readonly KubeObject[]
}

/** Whether an object is a list. A custom resource may have a field `items`, too, but a list has no uid. */
const isList = (object: object): object is ListLike =>
  'items' in object &&
  Array.isArray(object.items) &&
  (object as { metadata?: { uid?: string } }).metadata?.uid === undefined

/**
 * Returns the representation that the client asked for. Items of plain lists have no kind, as on the server.
 */
export function represent(stored: object, form: Representation): object {
  if ((stored as { kind?: string }).kind === 'Status') return stored
  const { resource, negotiated, include, now } = form
  const { as, version } = negotiated
  const object = resource.writesUnsetTimes ? unsetTimesIn(stored, resource) : stored
  switch (as) {
    case 'Table':
      return tableIn(tableOf(resource, object as KubeObject, now(), includeOf(include)), version)
    case 'PartialObjectMetadata': {
      if (!isList(object)) return inVersion(partialOf(resource, object as KubeObject), version)
      throw wrongForm(
        `you requested PartialObjectMetadata, but the requested object is a list (*${goType(resource)}List)`,
      )
    }
    case 'PartialObjectMetadataList': {
      if (!isList(object)) {
        throw wrongForm(
          'you requested PartialObjectMetadataList, but the requested object is not a list ' +
            `(*${goType(resource)})`,
        )
      }
      // upstream writes an empty list of these as null
      const items = object.items.length === 0 ? null : object.items.map((item) => partialOf(resource, item))
      return {
        kind: 'PartialObjectMetadataList',
        apiVersion: `meta.k8s.io/${version}`,
        metadata: object.metadata,
        items,
      }
    }
    case 'object': {
      if (!isList(object)) return object
      // lists of custom resources are maps in Go: empty fields are written, and items have a kind
      // items in protobuf have no kind, so that they stay the stored objects, whose bytes are kept
      if (negotiated.format === 'protobuf') return object
      if (resource.definition.custom !== undefined)
        return { ...object, metadata: { continue: '', ...object.metadata } }
      return { ...object, items: object.items.map(bareItem) }
    }
  }
}

function unsetTimesIn(object: object, { definition, message }: Resource): object {
  if (!isList(object)) return withUnsetTimes(definition, message, object as KubeObject)
  return { ...object, items: object.items.map((item) => withUnsetTimes(definition, message, item)) }
}

/** v1beta1 differs only in its name. */
function inVersion<T extends object>(object: T, version: Negotiated['version']): T {
  return version === 'v1' ? object : { ...object, apiVersion: `meta.k8s.io/${version}` }
}

/** Sets the version of a Table, including that of its rows' metadata. */
function tableIn(table: Table, version: Negotiated['version']): object {
  if (version === 'v1') return table
  const rows = table.rows?.map((row) =>
    (row.object as { kind?: string } | null)?.kind === 'PartialObjectMetadata'
      ? { ...row, object: inVersion(row.object as object, version) }
      : row,
  )
  return inVersion({ ...table, rows: rows ?? null }, version)
}

/** Source: apimachinery pkg/apis/meta/v1/validation ValidateTableOptions. */
function includeOf(text: string | undefined): IncludeObject {
  if (text === undefined || text === '') return 'Metadata'
  if (text === 'Object' || text === 'None' || text === 'Metadata') return text
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${quote(text)}: ` +
      "must be 'Metadata', 'Object', 'None', or empty",
  )
}

/** The metadata is that of the internal type: without annotations that an old version's conversion adds. */
const partialOf = ({ definition }: Resource, object: KubeObject): KubeObject =>
  partialMetadata(definition.stored?.encode(object) ?? object)

const wrongForm = (message: string): Error => new ApiError(406, 'NotAcceptable', message)

const goType = ({ group, kind }: Resource): string =>
  `${group === '' ? 'core' : (group.split('.')[0] as string)}.${kind}`
