import type { Compiled, CelProgram } from '../cel/compile.js'
import { compile } from '../cel/compile.js'
import type { CelType } from '../../lang/cel/check/types.js'
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
} from '../../lang/cel/check/types.js'

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
  /** Types of the preceding variables. */
  readonly variables?: VariableTypes
}

/** Most entries of each cache. */
const MOST = 2_000
/** Numbers of the variables that a scope has, by those before and the last one: a cache. */
const scopes = new Map<string, number>()
let lastScope = 0

/**
 * Types of the variables of a policy. They are added one by one, as each sees those before it, and those
 * before one share what is known of all: to copy them for each takes the square of their number.
 */
export class VariableTypes {
  readonly #known: Map<string, { readonly from: number; readonly type: CelType }>
  /** The number of the scope with so many variables. */
  readonly #scopes: number[]
  readonly #end: number | undefined

  constructor(all?: VariableTypes, end?: number) {
    this.#known = all === undefined ? new Map() : all.#known
    this.#scopes = all === undefined ? [0] : all.#scopes
    this.#end = end
  }

  /** Returns the type of a variable. */
  get(name: string): CelType | undefined {
    const known = this.#known.get(name)
    return known !== undefined && known.from < this.size ? known.type : undefined
  }

  get size(): number {
    return this.#end ?? this.#scopes.length - 1
  }

  /** The same for the same variables in the same order: a part of a key that is as long as all would be. */
  get scope(): number {
    return this.#scopes[this.size] ?? 0
  }

  /** Returns the first variables only. */
  before(count: number): VariableTypes {
    return new VariableTypes(this, count)
  }

  add(name: string, type: CelType): void {
    const key = `${this.scope} ${name}:${typeText(type)}`
    let scope = scopes.get(key)
    if (scope === undefined) {
      if (scopes.size >= MOST) scopes.clear()
      scopes.set(key, (scope = ++lastScope))
    }
    this.#known.set(name, { from: this.#known.get(name)?.from ?? this.size, type })
    this.#scopes.push(scope)
  }
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

/** Compiles an expression in a scope. */
export function compileIn(expression: string, scope: ExpressionScope): Compiled {
  const key = `${String(scope.params)}|${scope.variables?.scope ?? '-'}|${expression}`
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
): { readonly program: CelProgram; readonly error?: undefined } | { readonly error: string } {
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
