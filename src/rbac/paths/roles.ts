/** Paths through roles and bindings. */
import type { PolicyRule } from '../../api/rbac/generated.js'
import { hasRights } from '../covers.js'
import type { AccessAction } from '../evaluate.js'
import type { Binding } from '../policy.js'
import { roleKey, roleKeyOf } from '../policy.js'
import { subjectApplies } from '../subjects.js'
import type { ObjectPlace } from './change.js'
import { queryFor, change, creation } from './change.js'
import type { CallStep, EscalationPath } from './path.js'
import { CREATED_NAME } from './path.js'
import type { SubjectView } from './subject-view.js'
import { ALL_RULES } from './subject-view.js'

const GROUP = 'rbac.authorization.k8s.io'
const GROUP_VERSION = `${GROUP}/v1`

/** Finds roles of the subject into which it can write all rules, because it may `escalate` them. */
export function editedRoles(view: SubjectView): readonly EscalationPath[] {
  const { self, policy } = view
  const seen = new Set<string>()
  return [...policy.clusterBindings, ...policy.bindings].flatMap((binding): readonly EscalationPath[] => {
    const key = roleKeyOf(binding)
    const rules = policy.roles.get(key)
    const isOurs = binding.subjects.some((subject) =>
      subjectApplies(subject, { name: self.user, groups: self.groups }, binding.namespace),
    )
    if (rules === undefined || !isOurs || seen.has(key)) return []
    const place = placeOfRole(binding.roleRef.kind, binding.roleRef.name, binding.namespace)
    const escalate = queryFor('escalate', place)
    const added = place.namespace === '' ? ALL_RULES : ALL_RULES.slice(0, 1)
    const gains = view.gainOf(ALL_RULES, binding.namespace)
    const steps = change(view, place, { rules: [...rules, ...added] }, 0)
    if (gains === undefined || steps === undefined || !view.may(escalate)) return []
    seen.add(key)
    return [
      {
        kind: 'escalate',
        steps: withNeed(steps, escalate),
        credential: { kind: 'own' },
        identity: self,
        gains,
        added: { rules: added, namespace: place.namespace === '' ? binding.namespace : place.namespace },
      },
    ]
  })
}

function placeOfRole(kind: string, name: string, namespace: string): ObjectPlace {
  return kind === 'Role'
    ? { groupVersion: GROUP_VERSION, resource: 'roles', namespace, name }
    : { groupVersion: GROUP_VERSION, resource: 'clusterroles', namespace: '', name }
}

/** Returns the steps with a further requirement on the last one. */
function withNeed(steps: readonly CallStep[], need: AccessAction): readonly CallStep[] {
  return steps.map((step, at) => (at === steps.length - 1 ? { ...step, needs: [...step.needs, need] } : step))
}

interface BoundRole {
  readonly kind: string
  readonly name: string
  readonly rules: readonly PolicyRule[]
}

/** Finds roles that the subject may `bind` to itself, with a new binding or an existing one. */
export function boundRoles(view: SubjectView): readonly EscalationPath[] {
  return ['', ...view.namespaces()].flatMap((scope) => {
    const roles = rolesOf(view, scope).filter(({ kind, name }) => view.may(bindNeed(kind, name, scope)))
    return strongest(roles).flatMap((role): readonly EscalationPath[] => {
      const gains = view.gainOf(role.rules, scope)
      const steps = gains === undefined ? undefined : bindingSteps(view, role, scope)
      if (gains === undefined || steps === undefined) return []
      if (
        scope !== '' &&
        view.gainOf(role.rules, '') !== undefined &&
        bindingSteps(view, role, '') !== undefined &&
        view.may(bindNeed(role.kind, role.name, ''))
      )
        return [] // the cluster-wide path covers this namespace
      return [
        {
          kind: 'bind',
          steps: withNeed(steps, bindNeed(role.kind, role.name, scope)),
          credential: { kind: 'own' },
          identity: view.self,
          gains,
          added: { rules: role.rules, namespace: scope },
        },
      ]
    })
  })
}

function bindNeed(kind: string, name: string, scope: string): AccessAction {
  return {
    verb: 'bind',
    apiGroup: GROUP,
    resource: kind === 'Role' ? 'roles' : 'clusterroles',
    name,
    ...(scope === '' ? {} : { namespace: scope }),
  }
}

function rolesOf({ policy }: SubjectView, scope: string): readonly BoundRole[] {
  const prefix = roleKey('Role', scope, '')
  return [...policy.roles].flatMap(([key, rules]): readonly BoundRole[] => {
    if (key.startsWith('ClusterRole//'))
      return [{ kind: 'ClusterRole', name: key.slice('ClusterRole//'.length), rules }]
    return scope !== '' && key.startsWith(prefix)
      ? [{ kind: 'Role', name: key.slice(prefix.length), rules }]
      : []
  })
}

/** Drops roles whose rules are covered by another. */
function strongest(roles: readonly BoundRole[]): readonly BoundRole[] {
  const kept: BoundRole[] = []
  for (const role of roles) {
    if (kept.some(({ rules }) => hasRights(rules, role.rules))) continue
    const rest = kept.filter(({ rules }) => !hasRights(role.rules, rules))
    kept.splice(0, kept.length, ...rest, role)
  }
  return kept
}

function bindingSteps(
  view: SubjectView,
  { kind, name }: BoundRole,
  scope: string,
): readonly CallStep[] | undefined {
  const isCluster = scope === ''
  const place = {
    groupVersion: GROUP_VERSION,
    resource: isCluster ? 'clusterrolebindings' : 'rolebindings',
    namespace: scope,
    name: CREATED_NAME,
  }
  const self = { kind: 'User', apiGroup: GROUP, name: view.self.user }
  const made = creation(view, place, {
    apiVersion: GROUP_VERSION,
    kind: isCluster ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: { name: CREATED_NAME },
    roleRef: { apiGroup: GROUP, kind, name },
    subjects: [self],
  })
  if (made !== undefined) return [made]
  const isOfRole = ({ roleRef }: Binding): boolean => roleRef.kind === kind && roleRef.name === name
  const there = isCluster
    ? view.policy.clusterBindings
    : view.policy.bindings.filter(({ namespace }) => namespace === scope)
  for (const binding of there.filter(isOfRole)) {
    const steps = change(view, { ...place, name: binding.name }, { subjects: [...binding.subjects, self] }, 0)
    if (steps !== undefined) return steps
  }
  return undefined
}
