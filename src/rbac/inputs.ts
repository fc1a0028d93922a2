import * as z from 'zod/mini'
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
