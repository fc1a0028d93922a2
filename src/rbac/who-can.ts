import type { KubeObject } from '../api/definition.js'
import type { PolicyRule, Subject } from '../api/rbac/generated.js'
import type { AccessQuestion } from './evaluate.js'
import { askedOf, bindingName, roleName } from './evaluate.js'
import type { Binding } from './policy.js'
import { policyOf, roleKeyOf } from './policy.js'
import type { Grant } from './proof.js'
import type { Asked } from './rules.js'
import { ruleFault } from './rules.js'

/** Somebody who may do it, and through what. */
export interface Holder extends Grant {
  /** Place of the rule among those of the role. */
  readonly index: number
  /** Where it was not asked for one name: the only names that the rule is for. */
  readonly resourceNames?: readonly string[]
}

/** What more is looked for. */
export interface WhoCanOptions {
  /**
   * Also who may do it to some names only; the answer tells which. Default false: to every name, or to the
   * one that is asked for.
   */
  readonly anyName?: boolean
  /**
   * Also who may do it in some namespace only: the binding tells in which. Default false: everywhere, or in
   * the one that is asked for.
   */
  readonly anyNamespace?: boolean
}

const RBAC = 'rbac.authorization.k8s.io'
const AUTHENTICATION = 'authentication.k8s.io'

/**
 * Everybody who may do something under these objects, by the bindings that allow it, besides the group
 * `system:masters`, who may do everything. A ServiceAccount that is named without a namespace is of the
 * binding's. Without `apiGroup` the verbs `escalate` and `bind` are asked of RBAC's group, and `impersonate`
 * of the one that has the resource: `users`, `groups`, `serviceaccounts`, `uids`, `userextras` (with the key
 * as subresource).
 */
export function whoCan(
  objects: Iterable<KubeObject>,
  question: AccessQuestion,
  options: WhoCanOptions = {},
): readonly Holder[] {
  const policy = policyOf(objects)
  const asked = askedOf({ ...question, apiGroup: question.apiGroup ?? groupOf(question) })
  const bindings = [...policy.clusterBindings, ...policy.bindings].filter((binding) =>
    isInScope(binding, question, options),
  )
  return bindings.flatMap((binding) => {
    const grants = fitting(policy.roles.get(roleKeyOf(binding)) ?? [], asked, options)
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

function groupOf({ verb, resource }: AccessQuestion): string {
  if (verb === 'escalate' || verb === 'bind') return RBAC
  return verb === 'impersonate' && (resource === 'uids' || resource === 'userextras') ? AUTHENTICATION : ''
}

function isInScope(
  binding: Binding,
  { namespace = '', path }: AccessQuestion,
  { anyNamespace = false }: WhoCanOptions,
): boolean {
  if (binding.kind === 'ClusterRoleBinding') return true
  return path === undefined && (namespace === '' ? anyNamespace : binding.namespace === namespace)
}

type Fitting = Pick<Holder, 'index' | 'resourceNames'>

/** The first rule that allows it, and, where names do not matter, those before it that are for some names. */
function fitting(
  rules: readonly PolicyRule[],
  asked: Asked,
  { anyName = false }: WhoCanOptions,
): readonly Fitting[] {
  const found: Fitting[] = []
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
