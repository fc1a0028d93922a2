import { checkRbac } from '../inputs.js'
import type { Arbitrary } from 'fast-check'
import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
  RoleRef,
  Subject,
} from '../../api/rbac/generated.js'
import type { AccessQuery } from '../../rbac/index.js'
import { aimRequest } from './aim-request.js'
import { type AnyRbacObject, type RbacVocabulary, rbacVocabulary } from './vocabulary.js'

const checkWords = checkRbac(Object.keys(rbacVocabulary))

/** The module `fast-check`: `import * as fc from 'fast-check'`. */
export type FastCheck = Omit<typeof import('fast-check'), 'default'>

/** A user as tokens and certificates describe it. */
export interface ArbitraryUser {
  readonly user: string
  readonly groups: readonly string[]
}

/**
 * Arbitraries for RBAC. Their values are valid for an apiserver, complete, and shrink to few objects with few
 * and simple words.
 */
export interface RbacArbitraries {
  /** A rule for resources, sometimes with `*`, subresources and resourceNames. */
  readonly resourceRule: Arbitrary<PolicyRule>
  /** A rule for paths. */
  readonly pathRule: Arbitrary<PolicyRule>
  /** The rules of a Role: for resources. */
  readonly rules: Arbitrary<readonly PolicyRule[]>
  /** The rules of a ClusterRole: for resources, and sometimes for paths. */
  readonly clusterRules: Arbitrary<readonly PolicyRule[]>
  readonly role: Arbitrary<Role>
  readonly clusterRole: Arbitrary<ClusterRole>
  /**
   * A ClusterRole that aggregates roles with one of the three group labels used by {@link
   * labelledClusterRole}.
   */
  readonly aggregatedClusterRole: Arbitrary<ClusterRole>
  readonly labelledClusterRole: Arbitrary<ClusterRole>
  readonly subject: Arbitrary<Subject>
  readonly roleBinding: Arbitrary<RoleBinding>
  readonly clusterRoleBinding: Arbitrary<ClusterRoleBinding>
  readonly binding: Arbitrary<ClusterRoleBinding | RoleBinding>
  /** A user, or a service account with its groups. */
  readonly user: Arbitrary<ArbitraryUser>
  /** A query for `authorize`: for a resource, or sometimes for a path. */
  readonly request: Arbitrary<AccessQuery>
  /** Roles and bindings with unique names. Bindings may refer to roles that do not exist. */
  readonly state: Arbitrary<readonly AnyRbacObject[]>
  /**
   * A state and a request. The request matches a rule of the state half of the time; of independent requests
   * hardly one in fifty is allowed.
   */
  readonly scenario: Arbitrary<RbacCase>
}

/** RBAC objects and a query. */
export interface RbacCase {
  readonly objects: readonly AnyRbacObject[]
  readonly request: AccessQuery
}

const API_VERSION = 'rbac.authorization.k8s.io/v1'
const API_GROUP = 'rbac.authorization.k8s.io'

/**
 * Creates arbitraries over a vocabulary with the fast-check that you pass, so that this package does not
 * depend on it.
 *
 * ```ts
 * const { state, binding, request } = rbacArbitraries(fc)
 * ```
 */
export function rbacArbitraries(fc: FastCheck, words: Partial<RbacVocabulary> = {}): RbacArbitraries {
  checkWords([fc, words])
  const vocabulary = { ...rbacVocabulary, ...words }
  const rules = ruleArbitraries(fc, vocabulary)
  const roles = roleArbitraries(fc, vocabulary, rules)
  const bindings = bindingArbitraries(fc, vocabulary)
  const unique = <T extends AnyRbacObject>(
    object: Arbitrary<T>,
    maxLength: number,
  ): Arbitrary<readonly T[]> =>
    fc.uniqueArray(object, {
      maxLength,
      selector: ({ kind, metadata }) => `${kind ?? ''}/${metadata.namespace ?? ''}/${metadata.name ?? ''}`,
    })
  const state = fc
    .tuple(unique(fc.oneof(roles.clusterRole, roles.role), 6), unique(bindings.binding, 6))
    .map(([some, others]): readonly AnyRbacObject[] => [...some, ...others])
  const requests = requestArbitraries(fc, vocabulary)
  const scenario = fc
    .tuple(state, requests.request, fc.option(fc.nat({ max: 99 }), { freq: 2 }))
    .map(([objects, request, at]): RbacCase => ({
      objects,
      request: at === null ? request : aimRequest(objects, request, at),
    }))
  return { ...rules, ...roles, ...bindings, ...requests, state, scenario }
}

