import type { KubeObject } from '../../api/kind/definition.js'
import type { PolicyRule, Subject } from '../../api/rbac/generated.js'

/** The short form of a default role. */
export interface PolicyRole {
  readonly name: string
  /** The namespace of a Role; absent for a ClusterRole. */
  readonly namespace?: string
  /** The short name of the role that aggregates its rules: `admin`. */
  readonly aggregateTo?: string
  /** Whether it aggregates the rules of other roles; it then has none of its own. */
  readonly aggregates?: true
  /**
   * `verbs groups resources [names]`, or `verbs urls URLs`, with comma-separated lists; `core` is the core
   * group. `get,list core pods,pods/log`
   */
  readonly rules: readonly string[]
}

/** The short form of a default binding. */
export interface PolicyBinding {
  readonly name: string
  /** The namespace of a RoleBinding; absent for a ClusterRoleBinding. */
  readonly namespace?: string
  /** Default: the binding's own name. */
  readonly role?: string
  /** `user:NAME`, `group:NAME`, `account:NAMESPACE/NAME`. */
  readonly subjects: readonly string[]
}

const GROUP = 'rbac.authorization.k8s.io'
const API_VERSION = `${GROUP}/v1`
const BOOTSTRAPPING = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }
const AUTO_UPDATE = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' }
const AGGREGATE_TO = `${GROUP}/aggregate-to-`

/** Returns the role as an API object. */
export function roleObject({ name, namespace, aggregateTo, aggregates, rules }: PolicyRole): KubeObject {
  const aggregated = aggregateTo === undefined ? {} : { [AGGREGATE_TO + aggregateTo]: 'true' }
  const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...aggregated }
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { [AGGREGATE_TO + name]: 'true' } }] }
  const role = {
    apiVersion: API_VERSION,
    kind: namespace === undefined ? 'ClusterRole' : 'Role',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels, annotations: AUTO_UPDATE },
    rules: aggregates === true ? null : rules.map(ruleOf),
    ...(aggregates === true ? { aggregationRule } : {}),
  }
  return role
}

function ruleOf(text: string): PolicyRule {
  const [verbs = '', groups = '', resources = '', names] = text.split(' ')
  const verbList = verbs.split(',')
  if (groups === 'urls') return { verbs: verbList, nonResourceURLs: resources.split(',') }
  return {
    verbs: verbList,
    apiGroups: groups.split(',').map((group) => (group === 'core' ? '' : group)),
    resources: resources.split(','),
    ...(names === undefined ? {} : { resourceNames: names.split(',') }),
  }
}

/** Returns the binding as an API object. */
export function bindingObject({ name, namespace, role = name, subjects }: PolicyBinding): KubeObject {
  const kind = namespace === undefined ? 'ClusterRole' : 'Role'
  const binding = {
    apiVersion: API_VERSION,
    kind: `${kind}Binding`,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      labels: BOOTSTRAPPING,
      annotations: AUTO_UPDATE,
    },
    ...(subjects.length === 0 ? {} : { subjects: subjects.map(subjectOf) }),
    roleRef: { apiGroup: GROUP, kind, name: role },
  }
  return binding
}

function subjectOf(text: string): Subject {
  const colon = text.indexOf(':')
  const [type, name] = [text.slice(0, colon), text.slice(colon + 1)]
  if (type !== 'account') return { kind: type === 'user' ? 'User' : 'Group', apiGroup: GROUP, name }
  const [namespace = '', account = ''] = name.split('/')
  return { kind: 'ServiceAccount', name: account, namespace }
}
