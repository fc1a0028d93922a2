import type { GroupVersionKind } from '../../../api/api-version.js'
import type { OpenApiSchema } from './types.js'
import { refTo } from './types.js'

/** One parameter of an operation. */
export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required?: true
  readonly schema: OpenApiSchema
}

type Content = Readonly<Record<string, { readonly schema: OpenApiSchema }>>

/** One operation of a path. */
export interface PathOperation {
  readonly tags: readonly string[]
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Content; readonly required?: true }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
  readonly 'x-kubernetes-action'?: string
  readonly 'x-kubernetes-group-version-kind'?: Pick<GroupVersionKind, 'group' | 'version' | 'kind'>
}

/** A path: operations by method, and their common parameters. */
export interface PathItem {
  readonly parameters?: readonly Parameter[]
  readonly [method: string]: PathOperation | readonly Parameter[] | undefined
}

const query = (name: string, type: string): Parameter => ({
  name,
  in: 'query',
  schema: { type, uniqueItems: true } as OpenApiSchema,
})

/** A parameter in the path. */
export const inPath = (name: string): Parameter => ({
  name,
  in: 'path',
  required: true,
  schema: { type: 'string', uniqueItems: true } as OpenApiSchema,
})

/** Makes query parameters from names and types: `['limit integer']`. */
export const inQuery = (...texts: readonly string[]): readonly Parameter[] =>
  texts.map((text) => {
    const [name = '', type = 'string'] = text.split(' ')
    return query(name, type)
  })

export const PRETTY: readonly Parameter[] = inQuery('pretty')
export const LIST_OPTIONS: readonly Parameter[] = inQuery(
  'allowWatchBookmarks boolean',
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit integer',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents boolean',
  'timeoutSeconds integer',
  'watch boolean',
)
export const WRITE_OPTIONS: readonly Parameter[] = inQuery('dryRun', 'fieldManager', 'fieldValidation')
export const PATCH_OPTIONS: readonly Parameter[] = [...WRITE_OPTIONS, ...inQuery('force boolean')]
export const DELETE_OPTIONS: readonly Parameter[] = inQuery(
  'dryRun',
  'gracePeriodSeconds integer',
  'ignoreStoreReadErrorWithClusterBreakingPotential boolean',
  'orphanDependents boolean',
  'propagationPolicy',
)
export const DELETE_COLLECTION_OPTIONS: readonly Parameter[] = [
  ...DELETE_OPTIONS,
  ...LIST_OPTIONS.filter(({ name }) => name !== 'allowWatchBookmarks' && name !== 'watch'),
]

/** Parameters of the connecting subresources: the fields of their options. Source: core/v1 types.go. */
export const CONNECT_OPTIONS: Readonly<Record<string, readonly Parameter[]>> = {
  attach: inQuery('container', 'stderr boolean', 'stdin boolean', 'stdout boolean', 'tty boolean'),
  exec: inQuery('command', 'container', 'stderr boolean', 'stdin boolean', 'stdout boolean', 'tty boolean'),
  portforward: inQuery('ports integer'),
  proxy: inQuery('path'),
}

/** Parameters of `pods/log`. */
export const LOG_OPTIONS: readonly Parameter[] = inQuery(
  'container',
  'follow boolean',
  'insecureSkipTLSVerifyBackend boolean',
  'limitBytes integer',
  'previous boolean',
  'sinceSeconds integer',
  'stream',
  'tailLines integer',
  'timestamps boolean',
)

const byName = (a: Parameter, b: Parameter): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : a.in < b.in ? -1 : 1

/** Joins operations to a path, and moves their common parameters to it. Source: kube-openapi pkg/builder3. */
export function pathItem(operations: Readonly<Record<string, PathOperation>>): PathItem {
  const all = Object.values(operations)
  const [first] = all
  const common = (first?.parameters ?? []).filter((parameter) =>
    all.every(({ parameters = [] }) => parameters.includes(parameter)),
  )
  const entries = Object.entries(operations).map(([method, { parameters = [], ...operation }]) => {
    const own = parameters.filter((parameter) => !common.includes(parameter)).sort(byName)
    const { tags, operationId, ...rest } = operation
    return [method, { tags, operationId, ...(own.length === 0 ? {} : { parameters: own }), ...rest }] as const
  })
  return {
    ...Object.fromEntries(entries),
    ...(common.length === 0 ? {} : { parameters: common.sort(byName) }),
  }
}

/** Returns content with the same schema in several media types. */
export function contentOf(types: readonly string[], schema: OpenApiSchema): Content {
  return Object.fromEntries(types.map((type) => [type, { schema }]))
}

/** Returns the responses of the codes, all with the same content, and 401 without content. */
export function responses(codes: readonly string[], content: Content): PathOperation['responses'] {
  return { ...Object.fromEntries(codes.map((code) => [code, { content }])), '401': {} }
}

/** Returns a request body of any media type that the server accepts. */
export const bodyOf = (name: string): Content => contentOf(['*/*'], refTo(name))
