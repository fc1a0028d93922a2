/** One group version to generate. */
export interface Group {
  readonly package: string
  readonly folder: string
  /** Name of the group's file in api-facts. */
  readonly short: string
  readonly imports: readonly string[]
}

/** The part of an OpenAPI v3 schema that kube-apiservers use. */
export interface OpenApiSchema {
  readonly type?: string
  readonly format?: string
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, OpenApiSchema>>
  readonly items?: OpenApiSchema
  readonly additionalProperties?: OpenApiSchema
  readonly allOf?: readonly OpenApiSchema[]
  readonly $ref?: string
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map'
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular'
  readonly 'x-kubernetes-patch-strategy'?: string
  readonly 'x-kubernetes-patch-merge-key'?: string
}

/** What the Go types say beyond OpenAPI; each string is a blank-separated list of JSON field names. */
export interface GoMessage {
  readonly known: string
  readonly pointer?: string
  readonly always?: string
  /** Pointers to structs that are written as null, and that validation does not require. */
  readonly nullable?: string
  readonly named?: Readonly<Record<string, string>>
  /** Fields that validation requires although OpenAPI lists them as optional. */
  readonly required?: string
  /** Fields that defaulting always sets, so that every object that is read has them. */
  readonly defaulted?: string
}

export type GoFacts = Readonly<Record<string, GoMessage>>
