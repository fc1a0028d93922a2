import { InputError } from '../../lang/input-error.js'
import { parseApiVersion, type GroupVersionKind } from '../../api/api-version.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { HttpResponse } from '../../client/http.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'

/** A schema as OpenAPI v3 documents have it, of built-in kinds and of CustomResourceDefinitions alike. */
export interface PublishedSchema {
  readonly $ref?: string
  readonly allOf?: readonly PublishedSchema[]
  readonly oneOf?: readonly PublishedSchema[]
  readonly type?: string
  readonly format?: string
  readonly enum?: readonly (number | string)[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly pattern?: string
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, PublishedSchema>>
  readonly items?: PublishedSchema
  readonly additionalProperties?: PublishedSchema | boolean
}

/** One reason of a refusal. `field` is the path (`spec.containers[0].name`); '' if it is about no field. */
export interface BrokenRule {
  readonly field: string
  /** `FieldValueRequired`, `FieldValueInvalid`, ... or the reason of the Status. */
  readonly reason: string
  readonly message: string
}

interface OpenApiDocument {
  readonly components?: { readonly schemas?: Readonly<Record<string, PublishedSchema>> }
  readonly paths: Readonly<Record<string, { readonly post?: Operation }>>
}

interface Operation {
  readonly 'x-kubernetes-group-version-kind'?: { readonly kind: string }
}

interface Refusal {
  readonly reason?: string
  readonly message?: string
  readonly details?: { readonly causes?: readonly Partial<BrokenRule>[] }
}

/** Not a broken rule of its own, but what the apiserver adds to others. */
const NOT_CHECKED = 'some validation rules were not checked'
const NAMESPACE = 'default'
const ADMIN = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }
const JSON_TYPE = { 'content-type': 'application/json', accept: 'application/json' }

/**
 * A kind as a cluster serves it: its schema, and the apiserver's verdict on objects, by a dry run. What
 * admission, policies and webhooks of the cluster say counts, too.
 */
export class KindUnderTest {
  readonly apiVersion: string
  readonly kind: string
  readonly schema: PublishedSchema
  readonly #schemas: Readonly<Record<string, PublishedSchema>>
  readonly #path: string
  readonly #cluster: SimCluster

  /** @throws InputError if the cluster serves no such kind, or if it cannot be created */
  constructor(cluster: SimCluster, apiVersion: string, kind: string) {
    this.#cluster = cluster
    this.apiVersion = apiVersion
    this.kind = kind
    const root = apiVersion.includes('/') ? 'apis' : 'api'
    const { code, body } = this.#request('GET', `/openapi/v3/${root}/${apiVersion}`)
    const document = code === 200 ? (JSON.parse(body) as OpenApiDocument) : undefined
    const [path] =
      Object.entries(document?.paths ?? {}).find(
        ([at, { post }]) =>
          post?.['x-kubernetes-group-version-kind']?.kind === kind && !at.includes('{name}'),
      ) ?? []
    this.#schemas = document?.components?.schemas ?? {}
    const { group, version } = parseApiVersion(apiVersion)
    const schema = Object.values(this.#schemas).find((each) => isOf(each, { group, version, kind }))
    if (path === undefined || schema === undefined)
      throw new InputError(`the cluster creates no ${kind} of ${apiVersion}`)
    this.schema = schema
    this.#path = path.replace('{namespace}', NAMESPACE)
  }

  /** Returns the schema without references. */
  resolve(schema: PublishedSchema): PublishedSchema {
    const [only] = schema.allOf?.length === 1 ? schema.allOf : []
    const { $ref } = only ?? schema
    if ($ref === undefined) return schema
    return this.#schemas[$ref.slice($ref.lastIndexOf('/') + 1)] ?? {}
  }

  /** Returns the reference of a schema, which identifies it; undefined if it has none. */
  nameOf({ $ref, allOf }: PublishedSchema): string | undefined {
    return $ref ?? (allOf?.length === 1 ? allOf[0]?.$ref : undefined)
  }

  /** Returns the object with what identifies its kind and its place. */
  complete({ metadata, ...rest }: Readonly<Record<string, unknown>>): KubeObject {
    const isNamespaced = this.#path.includes('/namespaces/')
    const place = isNamespaced ? { namespace: NAMESPACE } : {}
    return {
      apiVersion: this.apiVersion,
      kind: this.kind,
      metadata: { ...(metadata as object | undefined), ...place },
      ...rest,
    } as KubeObject
  }

  /** Returns the rules that an object breaks; none if the apiserver would create it. */
  judge(object: object): readonly BrokenRule[] {
    const { code, body } = this.#request('POST', this.#path, object)
    if (code < 300) return []
    const { reason = '', message = '', details } = JSON.parse(body) as Refusal
    const causes = details?.causes ?? []
    if (reason !== 'Invalid' || causes.length === 0) return [{ field: '', reason, message }]
    return causes
      .map((cause) => ({ field: '', reason: '', message: '', ...cause }))
      .filter(({ message }) => !message.includes(NOT_CHECKED))
  }

  #request(method: string, path: string, body?: object): HttpResponse {
    return this.#cluster.http.handle({
      method,
      path,
      query: method === 'POST' ? 'dryRun=All&fieldValidation=Strict' : '',
      headers: JSON_TYPE,
      user: ADMIN,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }) as HttpResponse
  }
}

function isOf(schema: PublishedSchema, { group, version, kind }: GroupVersionKind): boolean {
  const kinds = (schema as { readonly 'x-kubernetes-group-version-kind'?: readonly GroupVersionKind[] })[
    'x-kubernetes-group-version-kind'
  ]
  return (
    kinds?.some((each) => each.group === group && each.version === version && each.kind === kind) ?? false
  )
}
