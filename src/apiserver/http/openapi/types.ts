import type { GroupVersionKind } from '../../../api/api-version.js'

/** A JSON schema in Kubernetes' OpenAPI v3 documents. Plain data that is never changed. */
export interface OpenApiSchema {
  readonly description?: string
  readonly type?: string
  readonly format?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, OpenApiSchema>>
  readonly items?: OpenApiSchema
  readonly additionalProperties?: OpenApiSchema
  readonly allOf?: readonly OpenApiSchema[]
  readonly oneOf?: readonly OpenApiSchema[]
  readonly $ref?: string
  readonly 'x-kubernetes-group-version-kind'?: readonly GroupVersionKind[]
  readonly [extension: `x-kubernetes-${string}`]: unknown
}

/** Prefix of references to schemas in a v3 document. */
export const SCHEMAS = '#/components/schemas/'

/** Returns a reference to a schema of the document. */
export const refTo = (name: string): OpenApiSchema => ({ $ref: SCHEMAS + name })
