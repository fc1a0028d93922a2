import { type ExpressionScope, compileIn } from '../../../api/admissionregistration/expressions.js'
import type { MatchCondition } from '../../../api/admissionregistration/generated.js'
import { AuthorizerValue, type AuthorizationQuestion } from '../../../api/cel/lib-authorizer.js'
import { parseTimestamp } from '../../../lang/cel/time-values.js'
import { CelError, fromJson, type Value } from '../../../lang/cel/values.js'
import type { Namespace } from '../../../api/core/generated.js'
import type { KindDefinition, KubeObject } from '../../../api/kind/definition.js'
import type { AdmissionAttributes, AdmissionContext } from '../plugin.js'
import { inVersion } from './configuration.js'

/** The variables of CEL expressions about one request. */
export type ExpressionValues = Readonly<Record<string, unknown>>

/** Returns the variables of a request, except for `params` and `variables`. */
export function requestValues(
  attributes: AdmissionAttributes,
  as: KindDefinition,
  context: AdmissionContext,
): ExpressionValues {
  const { object, oldObject } = reviewObjects(attributes, as)
  const { namespace } = attributes
  const request = {
    subResource: '',
    requestSubResource: '',
    name: '',
    namespace: '',
    ...reviewRequest(attributes, as),
  } as Record<string, unknown>
  const { userInfo } = request as { userInfo: object }
  return {
    object: fromJson(object),
    oldObject: fromJson(oldObject),
    request: fromJson({ ...request, userInfo: { uid: '', extra: {}, ...userInfo } }),
    namespaceObject:
      namespace === '' ? null : namespaceValue(context.get<Namespace>('namespaces', '', namespace)),
    authorizer: authorizerOf(attributes, context),
  }
}

function namespaceValue(namespace: Namespace | undefined): unknown {
  if (namespace === undefined) return null
  const {
    metadata: { uid, creationTimestamp, deletionTimestamp, ...metadata },
    spec,
    status,
  } = namespace
  return fromJson({
    metadata: {
      ...metadata,
      managedFields: undefined,
      UID: uid,
      creationTimestamp: timeOf(creationTimestamp),
      deletionTimestamp: timeOf(deletionTimestamp),
    },
    spec,
    status,
  })
}

const timeOf = (text: string | null | undefined): Value | undefined =>
  typeof text === 'string' ? parseTimestamp(text) : undefined

function authorizerOf(
  { user, definition, namespace, name, subresource }: AdmissionAttributes,
  context: AdmissionContext,
): AuthorizerValue {
  const ask = ({
    path,
    verb = '',
    serviceAccount,
    ...question
  }: AuthorizationQuestion): { allowed: boolean; reason?: string } => {
    const subject = serviceAccount === undefined ? user : serviceAccountUser(serviceAccount)
    if (path !== undefined) return context.authorize(subject, { path, verb })
    const { group = '', resource = '', subresource: sub = '', namespace: at = '', name: of = '' } = question
    return context.authorize(subject, {
      verb,
      group,
      version: '*',
      resource,
      ...(sub === '' ? {} : { subresource: sub }),
      ...(at === '' ? {} : { namespace: at }),
      ...(of === '' ? {} : { name: of }),
    } as Parameters<AdmissionContext['authorize']>[1])
  }
  return new AuthorizerValue(
    ask,
    {},
    { group: definition.group, resource: definition.resource, namespace, name, subresource },
  )
}

function serviceAccountUser([namespace, name]: readonly [string, string]): {
  name: string
  groups: readonly string[]
} {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  }
}

/** The result of an expression: its value or its error. */
export type Evaluated = { readonly value: unknown; readonly error?: undefined } | { readonly error: string }

/** What the expressions of a binding may cost together. Source: apiserver pkg/apis/cel/config.go. */
export const BINDING_COST_LIMIT = 10_000_000
/** What the match conditions of a policy or webhook may cost together. Source: the same. */
const CONDITIONS_COST_LIMIT = 2_500_000

const NO_BUDGET =
  'validation failed due to running out of cost budget, no further validation rules will be run'

/** What expressions may still cost; negative once they have cost too much. */
export interface CostBudget {
  left: number
}

/** The results of expressions, or why they were not all evaluated. */
export type EvaluatedAll =
  | { readonly results: readonly Evaluated[]; readonly error?: undefined }
  | { readonly results?: undefined; readonly error: string }

/**
 * Evaluates expressions in turn, until they cost too much together, variables included, which are evaluated
 * anew. Returns their results, or why there are none. Source: apiserver pkg/admission/plugin/cel/condition.go
 * ForInput.
 */
