import type { KindDefinition, KubeObject } from '../../api/kind/definition.js'
import type { UserInfo } from '../../client/client.js'
import type { AccessAttributes, Authorization } from '../authorization/authorizer.js'

/** A write as a plugin sees it, after decoding and defaulting. */
export interface AdmissionAttributes<T extends KubeObject = KubeObject> {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'
  readonly definition: KindDefinition
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  /**
   * The object as it would be stored; undefined on DELETE, and on CONNECT the options of the request. During
   * `mutate` the object and its metadata are drafts; on UPDATE deeper parts may be shared with the stored
   * object and frozen, so replace them instead of writing to them.
   */
  readonly object: T | undefined
  /** The stored object on UPDATE and DELETE. */
  readonly old: T | undefined
  readonly user: UserInfo
  readonly dryRun: boolean
  /** Set in the second round, after webhooks have changed the object. */
  readonly isReinvocation?: boolean
  /** Adds a `Warning:` header to the response. */
  readonly warn: (text: string) => void
  /** Adds an annotation to the audit event of the request, unless its key has one. */
  readonly annotate: (key: string, value: string) => void
}

/** What a plugin may use: the current state of the store, virtual time, and its own random stream. */
export interface AdmissionContext {
  readonly now: number
  /** Returns the stored object, or undefined. */
  get<T extends KubeObject>(resource: string, namespace: string, name: string): T | undefined
  /** Returns the stored objects of a resource (of one namespace, if given) in key order. */
  list<T extends KubeObject>(resource: string, namespace?: string): readonly T[]
  /** Stores a changed version of an object without strategy and validation. */
  replace<T extends KubeObject>(resource: string, stored: T, next: T): void
  /** Returns `length` random characters of the alphabet of generated names. */
  suffix(length: number): string
  /** Returns the resources of a kind; empty if it is not served. */
  resourcesOf(
    group: string,
    version: string,
    kind: string,
  ): readonly { readonly resource: string; readonly namespaced: boolean }[]
  /** Asks the server's authorizer whether a user may do something. */
  authorize(user: UserInfo, attributes: AccessAttributes): Authorization
}

/**
 * One admission plugin. All mutating phases run first, in order, then all validating phases. A plugin refuses
 * by throwing ApiError. `resources` are the resources (`pods`, `pods/binding`) for which it is called.
 * Default: all. Source: apiserver pkg/admission/interfaces.go.
 */
export interface AdmissionPlugin {
  readonly name: string
  readonly resources?: readonly string[]
  /** Whether it is called for CONNECT (`pods/exec`, `services/proxy`, ...). Default false. */
  readonly seesConnections?: boolean
  /**
   * Returns true if all mutating plugins must run a second time, because the object has changed. That happens
   * at most once.
   */
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
