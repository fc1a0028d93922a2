import { quote } from '../../lang/go/quote.js'
import { RESOURCE_VERBS } from '../objects/policy-rules.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { KubectlError, NoResourceMatch } from '../call/errors.js'
import { isSpelled } from '../args/kinds.js'
import { printValue } from '../print/object.js'
import type { Generated } from './generate.js'
import {
  createGenerated,
  withFailurePrefix,
  nameOf,
  withRequestInError,
  optional,
  unique,
} from './generate.js'
import { byKey } from '../../lang/text/order.js'

/** `kubectl create serviceaccount NAME`. Source: kubectl pkg/cmd/create/create_serviceaccount.go. */
export const serviceaccount: KubectlCommand = {
  name: 'serviceaccount',
  aliases: ['sa'],
  run(call) {
    createGenerated(
      call,
      { kind: 'ServiceAccount', apiVersion: 'v1', metadata: { name: nameOf(call) } },
      'failed to create serviceaccount:',
    )
  },
}

const BOUND: Readonly<Record<string, string>> = { Pod: 'v1', Secret: 'v1', Node: 'v1' }

/** `kubectl create token SERVICE_ACCOUNT`. Source: kubectl pkg/cmd/create/create_token.go. */
export const token: KubectlCommand = {
  name: 'token',
  run(call) {
    const { flags, out } = call
    const name = nameOf(call)
    const spec = specOf(call)
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec }
    const key = { namespace: call.namespace, name }
    const response = withFailurePrefix('failed to create token:', () =>
      withRequestInError(call, `/api/v1/namespaces/${key.namespace}/serviceaccounts/${name}/token`, () =>
        call.client.createSubresource('serviceaccounts', key, 'token', request),
      ),
    ) as KubeObject
    const format = flags.string('output')
    const { token: text = '' } = (response as { readonly status?: { readonly token?: string } }).status ?? {}
    if (text === '') throw new KubectlError('failed to create token: no token in server response')
    if (format === '') out.line(text)
    else
      out.write(
        printValue({ kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', ...response }, format),
      )
  },
}

function specOf({ flags }: CommandLine): object {
  if (flags.strings('audience').includes('')) throw new KubectlError('--audience must not be an empty string')
  const duration = flags.duration('duration')
  if (flags.has('duration') && duration < 0)
    throw new KubectlError('--duration must be greater than or equal to 0')
  if (duration % 1000 !== 0)
    throw new KubectlError('--duration cannot be expressed in units less than seconds')
  const [kind, name, uid] = ['kind', 'name', 'uid'].map((part) => flags.string(`bound-object-${part}`)) as [
    string,
    string,
    string,
  ]
  if (kind === '') {
    if (name !== '')
      throw new KubectlError('--bound-object-name can only be set if --bound-object-kind is provided')
    if (uid !== '')
      throw new KubectlError('--bound-object-uid can only be set if --bound-object-kind is provided')
  } else {
    if (!Object.hasOwn(BOUND, kind))
      throw new KubectlError('supported --bound-object-kind values are Node, Pod, Secret')
    if (name === '')
      throw new KubectlError('--bound-object-name is required if --bound-object-kind is provided')
  }
  const bound = { kind, apiVersion: BOUND[kind], name, ...optional('uid', uid) }
  return {
    audiences: flags.strings('audience'),
    ...(duration === 0 ? {} : { expirationSeconds: duration / 1000 }),
    ...(kind === '' ? {} : { boundObjectRef: bound }),
  }
}

/** Source: kubectl pkg/cmd/create/create_role.go validResourceVerbs. */
const VERBS: ReadonlySet<string> = new Set([...RESOURCE_VERBS, 'proxy'])
const PATH_VERBS: readonly string[] = ['get', 'put', 'post', 'head', 'options', 'delete', 'patch']
const API_VERSION = 'rbac.authorization.k8s.io/v1'

/**
 * `kubectl create role NAME --verb=VERB --resource=TYPE.GROUP/SUB --resource-name=X`. Source: kubectl
 * pkg/cmd/create/create_role.go.
 */
export const role: KubectlCommand = {
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
export const clusterrole: KubectlCommand = {
  name: 'clusterrole',
  run(call) {
    createGenerated(call, clusterRoleOf(call, nameOf(call)))
  },
}

function clusterRoleOf(call: CommandLine, name: string): Generated {
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

/** Reads `--verb`; `*` replaces all others. */
function verbsOf(call: CommandLine): readonly string[] {
  const verbs = unique(call.flags.strings('verb'))
  return verbs.includes('*') ? ['*'] : verbs
}

/** Returns one rule for each API group, in the order of the groups' names. */
function resourceRules(
  call: CommandLine,
  verbs: readonly string[],
  texts: readonly string[],
): readonly object[] {
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
    .sort(byKey)
    .map(([group, resources]) => ({
      verbs,
      apiGroups: [group],
      resources: unique(resources),
      ...optional('resourceNames', names),
    }))
}

/**
 * Verbs that are valid only for these resources, some of which are not resources of the API. Source:
 * specialVerbs.
 */
const SPECIAL: Readonly<Record<string, readonly string[]>> = {
  use: ['podsecuritypolicies.policy', 'podsecuritypolicies.extensions'],
  bind: ['roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io'],
  escalate: ['roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io'],
  impersonate: ['users', 'serviceaccounts', 'groups', 'userextras.authentication.k8s.io'],
}

/** Source: create_role.go validateResource. */
function checkResources(call: CommandLine, verbs: readonly string[], texts: readonly string[]): void {
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
          `${quote(resource)}${group === '' ? '' : ` in group ${quote(group)}`}`,
      )
  }
}

/** Resolves `deploy` or `deployments.apps`; an unknown resource is used as it is written. */
function typeOf(
  call: CommandLine,
  type: string,
): { readonly group: string; readonly resource: string; readonly isKnown: boolean } {
  const definition = call.env.scheme.byName(type)
  if (definition !== undefined && isSpelled(definition, type))
    return { group: definition.group, resource: definition.resource, isKnown: true }
  const dot = type.indexOf('.')
  return dot < 0
    ? { group: '', resource: type, isKnown: false }
    : { group: type.slice(dot + 1), resource: type.slice(0, dot), isKnown: false }
}

/** Parses `deploy`, `deployments.apps/scale`, `*`. */
function resourceOf(call: CommandLine, text: string): { readonly group: string; readonly resource: string } {
  const slash = text.indexOf('/')
  const [type, suffix] = slash < 0 ? [text, ''] : [text.slice(0, slash), text.slice(slash)]
  if (type === '*') return { group: '', resource: `*${suffix}` }
  if (type.startsWith('*.')) return { group: type.slice(2), resource: `*${suffix}` }
  const { group, resource } = typeOf(call, type)
  return { group, resource: resource + suffix }
}

const GROUP = 'rbac.authorization.k8s.io'

/**
 * `kubectl create rolebinding NAME --role=R | --clusterrole=R --user --group --serviceaccount`. Source:
 * kubectl pkg/cmd/create/create_rolebinding.go.
 */
export const rolebinding: KubectlCommand = {
  name: 'rolebinding',
  run(call) {
    const name = nameOf(call)
    const [role, clusterRole] = [call.flags.string('role'), call.flags.string('clusterrole')]
    if ((role === '') === (clusterRole === ''))
      throw new KubectlError('exactly one of clusterrole or role must be specified')
    const roleRef =
      role === ''
        ? { apiGroup: GROUP, kind: 'ClusterRole', name: clusterRole }
        : { apiGroup: GROUP, kind: 'Role', name: role }
    createGenerated(
      call,
      {
        kind: 'RoleBinding',
        apiVersion: API_VERSION,
        metadata: { name },
        ...optional('subjects', subjectsOf(call)),
        roleRef,
      },
      'failed to create rolebinding:',
    )
  },
}

/**
 * `kubectl create clusterrolebinding NAME --clusterrole=R`. Source: kubectl
 * pkg/cmd/create/create_clusterrolebinding.go.
 */
export const clusterrolebinding: KubectlCommand = {
  name: 'clusterrolebinding',
  run(call) {
    const name = nameOf(call)
    const roleRef = { apiGroup: GROUP, kind: 'ClusterRole', name: call.flags.string('clusterrole') }
    createGenerated(
      call,
      {
        kind: 'ClusterRoleBinding',
        apiVersion: API_VERSION,
        metadata: { name },
        ...optional('subjects', subjectsOf(call)),
        roleRef,
      },
      'failed to create clusterrolebinding:',
    )
  },
}

function subjectsOf({ flags }: CommandLine): readonly object[] {
  const named =
    (kind: string) =>
    (name: string): object => ({ kind, apiGroup: GROUP, name })
  const accounts = unique(flags.strings('serviceaccount')).map((text) => {
    const [namespace = '', name = '', ...more] = text.split(':')
    if (namespace === '' || name === '' || more.length > 0)
      throw new KubectlError('serviceaccount must be <namespace>:<name>')
    return { kind: 'ServiceAccount', name, namespace }
  })
  return [
    ...unique(flags.strings('user')).map(named('User')),
    ...unique(flags.strings('group')).map(named('Group')),
    ...accounts,
  ]
}
