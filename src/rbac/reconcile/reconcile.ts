/**
 * What `kubectl auth reconcile` and the start of the apiserver do to an existing role or binding: what is
 * missing is added, what is superfluous is kept or removed. Pure functions: the caller reads and writes.
 * Source: component-helpers auth/rbac/reconciliation.
 */
import { checkBinding, checkRole } from '../inputs.js'
import { semanticEqual } from '../../api/kind/equal.js'
import type { LabelSelector } from '../../api/meta/generated.js'
import type {
  AggregationRule,
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
  Subject,
} from '../../api/rbac/generated.js'
import { missingRights } from '../covers.js'

/** The annotation that protects an object from reconciliation if it is `false`. */
export const autoUpdateAnnotation = 'rbac.authorization.kubernetes.io/autoupdate'

/**
 * What has to be done. `recreate`: delete the stored binding (with its uid as precondition) and create the
 * given one, because a roleRef is immutable.
 */
export type ReconcileOperation = 'none' | 'create' | 'update' | 'recreate'

interface ReconciledObject {
  readonly operation: ReconcileOperation
  /**
   * Whether the stored object is annotated against changes. If so, nothing may be written, whatever
   * `operation` says.
   */
  readonly protected: boolean
}

/** The result for a role. Rules have one group, resource and verb each, unless the role is new. */
export interface ReconciledRole<T extends ClusterRole | Role = ClusterRole | Role> extends ReconciledObject {
  /** The role to write. */
  readonly role: T
  readonly missingRules: readonly PolicyRule[]
  readonly extraRules: readonly PolicyRule[]
  readonly missingAggregationRuleSelectors: readonly LabelSelector[]
  readonly extraAggregationRuleSelectors: readonly LabelSelector[]
}

/** The result for a binding. */
export interface ReconciledBinding<
  T extends ClusterRoleBinding | RoleBinding = ClusterRoleBinding | RoleBinding,
> extends ReconciledObject {
  /** The binding to write. */
  readonly binding: T
  readonly missingSubjects: readonly Subject[]
  readonly extraSubjects: readonly Subject[]
}

/** Options of {@link reconcileRole}. */
export interface ReconcileRoleOptions {
  /**
   * Whether to remove rules that the expected role lacks (`--remove-extra-permissions`).
   * @default false
   */
  readonly removeExtraPermissions?: boolean
}

/** Options of {@link reconcileBinding}. */
export interface ReconcileBindingOptions {
  /**
   * Whether to remove subjects that the expected binding lacks (`--remove-extra-subjects`).
   * @default false
   */
  readonly removeExtraSubjects?: boolean
}

/**
 * Compares a stored role (undefined if it does not exist) with the expected one. Neither is changed.
 * @example reconcileRole(cluster.get('clusterroles', 'reader'), role).operation
 */
export function reconcileRole<T extends ClusterRole | Role>(
  existing: T | undefined,
  expected: T,
  options: ReconcileRoleOptions = {},
): ReconciledRole<T> {
  checkRole([existing, expected, options])
  const { removeExtraPermissions = false } = options
  const wanted = aggregationOf(expected)
  if (existing === undefined) {
    return {
      operation: 'create',
      protected: false,
      role: expected,
      missingRules: expected.rules ?? [],
      extraRules: [],
      missingAggregationRuleSelectors: wanted?.clusterRoleSelectors ?? [],
      extraAggregationRuleSelectors: [],
    }
  }
  const present = aggregationOf(existing)
  const expectedRules = expected.rules ?? []
  const existingRules = existing.rules ?? []
  const missingRules = missingRights(existingRules, expectedRules)
  const extraRules =
    wanted === undefined || present === undefined ? missingRights(expectedRules, existingRules) : []
  const missingSelectors = without(wanted, present)
  const extraSelectors = without(present, wanted)
  const changes = {
    ...changedMetadata(existing, expected),
    ...changedRules(existingRules, expectedRules, {
      missing: missingRules,
      extra: extraRules,
      removeExtraPermissions,
    }),
    ...changedAggregation(present, wanted, {
      missing: missingSelectors,
      extra: extraSelectors,
      removeExtraPermissions,
    }),
  }
  return {
    operation: Object.keys(changes).length === 0 ? 'none' : 'update',
    protected: isProtected(existing),
    role: withChanges(existing, changes),
    missingRules,
    extraRules,
    missingAggregationRuleSelectors: missingSelectors,
    extraAggregationRuleSelectors: extraSelectors,
  }
}

/**
 * Compares a stored binding (undefined if it does not exist) with the expected one. Neither is changed.
 * @example reconcileBinding(cluster.get('clusterrolebindings', 'viewers'), expected).operation
 */
