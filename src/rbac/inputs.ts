import * as z from 'zod/mini'
import { InputError } from '../lang/input-error.js'
import { anyObject, argumentsCheck, flag, shaped, text } from '../api/checked-input.js'

const line = z.optional(z.string())

/** What the functions of `simcluster/rbac` read: a cluster, objects, or YAML. */
export const sourceInput: z.ZodMiniType = shaped(
  z.custom(
    (value) => typeof value === 'string' || (typeof value === 'object' && value !== null && isSource(value)),
    'must be a cluster, a list of objects, or YAML',
  ),
)

const isSource = (value: object): boolean => Symbol.iterator in value || 'state' in value

const action = {
  verb: text,
  apiGroup: line,
  resource: line,
  subresource: line,
  name: line,
  namespace: line,
  path: line,
}
const groups = z.optional(z.array(z.string()))
/** A query is a question, too, whose user does not matter. */
const question = { ...action, user: line, groups }
const object = z.optional(anyObject())

/** Checks the arguments of `authorize()`. */
export const checkQuery: (args: readonly unknown[]) => void = argumentsCheck(
  'authorize()',
  "authorize(objects, { user: 'jane', verb: 'list', resource: 'pods', namespace: 'office' })",
  () => ({ source: sourceInput, query: z.strictObject({ ...action, user: z.string(), groups }) }),
)

/** Checks the arguments of `whoCan()`. */
export const checkWho: (args: readonly unknown[]) => void = argumentsCheck(
  'whoCan()',
  "whoCan(objects, { verb: 'get', resource: 'secrets', namespace: 'office' })",
  () => ({
    source: sourceInput,
    question: z.strictObject(question),
    options: z.strictObject({ anyName: flag, anyNamespace: flag }),
  }),
)

/** Checks the arguments of `findEventualAccess()`. */
export const checkEventually: (args: readonly unknown[]) => void = argumentsCheck(
  'findEventualAccess()',
  "findEventualAccess(objects, { verb: 'get', resource: 'secrets' }, { depth: 2 })",
  () => ({
    source: sourceInput,
    action: z.strictObject(question),
    options: z.strictObject({ depth: z.optional(z.number()), includeSystem: flag }),
  }),
)

/** Checks the arguments of `escalationPaths()`. */
export const checkEscalation: (args: readonly unknown[]) => void = argumentsCheck(
  'escalationPaths()',
  "escalationPaths(objects, { user: 'jane', groups: ['dev'] }, { depth: 2 })",
  () => ({
    source: sourceInput,
    subject: z.strictObject({ user: text, groups }),
    options: z.strictObject({ depth: z.optional(z.number()) }),
  }),
)

/** Checks the arguments of `reconcileRole()`. */
export const checkRole: (args: readonly unknown[]) => void = argumentsCheck(
  'reconcileRole()',
  'reconcileRole(stored, role, { removeExtraPermissions: true })',
  () => ({
    existing: object,
    expected: anyObject(),
    options: z.strictObject({ removeExtraPermissions: flag }),
  }),
)

/** Checks the arguments of `reconcileBinding()`. */
export const checkBinding: (args: readonly unknown[]) => void = argumentsCheck(
  'reconcileBinding()',
  'reconcileBinding(stored, binding, { removeExtraSubjects: true })',
  () => ({ existing: object, expected: anyObject(), options: z.strictObject({ removeExtraSubjects: flag }) }),
)

/** Checks the arguments of `compileAccess()`. */
export const checkCompiled: (args: readonly unknown[]) => void = argumentsCheck(
  'compileAccess()',
  'compileAccess(objects).allows(query)',
  () => ({ source: sourceInput }),
)

/** @throws InputError if nothing could read objects from it */
export function checkSource(source: unknown): void {
  checkAnySource([source])
}

const checkAnySource = argumentsCheck(
  'the source',
  'a cluster, [clusterRole, binding], or YAML text',
  () => ({ source: sourceInput }),
)

const rules = z.array(z.looseObject({ verbs: z.array(z.string()) }))

/** Checks the arguments of `hasRights()` and `missingRights()`, which the escalation check calls often. */
export function checkRights(held: unknown, wanted: unknown): void {
  if (!isRules(held) || !isRules(wanted)) refuseRights([held, wanted])
}

const isRules = (value: unknown): boolean =>
  Array.isArray(value) && value.every((rule: unknown) => Array.isArray((rule as { verbs?: unknown })?.verbs))

const refuseRights = argumentsCheck('missingRights()', 'missingRights(role.rules, wanted.rules)', () => ({
  held: rules,
  wanted: rules,
}))

const verdict = z.looseObject({ allowed: z.boolean(), proof: z.looseObject({ kind: text }) })

/** Checks the argument of `formatProof()`. */
export const checkFormatted: (args: readonly unknown[]) => void = argumentsCheck(
  'formatProof()',
  'formatProof(authorize(objects, query))',
  () => ({ verdict, options: z.strictObject({ lang: z.optional(z.enum(['en', 'ko'])) }) }),
)

/** Checks the arguments of `proofErrors()`. */
export const checkProven: (args: readonly unknown[]) => void = argumentsCheck(
  'proofErrors()',
  'proofErrors(objects, query, authorize(objects, query))',
  () => ({ source: sourceInput, query: anyObject(), verdict: z.looseObject({ allowed: z.boolean() }) }),
)

/** Checks the argument of `withDefaultRoles()`. @throws InputError */
export function checkDefaulted(objects: unknown): void {
  if (typeof objects !== 'object' || objects === null || !(Symbol.iterator in objects))
    throw new InputError(
      'withDefaultRoles() takes a list of objects, such as parseManifests(text), not ' +
        JSON.stringify(objects),
    )
}

/** Checks the argument of `access.put()` and `access.remove()`. */
export const checkObject: (args: readonly unknown[]) => void = argumentsCheck(
  'put()',
  'compileAccess(objects).put(roleBinding)',
  () => ({ object: z.looseObject({ kind: text, metadata: anyObject() }) }),
)

const QUERY_KEYS: ReadonlySet<string> = new Set([...Object.keys(action), 'user', 'groups'])
const checkAsked = argumentsCheck(
  'allows()',
  "compileAccess(objects).allows({ user: 'jane', verb: 'list', resource: 'pods' })",
  () => ({ query: z.strictObject({ ...action, user: z.string(), groups }) }),
)

/** Checks the query of `access.allows()`, in less than a microsecond: only what is wrong is parsed. */
export function checkAllowed(query: { readonly user: string; readonly verb: string }): void {
  let isRight = typeof query === 'object' && typeof query.user === 'string' && typeof query.verb === 'string'
  for (const key in query) isRight &&= QUERY_KEYS.has(key)
  if (!isRight) checkAsked([query])
}
