import { checkWho } from './inputs.js'
import type { PolicyRule, Subject } from '../api/rbac/generated.js'
import type { AccessAction } from './evaluate.js'
import { requestedAction, bindingName, roleName } from './evaluate.js'
import { refuseMisspelt } from './misspelt.js'
import type { Binding } from './policy.js'
import { policyOf, roleKeyOf } from './policy.js'
import type { Grant } from './proof/proof.js'
import type { RequestedAction } from './rules.js'
import { ruleFault } from './rules.js'
import { objectsIn, type RbacSource } from './nodes/source.js'

/** A subject that is allowed an action, and through what. */
export interface Holder extends Grant {
  /** Index of the rule in the role. */
  readonly index: number
  /** If the query had no name: the only names that the rule applies to. */
  readonly resourceNames?: readonly string[]
}

/** Options of {@link whoCan}. */
export interface WhoCanOptions {
  /**
   * Includes subjects that are allowed it for some names only; the result says which.
   * @default false: for every name, or for the requested one
   */
  readonly anyName?: boolean
  /**
   * Includes subjects that are allowed it in some namespace only; the binding says which.
   * @default false: everywhere, or in the requested one
   */
  readonly anyNamespace?: boolean
}

const RBAC = 'rbac.authorization.k8s.io'
const AUTHENTICATION = 'authentication.k8s.io'

/**
 * Returns every subject that is allowed an action under these objects (a list, YAML text, or a cluster's),
 * with the binding that allows it. The group `system:masters`, which is allowed everything, is not listed. A
 * ServiceAccount without a namespace is in the binding's. `apiGroup` defaults to RBAC's group for the verbs
 * `escalate` and `bind`, and for `impersonate` to the group of the resource: `users`, `groups`,
 * `serviceaccounts`, `uids`, `userextras` (with the key as subresource).
 * @example whoCan(cluster, { verb: 'get', resource: 'secrets' }).map(({ subject }) => subject.name)
 */
export function whoCan(
  source: RbacSource,
  question: AccessAction,
  options: WhoCanOptions = {},
): readonly Holder[] {
  checkWho([source, question, options])
  const policy = policyOf(objectsIn(source))
  refuseMisspelt(policy, question)
  const asked = requestedAction({ ...question, apiGroup: question.apiGroup ?? groupOf(question) })
  const bindings = [...policy.clusterBindings, ...policy.bindings].filter((binding) =>
    isInScope(binding, question, options),
  )
  return bindings.flatMap((binding) => {
    const grants = matchingRule(policy.roles.get(roleKeyOf(binding)) ?? [], asked, options)
    return binding.subjects.flatMap((subject) =>
      grants.map((grant) => ({
        binding: bindingName(binding),
        subject: withNamespace(subject, binding.namespace),
        role: roleName(binding),
        ...grant,
      })),
    )
  })
}

function groupOf({ verb, resource }: AccessAction): string {
  if (verb === 'escalate' || verb === 'bind') return RBAC
  return verb === 'impersonate' && (resource === 'uids' || resource === 'userextras') ? AUTHENTICATION : ''
}

function isInScope(
  binding: Binding,
  { namespace = '', path }: AccessAction,
  { anyNamespace = false }: WhoCanOptions,
): boolean {
  if (binding.kind === 'ClusterRoleBinding') return true
  return path === undefined && (namespace === '' ? anyNamespace : binding.namespace === namespace)
}

type MatchingRule = Pick<Holder, 'index' | 'resourceNames'>

/**
 * Returns the first rule that allows it and, if names do not matter, the preceding ones for certain names.
 */
function matchingRule(
  rules: readonly PolicyRule[],
  asked: RequestedAction,
  { anyName = false }: WhoCanOptions,
): readonly MatchingRule[] {
  const found: MatchingRule[] = []
  for (const [index, rule] of rules.entries()) {
    const fault = ruleFault(rule, asked)
    if (fault === undefined) return [...found, { index }]
    if (fault === 'resourceName' && anyName && asked.name === '')
      found.push({ index, resourceNames: rule.resourceNames ?? [] })
  }
  return found
}

function withNamespace(subject: Subject, namespace: string): Subject {
  return subject.kind === 'ServiceAccount' && !subject.namespace && namespace !== ''
    ? { ...subject, namespace }
    : subject
}