/** One of these values; shrinks towards the first. */
function one(fc: FastCheck, values: readonly string[]): Arbitrary<string> {
  return fc.constantFrom(...values)
}

/** One or more of these values, without duplicates. */
function some(fc: FastCheck, values: readonly string[], maxLength = 3): Arbitrary<string[]> {
  return fc.uniqueArray(one(fc, values), { minLength: 1, maxLength })
}

/** Removes undefined fields. */
function compact<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T
}

function ruleArbitraries(
  fc: FastCheck,
  { verbs, apiGroups, resources, subresources, names, paths }: RbacVocabulary,
): Pick<RbacArbitraries, 'clusterRules' | 'pathRule' | 'resourceRule' | 'rules'> {
  const verb = some(fc, [...verbs, '*'])
  const patterns = [
    ...resources,
    ...resources.flatMap((resource) => subresources.map((part) => `${resource}/${part}`)),
    ...subresources.map((part) => `*/${part}`),
    '*',
  ]
  const resourceRule = fc
    .record({
      verbs: verb,
      apiGroups: some(fc, [...apiGroups, '*']),
      resources: some(fc, patterns),
      resourceNames: fc.option(some(fc, names), { nil: undefined, freq: 3 }),
    })
    .map((rule) => compact(rule) as PolicyRule)
  const urls = [...paths, ...paths.map((path) => `${path}*`), '*']
  const pathRule: Arbitrary<PolicyRule> = fc.record({ verbs: verb, nonResourceURLs: some(fc, urls) })
  const anyRule = fc.oneof({ arbitrary: resourceRule, weight: 4 }, { arbitrary: pathRule, weight: 1 })
  return {
    resourceRule,
    pathRule,
    rules: fc.array(resourceRule, { maxLength: 3 }),
    clusterRules: fc.array(anyRule, { maxLength: 3 }),
  }
}

function roleArbitraries(
  fc: FastCheck,
  { roles, namespaces }: RbacVocabulary,
  { rules, clusterRules }: Pick<RbacArbitraries, 'clusterRules' | 'rules'>,
): Pick<RbacArbitraries, 'aggregatedClusterRole' | 'clusterRole' | 'labelledClusterRole' | 'role'> {
  const name = one(fc, roles)
  const label = (key: string): string => `${API_GROUP}/aggregate-to-${key}`
  const labels = fc
    .uniqueArray(one(fc, ['x', 'y', 'z']), { maxLength: 2 })
    .map((keys) => Object.fromEntries(keys.map((key) => [label(key), 'true'])))
  const clusterRole = (
    more: (base: ClusterRole) => ClusterRole,
    metadata: Arbitrary<ClusterRole['metadata']>,
  ): Arbitrary<ClusterRole> =>
    fc
      .record({ metadata, rules: clusterRules })
      .map((role) => more({ apiVersion: API_VERSION, kind: 'ClusterRole', ...role }))
  const plain = fc.record({ name })
  return {
    role: fc
      .record({ metadata: fc.record({ name, namespace: one(fc, namespaces) }), rules })
      .map((role): Role => ({ apiVersion: API_VERSION, kind: 'Role', ...role })),
    clusterRole: clusterRole((role) => role, plain),
    labelledClusterRole: clusterRole((role) => role, fc.record({ name, labels })),
    aggregatedClusterRole: fc
      .tuple(one(fc, ['x', 'y', 'z']), plain)
      .map(([key, metadata]): ClusterRole => ({
        apiVersion: API_VERSION,
        kind: 'ClusterRole',
        metadata: { ...metadata, name: `all-${metadata.name}` },
        rules: [],
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [label(key)]: 'true' } }] },
      })),
  }
}