export function reconcileBinding<T extends ClusterRoleBinding | RoleBinding>(
  existing: T | undefined,
  expected: T,
  options: ReconcileBindingOptions = {},
): ReconciledBinding<T> {
  checkBinding([existing, expected, options])
  const { removeExtraSubjects = false } = options
  const wanted = expected.subjects ?? []
  if (existing === undefined) {
    return {
      operation: 'create',
      protected: false,
      binding: expected,
      missingSubjects: wanted,
      extraSubjects: [],
    }
  }
  const isKept = isProtected(existing)
  const [from, to] = [existing.roleRef, expected.roleRef]
  if ((from.apiGroup ?? '') !== (to.apiGroup ?? '') || from.kind !== to.kind || from.name !== to.name) {
    return {
      operation: 'recreate',
      protected: isKept,
      binding: expected,
      missingSubjects: [],
      extraSubjects: [],
    }
  }
  const present = existing.subjects ?? []
  const missingSubjects = subjectsWithout(wanted, present)
  const extraSubjects = subjectsWithout(present, wanted)
  const changes: { metadata?: T['metadata']; subjects?: readonly Subject[] } = {
    ...changedMetadata(existing, expected),
  }
  if (removeExtraSubjects) {
    if (missingSubjects.length > 0 || extraSubjects.length > 0) changes.subjects = wanted
  } else if (missingSubjects.length > 0) changes.subjects = [...present, ...missingSubjects]
  return {
    operation: Object.keys(changes).length === 0 ? 'none' : 'update',
    protected: isKept,
    binding: { ...existing, ...changes },
    missingSubjects,
    extraSubjects,
  }
}

/** Returns the role with some fields changed; undefined removes a field. */
function withChanges<T extends ClusterRole | Role>(
  role: T,
  changes: { readonly aggregationRule?: AggregationRule | undefined },
): T {
  const changed = { ...role, ...changes }
  if (changed.aggregationRule === undefined) delete (changed as { aggregationRule?: unknown }).aggregationRule
  return changed
}

interface Difference<T> {
  readonly missing: readonly T[]
  readonly extra: readonly T[]
  readonly removeExtraPermissions: boolean
}

function changedRules(
  existing: readonly PolicyRule[],
  expected: readonly PolicyRule[],
  { missing, extra, removeExtraPermissions }: Difference<PolicyRule>,
): { readonly rules?: readonly PolicyRule[] } {
  if (removeExtraPermissions) return missing.length > 0 || extra.length > 0 ? { rules: expected } : {}
  return missing.length > 0 ? { rules: [...existing, ...missing] } : {}
}

/**
 * Returns the change of the aggregationRule. It is removed from a role that should not aggregate even if
 * extra rules are kept.
 */
function changedAggregation(
  present: AggregationRule | undefined,
  wanted: AggregationRule | undefined,
  { missing, extra, removeExtraPermissions }: Difference<LabelSelector>,
): { readonly aggregationRule?: AggregationRule | undefined } {
  if (wanted === undefined) return present === undefined ? {} : { aggregationRule: undefined }
  if (removeExtraPermissions) return missing.length > 0 || extra.length > 0 ? { aggregationRule: wanted } : {}
  return missing.length > 0
    ? { aggregationRule: { clusterRoleSelectors: [...(present?.clusterRoleSelectors ?? []), ...missing] } }
    : {}
}

/** Returns the metadata with missing labels and annotations added; existing ones win. */
function changedMetadata<T extends ClusterRole | ClusterRoleBinding | Role | RoleBinding>(
  existing: T,
  expected: T,
): { readonly metadata?: T['metadata'] } {
  const labels = lacking(existing.metadata.labels, expected.metadata.labels)
  const annotations = lacking(existing.metadata.annotations, expected.metadata.annotations)
  return labels === undefined && annotations === undefined
    ? {}
    : {
        metadata: {
          ...existing.metadata,
          ...(labels === undefined ? {} : { labels }),
          ...(annotations === undefined ? {} : { annotations }),
        },
      }
}

type Texts = Readonly<Record<string, string>>

function lacking(present: Texts = {}, wanted: Texts = {}): Texts | undefined {
  return Object.keys(wanted).every((key) => Object.hasOwn(present, key))
    ? undefined
    : { ...wanted, ...present }
}

function without(
  rule: AggregationRule | undefined,
  other: AggregationRule | undefined,
): readonly LabelSelector[] {
  const others = other?.clusterRoleSelectors ?? []
  return (rule?.clusterRoleSelectors ?? []).filter(
    (selector) => !others.some((each) => semanticEqual(each, selector)),
  )
}

function aggregationOf(role: ClusterRole | Role): AggregationRule | undefined {
  return 'aggregationRule' in role ? (role.aggregationRule ?? undefined) : undefined
}

function isProtected({
  metadata: { annotations },
}: ClusterRole | ClusterRoleBinding | Role | RoleBinding): boolean {
  return annotations?.[autoUpdateAnnotation] === 'false'
}

/** Returns what only the first list has, once. Source: reconcile_rolebindings.go diffSubjectLists. */
function subjectsWithout(subjects: readonly Subject[], others: readonly Subject[]): readonly Subject[] {
  const known = new Set(others.map(subjectKey))
  return subjects.filter((subject) => {
    const key = subjectKey(subject)
    return !known.has(key) && known.add(key) !== undefined
  })
}

const subjectKey = ({ kind, name, apiGroup = '', namespace = '' }: Subject): string =>
  JSON.stringify([kind, name, apiGroup, namespace])
