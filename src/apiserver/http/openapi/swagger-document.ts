import { described } from './descriptions.js'
import type { RegistryContext } from '../../registry/context.js'
import { openApiDocuments } from './documents.js'
import type { PathOperation, Parameter, PathItem } from './operations.js'
import type { OpenApiSchema } from './types.js'
import { SCHEMAS } from './types.js'
import { byKey } from '../../../lang/text/order.js'

/** A schema or parameter of Swagger 2.0: plain JSON. */
export type SwaggerNode = Readonly<Record<string, unknown>>

/** The OpenAPI v2 document. */
export interface SwaggerDocument {
  readonly swagger: '2.0'
  readonly info: { readonly title: string; readonly version: string }
  readonly paths: Readonly<Record<string, SwaggerNode>>
  readonly definitions: Readonly<Record<string, SwaggerNode>>
  readonly securityDefinitions: Readonly<Record<string, SwaggerNode>>
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
}

/**
 * Converts all v3 documents of a server to one of version 2. Source: kube-openapi pkg/openapiconv,
 * pkg/builder.
 */
export function swaggerDocument(context: RegistryContext): SwaggerDocument {
  const documents = openApiDocuments(context)
  const paths: Record<string, SwaggerNode> = {}
  const definitions: Record<string, SwaggerNode> = {}
  for (const name of documents.names) {
    const document = documents.at(name)?.document
    for (const [path, item] of Object.entries(document?.paths ?? {})) paths[path] ??= swaggerPath(item)
    for (const [schema, value] of Object.entries(document?.components.schemas ?? {}))
      definitions[schema] ??= swaggerDefinition(value)
  }
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: `1.${context.scheme.release.minor}` },
    paths: sorted(paths),
    definitions: sorted(definitions),
    securityDefinitions: {
      BearerToken: {
        description: 'Bearer Token authentication',
        type: 'apiKey',
        name: 'authorization',
        in: 'header',
      },
    },
    security: [{ BearerToken: [] }],
  }
}

function sorted(entries: Readonly<Record<string, SwaggerNode>>): Readonly<Record<string, SwaggerNode>> {
  return Object.fromEntries(Object.entries(entries).sort(byKey))
}

const DEFINITIONS = '#/definitions/'

const definitionOf = (ref: string): SwaggerNode => ({ $ref: ref.replace(SCHEMAS, DEFINITIONS) })

const PRESERVES = 'x-kubernetes-preserve-unknown-fields'
const KINDS = 'x-kubernetes-group-version-kind'

/**
 * Converts the schema of a type. Clients would refuse unknown fields beside known ones, so that a custom kind
 * that keeps unknown fields has none. Source: apiextensions-apiserver pkg/controller/openapi/builder
 * buildKubeNative.
 */
function swaggerDefinition(schema: OpenApiSchema): SwaggerNode {
  return schema[PRESERVES] === true && schema[KINDS] !== undefined
    ? { type: 'object', [KINDS]: schema[KINDS] }
    : swaggerSchema(schema)
}

/**
 * Converts a schema. Version 2 has neither allOf around a reference nor defaults, and int-or-string is a
 * string.
 */
export function swaggerSchema(schema: OpenApiSchema): SwaggerNode {
  const { $ref, allOf, oneOf, default: _, items, additionalProperties, properties, ...rest } = schema
  if ($ref !== undefined) return described(definitionOf($ref), rest.description)
  const [first] = allOf ?? []
  return {
    ...(first?.$ref === undefined ? {} : definitionOf(first.$ref)),
    ...(oneOf === undefined ? {} : { type: 'string' }),
    ...rest,
    ...(items === undefined ? {} : { items: swaggerSchema(items) }),
    ...(typeof additionalProperties !== 'object'
      ? {}
      : { additionalProperties: swaggerSchema(additionalProperties) }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, property]) => [name, swaggerSchema(property)]),
          ),
        }),
  }
}

function swaggerPath(item: PathItem): SwaggerNode {
  return Object.fromEntries(
    Object.entries(item).map(([key, value]) => [
      key,
      key === 'parameters'
        ? (value as readonly Parameter[]).map(swaggerParameter)
        : swaggerOperation(value as PathOperation),
    ]),
  )
}

function swaggerParameter({ schema, ...parameter }: Parameter): SwaggerNode {
  const { type, uniqueItems } = schema as { readonly type: string; readonly uniqueItems: boolean }
  return { ...parameter, type, uniqueItems }
}

function swaggerOperation({
  tags,
  operationId,
  parameters = [],
  requestBody,
  responses,
  ...extensions
}: PathOperation): SwaggerNode {
  const content = Object.values(responses).find((response) => response.content !== undefined)?.content ?? {}
  const body = Object.entries(requestBody?.content ?? {})
  const [, first] = body[0] ?? []
  const bodyParameter =
    first === undefined
      ? []
      : [
          {
            name: 'body',
            in: 'body',
            ...(requestBody?.required === true ? { required: true } : {}),
            schema: swaggerSchema(first.schema),
          },
        ]
  const results = Object.entries(responses).map(([code, response]) => {
    const schema = Object.values(response.content ?? {})[0]?.schema
    return [
      code,
      {
        description: DESCRIPTIONS[code] ?? 'OK',
        ...(schema === undefined ? {} : { schema: swaggerSchema(schema) }),
      },
    ] as const
  })
  return {
    ...(body.length === 0 ? {} : { consumes: body.map(([type]) => type) }),
    produces: Object.keys(content),
    schemes: ['https'],
    tags,
    operationId,
    ...(parameters.length + bodyParameter.length === 0
      ? {}
      : { parameters: [...bodyParameter, ...parameters.map(swaggerParameter)] }),
    responses: Object.fromEntries(results),
    ...extensions,
  }
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  401: 'Unauthorized',
}
