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

/** Everything there is. */
export const ALL_RULES: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
]

/** What every service account has; to get that is nothing to speak of. */
const COMMON: EscalationIdentity = { user: '', groups: ['system:serviceaccounts', 'system:authenticated'] }

/** Somebody whose rights one may come to, and something that they may and the subject may not. */
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

/** The state in which paths are looked for, and the subject who looks. */
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

  /** Whether the subject may do all of this. */
  may(...questions: readonly AccessQuestion[]): boolean {
    return questions.every((question) => this.#allows(this.self, question))
  }

  /** All namespaces that are heard of, in order. */
  namespaces(): readonly string[] {
    const names = this.objects.map(
      ({ kind, metadata }) => (kind === 'Namespace' ? metadata.name : metadata.namespace) ?? '',
    )
    return [...new Set(names)].filter((name) => name !== '').sort()
  }

  /**
   * The service accounts that there are; where no ServiceAccount is among the objects, those that bindings
   * name.
   */
  accounts(): readonly Account[] {
    const found = this.ofKind('ServiceAccount').map(({ metadata: { name = '', namespace = '' } }) => ({
      namespace,
      name,
    }))
    return found.length > 0
      ? found
      : this.subjects('ServiceAccount').map(({ name, namespace = '' }) => ({ namespace, name }))
  }

  /** The subjects of that kind that bindings name, each once. */
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

  /** The rules that somebody holds in a scope: a namespace, or '' for all and none. */
  rulesOf(identity: EscalationIdentity, namespace: string): readonly PolicyRule[] {
    if (isPrivileged({ name: identity.user, groups: identity.groups })) return ALL_RULES
    const user = { name: identity.user, groups: identity.groups }
    const held = this.#compiled.heldIn(user, '')
    return (namespace === '' ? held : [...held, ...this.#compiled.heldIn(user, namespace)]).flatMap(
      ({ rules }) => rules?.rules ?? [],
    )
  }

  /**
   * Something that these rules allow in that scope and that neither the subject nor just any account may;
   * undefined without any.
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
   * Those of the candidates who may more than the subject, without those who may no more than another one of
   * them.
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

  /** '' and the namespaces in which somebody is given something. */
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

/** A service account as its tokens say who it is. */
export function accountIdentity({ namespace, name }: Account): EscalationIdentity {
  return {
    user: accountUser(namespace, name),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  }
}