function bindingArbitraries(
  fc: FastCheck,
  { bindings, namespaces, users, groups, accounts, roles }: RbacVocabulary,
): Pick<RbacArbitraries, 'binding' | 'clusterRoleBinding' | 'roleBinding' | 'subject'> {
  const subject: Arbitrary<Subject> = fc.oneof(
    one(fc, users).map((name) => ({ kind: 'User', apiGroup: API_GROUP, name })),
    one(fc, groups).map((name) => ({ kind: 'Group', apiGroup: API_GROUP, name })),
    fc
      .tuple(one(fc, accounts), one(fc, namespaces))
      .map(([name, namespace]) => ({ kind: 'ServiceAccount', name, namespace })),
  )
  const subjects = fc.array(subject, { maxLength: 3 })
  const name = one(fc, bindings)
  const ref = (kinds: readonly string[]): Arbitrary<RoleRef> =>
    fc.record({ apiGroup: fc.constant(API_GROUP), kind: one(fc, kinds), name: one(fc, roles) })
  const roleBinding = fc
    .record({
      metadata: fc.record({ name, namespace: one(fc, namespaces) }),
      subjects,
      roleRef: ref(['ClusterRole', 'Role']),
    })
    .map((binding): RoleBinding => ({ apiVersion: API_VERSION, kind: 'RoleBinding', ...binding }))
  const clusterRoleBinding = fc
    .record({ metadata: fc.record({ name }), subjects, roleRef: ref(['ClusterRole']) })
    .map((binding): ClusterRoleBinding => ({
      apiVersion: API_VERSION,
      kind: 'ClusterRoleBinding',
      ...binding,
    }))
  return { subject, roleBinding, clusterRoleBinding, binding: fc.oneof(clusterRoleBinding, roleBinding) }
}

function requestArbitraries(
  fc: FastCheck,
  vocabulary: RbacVocabulary,
): Pick<RbacArbitraries, 'request' | 'user'> {
  const { users, groups, accounts, namespaces, verbs, apiGroups, resources, subresources, names, paths } =
    vocabulary
  const user: Arbitrary<ArbitraryUser> = fc
    .oneof(
      fc.record({ user: one(fc, users), groups: fc.uniqueArray(one(fc, groups), { maxLength: 2 }) }),
      fc
        .tuple(one(fc, accounts), one(fc, namespaces))
        .map(([account, namespace]) => ({
          user: `system:serviceaccount:${namespace}:${account}`,
          groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
        })),
    )
    .map(({ user: name, groups: held }) => ({ user: name, groups: [...held, 'system:authenticated'] }))
  const optional = (values: readonly string[]): Arbitrary<string | undefined> =>
    fc.option(one(fc, values), { nil: undefined, freq: 2 })
  const resource = fc
    .record({
      verb: one(fc, verbs),
      apiGroup: one(fc, apiGroups),
      resource: one(fc, resources),
      subresource: optional(subresources),
      name: optional(names),
      namespace: fc.option(one(fc, namespaces), { nil: undefined, freq: 5 }),
    })
    .map(compact)
  const path = fc.record({ verb: one(fc, verbs), path: one(fc, paths) })
  const question = fc.oneof({ arbitrary: resource, weight: 6 }, { arbitrary: path, weight: 1 })
  return {
    user,
    request: fc
      .tuple(user, question)
      .map(([who, asked]): AccessQuery => ({ ...who, ...asked }) as AccessQuery),
  }
}
