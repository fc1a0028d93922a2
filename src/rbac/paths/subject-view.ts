import type { KubeObject } from '../../api/kind/definition.js'
import type { PolicyRule, Subject } from '../../api/rbac/generated.js'
import { CompiledPolicy } from '../compile/compiled.js'
import { hasRights, missingRights } from '../covers.js'
import { type AccessAction, requestedAction } from '../evaluate.js'
import { type Policy, policyOf } from '../policy.js'
import { accountUser, isPrivileged } from '../subjects.js'
import type { EscalationIdentity } from './path.js'

/** The rules that allow everything. */
export const ALL_RULES: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
]

/** The groups that every service account has; rights gained through them are not worth reporting. */
const EVERY_ACCOUNT: EscalationIdentity = {
  user: '',
  groups: ['system:serviceaccounts', 'system:authenticated'],
}

/** An identity to gain, with an action that it is allowed and the subject is not. */
export interface EscalationTarget<T> {
  readonly of: T
  readonly identity: EscalationIdentity
  readonly gains: AccessAction
}

/** A service account. */
export interface Account {
  readonly namespace: string
  readonly name: string
}

/** The objects that paths are searched in, and the subject. */
export class SubjectView {
  readonly self: EscalationIdentity
  readonly objects: readonly KubeObject[]
  readonly policy: Policy
  readonly #compiled = new CompiledPolicy()

  constructor(objects: readonly KubeObject[], self: EscalationIdentity) {
    this.objects = objects
    this.self = self
    this.policy = policyOf(objects)
    for (const [key, rules] of this.policy.roles) this.#compiled.setRole(key, rules, true)
    for (const binding of [...this.policy.clusterBindings, ...this.policy.bindings])
      this.#compiled.add(binding)
  }

  ofKind<T extends KubeObject>(kind: string): readonly T[] {
    return this.objects.filter((object) => object.kind === kind) as unknown as readonly T[]
  }

