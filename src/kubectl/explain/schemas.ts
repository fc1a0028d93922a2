import type { CommandLine } from '../call/call.js'
import { responseText } from '../../client/response.js'

/** A schema of an OpenAPI v3 document. */
export interface DocumentedSchema {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly description?: string
  readonly items?: DocumentedSchema
  readonly additionalProperties?: DocumentedSchema | boolean
  readonly properties?: Readonly<Record<string, DocumentedSchema>>
  readonly allOf?: readonly DocumentedSchema[]
  readonly oneOf?: readonly DocumentedSchema[]
  readonly required?: readonly string[]
  readonly enum?: readonly unknown[]
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    readonly group: string
    readonly version: string
    readonly kind: string
  }[]
}

/** The kind that is explained. */
export interface ExplainedKind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** The schemas of one group version as the server documents them. */
export class DocumentedSchemas {
  readonly #schemas: Readonly<Record<string, DocumentedSchema>>

  constructor(schemas: Readonly<Record<string, DocumentedSchema>>) {
    this.#schemas = schemas
  }

  /** The schema of a kind; undefined if the document has none. */
  ofKind({ group, version, kind }: ExplainedKind): DocumentedSchema | undefined {
    return Object.values(this.#schemas).find((schema) =>
      schema['x-kubernetes-group-version-kind']?.some(
        (one) => one.group === group && one.version === version && one.kind === kind,
      ),
    )
  }

  /** Follows a reference, or the only part of an `allOf`. */
  resolve(schema: DocumentedSchema): DocumentedSchema {
    const ref = refOf(schema)
    if (ref === undefined) return schema
    const found = this.#schemas[ref]
    return found === undefined ? schema : this.resolve(found)
  }

  /** The object schema of a schema: that of a list's items or of a map's values. */
  objectOf(schema: DocumentedSchema): DocumentedSchema {
    const own = this.resolve(schema)
    if (own.items !== undefined) return this.objectOf(own.items)
    if (own.properties === undefined && typeof own.additionalProperties === 'object')
      return this.objectOf(own.additionalProperties)
    return own
  }
}

/** Name of the schema that this one refers to. */
export function refOf({ $ref, allOf, properties }: DocumentedSchema): string | undefined {
  if ($ref !== undefined) return $ref.slice($ref.lastIndexOf('/') + 1)
  const [only] = allOf ?? []
  return only !== undefined && allOf?.length === 1 && properties === undefined ? refOf(only) : undefined
}

/** Formats `[]ContainerPort`, `map[string]string`, `Object`, `integer`; times are strings. */
export function typeText(schemas: DocumentedSchemas, schema: DocumentedSchema): string {
  const { type, items, additionalProperties } = schema
  if (items !== undefined) return `[]${typeText(schemas, items)}`
  if (typeof additionalProperties === 'object') return `map[string]${typeText(schemas, additionalProperties)}`
  const ref = refOf(schema)
  if (ref !== undefined && schemas.resolve(schema).format === 'date-time') return 'string'
  if (ref !== undefined) return ref.slice(ref.lastIndexOf('.') + 1)
  return type === undefined || type === 'object' ? 'Object' : type
}

/** Reads the document of a group version. Throws ApiError. */
export function readSchemas(call: CommandLine, { group, version }: ExplainedKind): DocumentedSchemas {
  const path = `/openapi/v3/${group === '' ? `api/${version}` : `apis/${group}/${version}`}`
  const document = JSON.parse(responseText(call.request({ method: 'GET', path }))) as {
    readonly components?: { readonly schemas?: Readonly<Record<string, DocumentedSchema>> }
  }
  return new DocumentedSchemas(document.components?.schemas ?? {})
}

/** Reads the OpenAPI v2 document, which covers all kinds. Throws ApiError. */
export function readOldSchemas(call: CommandLine): DocumentedSchemas {
  const document = JSON.parse(responseText(call.request({ method: 'GET', path: '/openapi/v2' }))) as {
    readonly definitions?: Readonly<Record<string, DocumentedSchema>>
  }
  return new DocumentedSchemas(document.definitions ?? {})
}
