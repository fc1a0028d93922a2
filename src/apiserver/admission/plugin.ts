import type { KindDefinition, KubeObject } from '../../api/definition.js'
import type { UserInfo } from '../../client/client.js'
import type { AccessAttributes, Authorization } from '../authorization/authorizer.js'

/** What a plugin decides on: one write, after decoding and defaulting. */
export interface AdmissionAttributes<T extends KubeObject = KubeObject> {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'
  readonly definition: KindDefinition
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  /**
   * The object as it would be stored; undefined on DELETE. During `mutate` the object and its metadata are
   * drafts; on UPDATE deeper parts may be shared with the stored object and frozen, so replace them instead
   * of writing to them.
   */
  readonly object: T | undefined
  /** The stored object on UPDATE and DELETE. */
  readonly old: T | undefined
  readonly user: UserInfo
  readonly dryRun: boolean
  /** Set in the second round, after webhooks have changed the object. */
  readonly isReinvocation?: boolean
  /** Adds a `Warning:` header to the answer. */
  readonly warn: (text: string) => void
  /** Adds an annotation to the audit event of the request; the first one of a key stays. */
  readonly annotate: (key: string, value: string) => void
}

/** What a plugin may look at: the present state of the store, virtual time and random draws of its own. */
export interface AdmissionContext {
  readonly now: number
  /** The stored object, or undefined. */
  get<T extends KubeObject>(resource: string, namespace: string, name: string): T | undefined
  /** The stored objects of a resource, of one namespace if it is named, in key order. */
  list<T extends KubeObject>(resource: string, namespace?: string): readonly T[]
  /** Writes a changed version of a stored object, past strategy and validation. */
  replace<T extends KubeObject>(resource: string, stored: T, next: T): void
  /** `length` random characters of the alphabet that generated names use. */
  suffix(length: number): string
  /** The resources of a kind; none when it is not served. */
  resourcesOf(
    group: string,
    version: string,
    kind: string,
  ): readonly { readonly resource: string; readonly namespaced: boolean }[]
  /** Whether a user may do something, as the server's authorizer sees it. */
  authorize(user: UserInfo, attributes: AccessAttributes): Authorization
}

/**
 * One admission plugin. All mutating phases run first, in order, then all validating phases. A plugin refuses
 * by throwing ApiError. `resources` names the resources (`pods`, `pods/binding`) that it wants to see; absent
 * means all. Source: apiserver pkg/admission/interfaces.go.
 */
export interface AdmissionPlugin {
  readonly name: string
  readonly resources?: readonly string[]
  /** The answer true asks for a second round of all mutating plugins, once, since the object has changed. */
  mutate?(attributes: AdmissionAttributes, context: AdmissionContext): boolean | void
  validate?(attributes: AdmissionAttributes, context: AdmissionContext): void
}

/** All admission plugins as the registry calls them. */
export interface Admission {
  /** Runs the mutating phase on a draft. */
  mutate(attributes: AdmissionAttributes): void
  /** Runs the validating phase on the object as it will be stored. */
  validate(attributes: AdmissionAttributes): void
}
