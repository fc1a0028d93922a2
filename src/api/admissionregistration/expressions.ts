import type { Compiled, Program } from '../cel/compile.js'
import { compile } from '../cel/compile.js'
import type { CelType } from '../../lang/cel/types.js'
import {
  BOOL,
  DYN,
  INT,
  listOf,
  mapOf,
  fullTypeText,
  objectOf,
  STRING,
  typeText,
} from '../../lang/cel/types.js'

const gvk = objectOf('kubernetes.GroupVersionKind', { group: STRING, version: STRING, kind: STRING })
const gvr = objectOf('kubernetes.GroupVersionResource', { group: STRING, version: STRING, resource: STRING })

/** `request`. Source: apiserver pkg/admission/plugin/cel/compile.go BuildRequestType. */
const request = objectOf('kubernetes.AdmissionRequest', {
  kind: gvk,
  resource: gvr,
  subResource: STRING,
  requestKind: gvk,
  requestResource: gvr,
  requestSubResource: STRING,
  name: STRING,
  namespace: STRING,
  operation: STRING,
  dryRun: BOOL,
  options: DYN,
  userInfo: objectOf('kubernetes.UserInfo', {
    username: STRING,
    uid: STRING,
    groups: listOf(STRING),
    extra: mapOf(STRING, listOf(STRING)),
  }),
})

/** `namespaceObject`. Source: BuildNamespaceType. */
const namespace = objectOf('kubernetes.Namespace', {
  metadata: objectOf('kubernetes.NamespaceMetadata', {
    name: STRING,
    generateName: STRING,
    namespace: STRING,
    labels: mapOf(STRING, STRING),
    annotations: mapOf(STRING, STRING),
    UID: STRING,
    creationTimestamp: { kind: 'timestamp' },
    deletionGracePeriodSeconds: INT,
    deletionTimestamp: { kind: 'timestamp' },
    generation: INT,
    resourceVersion: STRING,
    finalizers: listOf(STRING),
  }),
  spec: objectOf('kubernetes.NamespaceSpec', { finalizers: listOf(STRING) }),
  status: objectOf('kubernetes.NamespaceStatus', { phase: STRING }),
})

const authorizer: CelType = {
  kind: 'object',
  name: 'kubernetes.authorization.Authorizer',
  fields: new Map<string, CelType>([
    ['requestResource', { kind: 'opaque', name: 'kubernetes.authorization.ResourceCheck' }],
  ]),
}

/** The variables that expressions of a policy or webhook may use. */
export interface ExpressionScope {
  /** Whether `params` is declared. */
  readonly params: boolean
  /** Types of the preceding variables, by name. */
  readonly variables?: ReadonlyMap<string, CelType>
}

/** Types of the variables in scope. */
export function scopeTypes({ params, variables }: ExpressionScope): ReadonlyMap<string, CelType> {
  return new Map<string, CelType>([
    ['object', DYN],
    ['oldObject', DYN],
    ['request', request],
    ['namespaceObject', namespace],
    ['authorizer', authorizer],
    ...(params ? [['params', DYN] as const] : []),
    ...(variables === undefined
      ? []
      : [['variables', { kind: 'object', name: 'kubernetes.variables', fields: variables }] as const]),
  ])
}

/** Compiled expressions by text and scope: a cache. */
const cache = new Map<string, Compiled>()
const MOST = 2_000

/** Compiles an expression in a scope. */
export function compileIn(expression: string, scope: ExpressionScope): Compiled {
  const variables = [...(scope.variables ?? [])].map(([name, type]) => `${name}:${typeText(type)}`)
  const known = scope.variables === undefined ? '-' : variables.join()
  const key = `${String(scope.params)}|${known}|${expression}`
  let compiled = cache.get(key)
  if (compiled === undefined) {
    if (cache.size >= MOST) cache.clear()
    cache.set(key, (compiled = compile(expression, scopeTypes(scope))))
  }
  return compiled
}

/**
 * Compiles an expression that must have the type. Returns the program, or the error in the words of the API's
 * field errors.
 */
export function compileTyped(
  expression: string,
  scope: ExpressionScope,
  wanted: 'bool' | 'string' | undefined,
): { readonly program: Program; readonly error?: undefined } | { readonly error: string } {
  const { program, error } = compileIn(expression, scope)
  if (error !== undefined) return { error: `compilation failed: ${error}` }
  const { kind } = program.type
  if (
    wanted === undefined ||
    kind === wanted ||
    (kind === 'dyn' && wanted === 'bool') ||
    (kind === 'dyn' && wanted === 'string')
  )
    return { program }
  return { error: `must evaluate to ${wanted} but got ${fullTypeText(program.type)}` }
}