  /** Returns whether the subject is allowed all of these actions. */
  may(...actions: readonly AccessAction[]): boolean {
    return actions.every((action) => this.#allows(this.self, action))
  }

  /** Returns all namespaces that occur in the objects, sorted. */
  namespaces(): readonly string[] {
    const names = this.objects.map(
      ({ kind, metadata }) => (kind === 'Namespace' ? metadata.name : metadata.namespace) ?? '',
    )
    return [...new Set(names)].filter((name) => name !== '').sort()
  }

  /** Returns the service accounts; if the objects contain no ServiceAccount, those that bindings name. */
  accounts(): readonly Account[] {
    const found = this.ofKind('ServiceAccount').map(({ metadata: { name = '', namespace = '' } }) => ({
      namespace,
      name,
    }))
    return found.length > 0
      ? found
      : this.subjects('ServiceAccount').map(({ name, namespace = '' }) => ({ namespace, name }))
  }

  /** Returns the subjects of a kind that bindings name, each once. */
  subjects(kind: string): readonly Subject[] {
    const found = new Map<string, Subject>()
    for (const { subjects, namespace: home } of [...this.policy.clusterBindings, ...this.policy.bindings])
      for (const subject of subjects) {
        if (subject.kind !== kind) continue
        const namespace = kind === 'ServiceAccount' ? subject.namespace || home : ''
        found.set(`${namespace}/${subject.name}`, namespace === '' ? subject : { ...subject, namespace })
      }
    return [...found.values()]
  }

  /** Returns the rules that an identity holds in a scope: a namespace, or '' for the cluster scope. */
  rulesOf(identity: EscalationIdentity, namespace: string): readonly PolicyRule[] {
    if (isPrivileged({ name: identity.user, groups: identity.groups })) return ALL_RULES
    const user = { name: identity.user, groups: identity.groups }
    const held = this.#compiled.heldIn(user, '')
    return (namespace === '' ? held : [...held, ...this.#compiled.heldIn(user, namespace)]).flatMap(
      ({ rules }) => rules?.rules ?? [],
    )
  }

  /**
   * Returns an action that these rules allow in a scope, and that neither the subject nor every service
   * account is allowed; undefined if there is none.
   */
  gainOf(rules: readonly PolicyRule[], namespace: string): AccessAction | undefined {
    const had = [...this.rulesOf(this.self, namespace), ...this.rulesOf(EVERY_ACCOUNT, namespace)]
    for (const part of missingRights(had, rules))
      for (const action of witnesses(part, namespace)) {
        if (!this.#allows(this.self, action) && !this.#allows(EVERY_ACCOUNT, action)) return action
      }
    return undefined
  }

  /**
   * Returns the candidates with more rights than the subject, without those whose rights another candidate
   * covers.
   */
  stronger<T>(
    candidates: readonly T[],
    identityOf: (candidate: T) => EscalationIdentity,
  ): readonly EscalationTarget<T>[] {
    const targets = candidates.flatMap((of): readonly EscalationTarget<T>[] => {
      const identity = identityOf(of)
      const gains = this.#gainAs(identity)
      return gains === undefined ? [] : [{ of, identity, gains }]
    })
    const kept: EscalationTarget<T>[] = []
    for (const target of targets) {
      // this.#coversAll(other.identity, target.identity))) continue => a path to weaker rights adds nothing
      // for the reader; one to equal rights is dropped in favour of the first
      if (kept.some((other) => this.#coversAll(other.identity, target.identity))) continue
      const rest = kept.filter((other) => !this.#coversAll(target.identity, other.identity))
      kept.splice(0, kept.length, ...rest, target)
    }
    return kept
  }

  #gainAs(identity: EscalationIdentity): AccessAction | undefined {
    for (const scope of this.#scopesOf(identity)) {
      const gains = this.gainOf(this.rulesOf(identity, scope), scope)
      if (gains !== undefined) return gains
    }
    return undefined
  }

  #coversAll(one: EscalationIdentity, other: EscalationIdentity): boolean {
    return this.#scopesOf(other).every((scope) =>
      hasRights(this.rulesOf(one, scope), this.rulesOf(other, scope)),
    )
  }

  /** Returns '' and the namespaces in which the identity holds something. */
  #scopesOf(identity: EscalationIdentity): readonly string[] {
    const user = { name: identity.user, groups: identity.groups }
    return [
      '',
      ...this.#boundNamespaces().filter((namespace) => this.#compiled.heldIn(user, namespace).length > 0),
    ]
  }

  #bound: readonly string[] | undefined

  #boundNamespaces(): readonly string[] {
    return (this.#bound ??= [...new Set(this.policy.bindings.map(({ namespace }) => namespace))].sort())
  }

  #allows({ user, groups }: EscalationIdentity, action: AccessAction): boolean {
    const who = { name: user, groups }
    const scope = action.path === undefined ? (action.namespace ?? '') : ''
    return isPrivileged(who) || this.#compiled.allows(who, scope, requestedAction(action))
  }
}

/** Returns the identity in a service account's tokens. */
export function accountIdentity({ namespace, name }: Account): EscalationIdentity {
  return {
    user: accountUser(namespace, name),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  }
}

const VERBS = ['delete', 'create', 'get', 'update', 'list', 'deletecollection', 'patch', 'watch']
const RESOURCES: readonly (readonly [string, string])[] = [
  ['', 'secrets'],
  ['', 'nodes'],
  ['apps', 'deployments'],
  ['rbac.authorization.k8s.io', 'clusterroles'],
  ['', 'pods'],
]
const PATHS = ['/metrics', '/debug/pprof', '/logs']

/** Yields queries that a rule with single values allows, starting with those that apply to any cluster. */
export function* witnesses(
  { verbs: [verb = '*'], apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule,
  namespace: string,
): Generator<AccessAction, void, undefined> {
  const words = verb === '*' ? VERBS : [verb]
  const [url] = nonResourceURLs ?? []
  if (url !== undefined) {
    if (namespace === '')
      for (const word of words)
        for (const path of pathsOf(url)) yield { verb: word === 'list' ? 'get' : word, path }
    return
  }
  const [group = '*'] = apiGroups ?? []
  const [name] = resourceNames ?? []
  const more = { ...(name === undefined ? {} : { name }), ...(namespace === '' ? {} : { namespace }) }
  for (const word of words)
    for (const [apiGroup, resource] of resourcesOf(group, resources?.[0] ?? '*')) {
      const [plural = '', subresource] = resource.split('/')
      yield {
        verb: word,
        apiGroup,
        resource: plural,
        ...(subresource === undefined ? {} : { subresource }),
        ...more,
      }
    }
}

function resourcesOf(group: string, resource: string): readonly (readonly [string, string])[] {
  const part = resource.startsWith('*/') ? resource.slice(1) : ''
  const known =
    part === '' && resource !== '*'
      ? [[group === '*' ? '' : group, resource] as const]
      : RESOURCES.map(([of, name]) => [of, `${name}${part}`] as const)
  if (group === '*') return known
  const fitting = known.filter(([of]) => of === group)
  return fitting.length > 0 ? fitting : [[group, `things${part}`]]
}

function pathsOf(url: string): readonly string[] {
  if (url === '*') return PATHS
  return [url.endsWith('*') ? `${url.replace(/(?<!\*)\*+$/, '')}x` : url]
}
