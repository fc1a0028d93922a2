/**
 * A JSON schema as OpenAPI v3 documents of Kubernetes hold it. Plain data; it is frozen nowhere and changed
 * by nobody.
 */
export interface OpenApiSchema {
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

/** A kind as documents name it; the order of the members is that of the real documents. */
export interface GroupVersionKind {
  readonly group: string
  readonly kind: string
  readonly version: string
}

/** Where a v3 document keeps its schemas. */
export const SCHEMAS = '#/components/schemas/'

/** A reference to a schema of the document. */
export const refTo = (name: string): OpenApiSchema => ({ $ref: SCHEMAS + name })