export function evaluateAll(
  expressions: readonly string[],
  scope: ExpressionScope,
  values: ExpressionValues,
  budget: CostBudget,
): EvaluatedAll {
  const results: Evaluated[] = []
  for (const expression of expressions) {
    // no messageExpression
    results.push(expression === '' ? { value: undefined } : evaluate(expression, scope, values, budget))
    if (budget.left < 0) return { error: NO_BUDGET }
  }
  return { results }
}

/** Evaluates an expression and takes its cost from the budget. */
export function evaluate(
  expression: string,
  scope: ExpressionScope,
  values: ExpressionValues,
  budget: CostBudget,
): Evaluated {
  const { program, error } = compileIn(expression, scope)
  if (error !== undefined) return { error: `compilation error: compilation failed: ${error}` }
  if (program.fault !== undefined) return failed(expression, program.fault)
  const { value, cost } = program.measure(values)
  budget.left -= cost
  return value instanceof CelError ? failed(expression, value.message) : { value }
}

const failed = (expression: string, message: string): Evaluated => ({
  error: `expression '${expression}' resulted in error: ${message}`,
})

/**
 * Evaluates match conditions. `error` is set if they cannot be evaluated and the failure policy is not
 * Ignore. Source: matchconditions/matcher.go.
 */
export function conditionsHold(
  conditions: readonly MatchCondition[],
  scope: ExpressionScope,
  values: ExpressionValues,
  failurePolicy: string | undefined,
): { readonly matches: boolean; readonly error?: string } {
  const refused = (error: string): ReturnType<typeof conditionsHold> =>
    failurePolicy === 'Ignore' ? { matches: false } : { matches: false, error }
  const expressions = conditions.map(({ expression }) => expression)
  const { results, error } = evaluateAll(expressions, scope, values, { left: CONDITIONS_COST_LIMIT })
  if (error !== undefined) return refused(error)
  if (results.some((result) => result.error === undefined && result.value === false))
    return { matches: false }
  const errors = [...new Set(results.flatMap((result) => (result.error === undefined ? [] : [result.error])))]
  if (errors.length === 0) return { matches: true }
  return refused(errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]`)
}

const OPTIONS: Readonly<Record<AdmissionAttributes['operation'], string>> = {
  CREATE: 'CreateOptions',
  UPDATE: 'UpdateOptions',
  DELETE: 'DeleteOptions',
  CONNECT: '',
}

/**
 * Returns the `request` of an AdmissionReview without the objects, which expressions see as `request`, too.
 * `as` is the version by which the request matched. Source: apiserver
 * pkg/admission/plugin/webhook/request/admissionreview.go.
 */
export function reviewRequest(
  attributes: AdmissionAttributes,
  as: KindDefinition,
): Readonly<Record<string, unknown>> {
  const { definition, subresource, namespace, name, operation, user, dryRun } = attributes
  const kindOf = ({ group, version, kind }: KindDefinition): object => ({ group, version, kind })
  const resourceOf = ({ group, version, resource }: KindDefinition): object => ({ group, version, resource })
  const part = definition.subresources.find((one) => one.name === subresource)
  const requestKind =
    part === undefined ? kindOf(definition) : { group: part.group, version: part.version, kind: part.kind }
  const kind = definition === as ? requestKind : kindOf(as)
  return {
    kind,
    resource: resourceOf(as),
    ...(subresource === '' ? {} : { subResource: subresource }),
    requestKind,
    requestResource: resourceOf(definition),
    ...(subresource === '' ? {} : { requestSubResource: subresource }),
    ...(name === '' ? {} : { name }),
    ...(namespace === '' ? {} : { namespace }),
    operation,
    userInfo: {
      username: user.name,
      ...(user.uid === undefined ? {} : { uid: user.uid }),
      groups: user.groups ?? [],
      ...(user.extra === undefined ? {} : { extra: user.extra }),
    },
    dryRun,
    options:
      OPTIONS[operation] === ''
        ? null
        : { kind: OPTIONS[operation], apiVersion: 'meta.k8s.io/v1', ...(dryRun ? { dryRun: ['All'] } : {}) },
  }
}

/** Returns the objects of a request in the version by which it matched, or null where it has none. */
export function reviewObjects(
  { definition, object, old }: AdmissionAttributes,
  as: KindDefinition,
): { readonly object: KubeObject | null; readonly oldObject: KubeObject | null } {
  return {
    object: inVersion(object, definition, as) ?? null,
    oldObject: inVersion(old, definition, as) ?? null,
  }
}
