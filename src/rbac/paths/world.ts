import type { KubeObject } from '../../api/definition.js'
import type { PolicyRule, Subject } from '../../api/rbac/generated.js'
import { CompiledPolicy } from '../compiled.js'
import { covers, missingRights } from '../covers.js'
import type { AccessQuestion } from '../evaluate.js'
import { askedOf } from '../evaluate.js'
import type { Policy } from '../policy.js'
import { policyOf } from '../policy.js'
import { accountUser, isPrivileged } from '../subjects.js'
import type { EscalationIdentity } from './path.js'
import { witnesses } from './witness.js'

/** The rules that allow everything. */
export const ALL_RULES: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
]

/** The groups that every service account has; rights gained through them are not worth reporting. */
const COMMON: EscalationIdentity = { user: '', groups: ['system:serviceaccounts', 'system:authenticated'] }

/** An identity to gain, with an action that it is allowed and the subject is not. */
export interface Target<T> {
  readonly of: T
  readonly identity: EscalationIdentity
  readonly gains: AccessQuestion
}

/** A service account. */
export interface Account {
  readonly namespace: string
  readonly name: string
}

/** The objects that paths are searched in, and the subject. */
export class World {
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
  may(...questions: readonly AccessQuestion[]): boolean {
    return questions.every((question) => this.#allows(this.self, question))
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
  gainOf(rules: readonly PolicyRule[], namespace: string): AccessQuestion | undefined {
    const had = [...this.rulesOf(this.self, namespace), ...this.rulesOf(COMMON, namespace)]
    for (const part of missingRights(had, rules))
      for (const question of witnesses(part, namespace)) {
        if (!this.#allows(this.self, question) && !this.#allows(COMMON, question)) return question
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
  ): readonly Target<T>[] {
    const targets = candidates.flatMap((of): readonly Target<T>[] => {
      const identity = identityOf(of)
      const gains = this.#gainAs(identity)
      return gains === undefined ? [] : [{ of, identity, gains }]
    })
    const kept: Target<T>[] = []
    for (const target of targets) {
      if (kept.some((other) => this.#coversAll(other.identity, target.identity))) continue
      const rest = kept.filter((other) => !this.#coversAll(target.identity, other.identity))
      kept.splice(0, kept.length, ...rest, target)
    }
    return kept
  }

  #gainAs(identity: EscalationIdentity): AccessQuestion | undefined {
    for (const scope of this.#scopesOf(identity)) {
      const gains = this.gainOf(this.rulesOf(identity, scope), scope)
      if (gains !== undefined) return gains
    }
    return undefined
  }

  #coversAll(one: EscalationIdentity, other: EscalationIdentity): boolean {
    return this.#scopesOf(other).every((scope) =>
      covers(this.rulesOf(one, scope), this.rulesOf(other, scope)),
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

  #allows({ user, groups }: EscalationIdentity, question: AccessQuestion): boolean {
    const who = { name: user, groups }
    const scope = question.path === undefined ? (question.namespace ?? '') : ''
    return isPrivileged(who) || this.#compiled.allows(who, scope, askedOf(question))
  }
}

/** Returns the identity in a service account's tokens. */
export function accountIdentity({ namespace, name }: Account): EscalationIdentity {
  return {
    user: accountUser(namespace, name),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  }
}
