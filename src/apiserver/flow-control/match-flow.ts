import type {
  FlowSchema,
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
  Subject,
} from '../../api/flowcontrol/generated.js'
import type { UserInfo } from '../../client/client.js'
import type { AccessAttributes, PathAttributes, ResourceAttributes } from '../authorization/authorizer.js'

/**
 * Whether a FlowSchema matches a request: one of its rules has the user among its subjects and the request
 * among its resources or paths. Source: apiserver pkg/util/flowcontrol/rule.go matchesFlowSchema.
 */
export function matchesFlowSchema(
  { spec: { rules } }: FlowSchema,
  user: UserInfo,
  attributes: AccessAttributes,
): boolean {
  return rules?.some((rule) => matchesRule(rule, user, attributes)) === true
}

function matchesRule(
  { subjects, resourceRules, nonResourceRules }: PolicyRulesWithSubjects,
  user: UserInfo,
  attributes: AccessAttributes,
): boolean {
  if (!subjects.some((subject) => matchesSubject(subject, user))) return false
  return 'path' in attributes
    ? nonResourceRules?.some((rule) => matchesPath(rule, attributes)) === true
    : resourceRules?.some((rule) => matchesResource(rule, attributes)) === true
}

function matchesSubject({ kind, user, group, serviceAccount }: Subject, { name, groups }: UserInfo): boolean {
  if (kind === 'User') return user?.name === '*' || user?.name === name
  if (kind === 'Group') return group?.name === '*' || groups?.includes(group?.name ?? '') === true
  if (kind !== 'ServiceAccount' || serviceAccount === undefined) return false
  const start = `system:serviceaccount:${serviceAccount.namespace}:`
  return serviceAccount.name === '*' ? name.startsWith(start) : name === start + serviceAccount.name
}

function matchesResource(
  rule: ResourcePolicyRule,
  { verb, group, resource, subresource, namespace }: ResourceAttributes,
): boolean {
  const whole = subresource === undefined || subresource === '' ? resource : `${resource}/${subresource}`
  if (!has(rule.verbs, verb) || !has(rule.resources, whole) || !has(rule.apiGroups, group)) return false
  if (namespace === undefined || namespace === '') return rule.clusterScope === true
  return has(rule.namespaces ?? [], namespace)
}

/** A URL of a rule also matches every path below it, with or without a star at its end. */
function matchesPath(
  { verbs, nonResourceURLs }: NonResourcePolicyRule,
  { verb, path }: PathAttributes,
): boolean {
  return (
    has(verbs, verb) &&
    nonResourceURLs.some((url) => {
      const start = url.endsWith('*') ? url.slice(0, -1) : url
      return url === '*' || url === path || path.startsWith(start.endsWith('/') ? start : `${start}/`)
    })
  )
}

/** A star stands for everything only if it is alone, which validation ensures. */
const has = (list: readonly string[], wanted: string): boolean =>
  (list.length === 1 && list[0] === '*') || list.includes(wanted)

/**
 * Returns what tells the flows of a schema apart: the user, the namespace, or '' without a method. Source:
 * apf_controller.go computeFlowDistinguisher.
 */
export function distinguisherOf(
  { spec: { distinguisherMethod } }: FlowSchema,
  { name }: UserInfo,
  attributes: AccessAttributes,
): string {
  if (distinguisherMethod === undefined) return ''
  if (distinguisherMethod.type === 'ByUser') return name
  return 'path' in attributes ? '' : (attributes.namespace ?? '')
}
