import type { Call, Command } from '../call.js'
import { KubectlError, NoResourceMatch } from '../errors.js'
import type { Generated } from './generate.js'
import { createGenerated, nameOf, optional, unique } from './generate.js'

const VERBS: ReadonlySet<string> = new Set([
  '*',
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  'use',
  'bind',
  'escalate',
  'impersonate',
  'sign',
  'approve',
  'proxy',
  'attest',
])
const PATH_VERBS: readonly string[] = ['get', 'put', 'post', 'head', 'options', 'delete', 'patch']
const API_VERSION = 'rbac.authorization.k8s.io/v1'

/**
 * `kubectl create role NAME --verb=VERB --resource=TYPE.GROUP/SUB --resource-name=X`. Source: kubectl
 * pkg/cmd/create/create_role.go.
 */
export const role: Command = {
  name: 'role',
  run(call) {
    const name = nameOf(call)
    const verbs = verbsOf(call)
    const resources = unique(call.flags.strings('resource'))
    if (verbs.length === 0) throw new KubectlError('at least one verb must be specified')
    if (resources.length === 0) throw new KubectlError('at least one resource must be specified')
    createGenerated(call, {
      kind: 'Role',
      apiVersion: API_VERSION,
      metadata: { name },
      rules: resourceRules(call, verbs, resources),
    })
  },
}

/** `kubectl create clusterrole NAME`. Source: kubectl pkg/cmd/create/create_clusterrole.go. */
export const clusterrole: Command = {
  name: 'clusterrole',
  run(call) {
    createGenerated(call, clusterRoleOf(call, nameOf(call)))
  },
}

function clusterRoleOf(call: Call, name: string): Generated {
  const { flags } = call
  const [verbs, resources, names] = [
    verbsOf(call),
    unique(flags.strings('resource')),
    flags.strings('resource-name'),
  ]
  const [paths, aggregation] = [unique(flags.strings('non-resource-url')), flags.string('aggregation-rule')]
  const base = { kind: 'ClusterRole', apiVersion: API_VERSION, metadata: { name } }
  if (aggregation !== '') {
    if ([verbs, resources, names, paths].some((list) => list.length > 0)) {
      throw new KubectlError(
        'aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames',
      )
    }
    const matchLabels = Object.fromEntries(aggregation.split(',').map((pair) => pair.split('=')))
    return { ...base, rules: null, aggregationRule: { clusterRoleSelectors: [{ matchLabels }] } }
  }
  if (verbs.length === 0) throw new KubectlError('at least one verb must be specified')
  if (resources.length === 0 && paths.length === 0)
    throw new KubectlError('one of resource or nonResourceURL must be specified')
  if (resources.length === 0 && names.length > 0)
    throw new KubectlError('resource must be specified when resourceName is specified')
  const rules = resources.length === 0 ? [] : resourceRules(call, verbs, resources)
  return { ...base, rules: [...rules, ...(paths.length === 0 ? [] : [pathRule(verbs, paths)])] }
}

function pathRule(verbs: readonly string[], nonResourceURLs: readonly string[]): object {
  const bad = verbs.find((verb) => verb !== '*' && !PATH_VERBS.includes(verb))
  if (bad !== undefined) throw new KubectlError(`invalid verb: '${bad}' for nonResourceURL`)
  for (const path of nonResourceURLs) {
    if (path === '*') continue
    if (path === '' || !path.startsWith('/')) throw new KubectlError('nonResourceURL should start with /')
    if (path.slice(0, -1).includes('*'))
      throw new KubectlError("nonResourceURL only supports wildcard matches when '*' is at the end")
  }
  return { verbs, nonResourceURLs }
}

/** `*` stands for all, whatever is said beside it. */
function verbsOf(call: Call): readonly string[] {
  const verbs = unique(call.flags.strings('verb'))
  return verbs.includes('*') ? ['*'] : verbs
}

/** One rule for each API group, in the order of their names. */
function resourceRules(call: Call, verbs: readonly string[], texts: readonly string[]): readonly object[] {
  for (const verb of verbs)
    if (!VERBS.has(verb)) call.out.errorLine(`Warning: '${verb}' is not a standard resource verb`)
  const names = unique(call.flags.strings('resource-name'))
  if (names.length > 0 && texts.length === 0)
    throw new KubectlError('at least one resource must be specified when resourceName is specified')
  const byGroup = new Map<string, string[]>()
  checkResources(call, verbs, texts)
  for (const text of texts) {
    const { group, resource } = resourceOf(call, text)
    byGroup.set(group, [...(byGroup.get(group) ?? []), resource])
  }
  return [...byGroup]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, resources]) => ({
      verbs,
      apiGroups: [group],
      resources: unique(resources),
      ...optional('resourceNames', names),
    }))
}

/**
 * Verbs that mean something for these resources only. Some of them are no resources of the API. Source:
 * specialVerbs.
 */
const SPECIAL: Readonly<Record<string, readonly string[]>> = {
  use: ['podsecuritypolicies.policy', 'podsecuritypolicies.extensions'],
  bind: ['roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io'],
  escalate: ['roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io'],
  impersonate: ['users', 'serviceaccounts', 'groups', 'userextras.authentication.k8s.io'],
}

/** Source: create_role.go validateResource. */
function checkResources(call: Call, verbs: readonly string[], texts: readonly string[]): void {
  for (const text of texts) {
    const [type = ''] = text.split('/')
    if (type === '*') return
    if (type.startsWith('*.')) continue
    const { group, resource, isKnown } = typeOf(call, type)
    const full = group === '' ? resource : `${resource}.${group}`
    let isSpecial = false
    for (const verb of verbs) {
      const allowed = SPECIAL[verb]
      if (allowed === undefined) continue
      if (!allowed.includes(full))
        throw new KubectlError(`can not perform '${verb}' on '${resource}' in group '${group}'`)
      isSpecial = true
    }
    if (!isKnown && !isSpecial)
      throw new NoResourceMatch(
        `the server doesn't have a resource type ` +
          `${JSON.stringify(resource)}${group === '' ? '' : ` in group ${JSON.stringify(group)}`}`,
      )
  }
}

/** `deploy`, `deployments.apps`; what the server does not have is taken at its word. */
function typeOf(
  call: Call,
  type: string,
): { readonly group: string; readonly resource: string; readonly isKnown: boolean } {
  const definition = call.env.scheme.byName(type)
  if (definition !== undefined)
    return { group: definition.group, resource: definition.resource, isKnown: true }
  const dot = type.indexOf('.')
  return dot < 0
    ? { group: '', resource: type, isKnown: false }
    : { group: type.slice(dot + 1), resource: type.slice(0, dot), isKnown: false }
}

/** Reads `deploy`, `deployments.apps/scale`, `*`. */
function resourceOf(call: Call, text: string): { readonly group: string; readonly resource: string } {
  const slash = text.indexOf('/')
  const [type, suffix] = slash < 0 ? [text, ''] : [text.slice(0, slash), text.slice(slash)]
  if (type === '*') return { group: '', resource: `*${suffix}` }
  if (type.startsWith('*.')) return { group: type.slice(2), resource: `*${suffix}` }
  const { group, resource } = typeOf(call, type)
  return { group, resource: resource + suffix }
}
