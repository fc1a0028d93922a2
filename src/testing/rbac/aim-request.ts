import { checkAimed } from '../inputs.js'
import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
  Subject,
} from '../../api/rbac/generated.js'
import type { AccessQuery } from '../../rbac/index.js'
import type { AnyRbacObject } from './vocabulary.js'

/**
 * Returns the request, changed so that a rule granted by a binding matches, because random requests seldom
 * match random rules. `at` chooses the rule; without any, the request is returned unchanged. Whether the
 * request is allowed is still for `authorize` to decide.
 * @example requests.map((request, at) => aimRequest(objects, request, at))
 */
export function aimRequest(objects: readonly AnyRbacObject[], request: AccessQuery, at: number): AccessQuery {
  checkAimed([objects, request, at])
  const targets = objects.flatMap((object) => (isBinding(object) ? targetsOf(object, objects) : []))
  const target = targets[at % Math.max(1, targets.length)]
  return target === undefined ? request : { ...whoIs(target.subject, request), ...asks(target, request) }
}

interface Target {
  readonly subject: Subject
  readonly rule: PolicyRule
  readonly namespace: string | undefined
}

function isBinding(object: AnyRbacObject): object is ClusterRoleBinding | RoleBinding {
  return 'roleRef' in object
}

function targetsOf(
  { metadata: { namespace }, roleRef, subjects = [] }: ClusterRoleBinding | RoleBinding,
  objects: readonly AnyRbacObject[],
): readonly Target[] {
  const role = objects.find(
    (object): object is ClusterRole | Role =>
      object.kind === roleRef.kind &&
      object.metadata.name === roleRef.name &&
      (roleRef.kind === 'ClusterRole' || object.metadata.namespace === namespace),
  )
  return subjects.flatMap((subject) => (role?.rules ?? []).map((rule) => ({ subject, rule, namespace })))
}

function whoIs(
  { kind, name, namespace = '' }: Subject,
  { user, groups = [] }: AccessQuery,
): Pick<AccessQuery, 'groups' | 'user'> {
  if (kind === 'User') return { user: name, groups }
  return kind === 'Group'
    ? { user, groups: groups.includes(name) ? groups : [name, ...groups] }
    : { user: `system:serviceaccount:${namespace}:${name}`, groups }
}

/** Returns what the rule allows: its own values, or those of the request where it has `*`. */
function asks({ rule, namespace }: Target, request: AccessQuery): Omit<AccessQuery, 'groups' | 'user'> {
  const pick = (values: readonly string[] | undefined, other: string | undefined): string => {
    const [value = '*'] = values ?? []
    return value === '*' ? (other ?? '') : value
  }
  const verb = pick(rule.verbs, request.verb)
  const [url] = rule.nonResourceURLs ?? []
  if (url !== undefined) return { verb, path: url.endsWith('*') ? `${url.slice(0, -1)}/x` : url }
  const [resource = '', part = request.subresource] = pick(rule.resources, request.resource ?? 'pods').split(
    '/',
  )
  const name = rule.resourceNames?.[0] ?? request.name
  const scope = namespace ?? request.namespace
  return {
    verb,
    apiGroup: pick(rule.apiGroups, request.apiGroup),
    resource: resource === '*' ? (request.resource ?? 'pods') : resource,
    ...(part !== undefined && rule.resources?.[0]?.includes('/') === true ? { subresource: part } : {}),
    ...(name === undefined ? {} : { name }),
    ...(scope === undefined ? {} : { namespace: scope }),
  }
}
