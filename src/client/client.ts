import type { KubeObject } from '../api/definition.js'
import type { PodExecOptions, PodLogOptions } from './pod-stream.js'
import type { Session } from './node-agent.js'
import type { Status } from './api-error.js'
import type { InputOf, ObjectOf, ResourceName } from './resources.js'

/** Who asks. Source: apiserver pkg/authentication/user. */
export interface UserInfo {
  readonly name: string
  readonly uid?: string
  readonly groups?: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** Names one object; `metadata` of any object is one. `namespace` is left out for cluster-scoped kinds. */
export interface ObjectKey {
  readonly name?: string | undefined
  readonly namespace?: string | undefined
}

/** Options of `get`. `resourceVersion`: unset = most recent, '0' = any, N = not older than N. */
export interface GetOptions {
  readonly resourceVersion?: string
}

/** Options of `list`, `watch` and `deleteCollection`. Selectors are written as in a query string. */
export interface ListOptions {
  /** All namespaces when left out. */
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly limit?: number
  readonly continue?: string
  readonly resourceVersion?: string
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan'
}

/** Options of every write. */
export interface WriteOptions {
  /** Runs everything but the storage. Default false. */
  readonly dryRun?: boolean
  /** Default: the part of the user agent before `/`. */
  readonly fieldManager?: string
  /** Of an apply patch: takes fields that others own. Default false. */
  readonly force?: boolean
  /** What happens to unknown fields. Default `Warn`, as on the server. */
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict'
  /** `status`, `scale`, `resize`, ...: writes that subresource. */
  readonly subresource?: string
}

/** Options of `delete` (meta/v1 DeleteOptions). */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly dryRun?: boolean
}

/** The ways to patch. */
export type Patch =
  | { readonly type: 'merge' | 'strategic' | 'apply'; readonly body: object }
  | { readonly type: 'json'; readonly body: readonly object[] }

/** A list answer. `items` and everything inside is frozen. */
export interface ObjectList<T> {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly resourceVersion: string
    readonly continue?: string
    readonly remainingItemCount?: number
  }
  readonly items: readonly T[]
}

/** One change that a watch reports. */
export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  readonly object: T
}

/**
 * A watch that is pulled, so that where it stands is one number. Nothing is lost between two pulls: events
 * are read from etcd's history. `next` throws ApiError 410 `Expired` once that history has been compacted.
 */
export interface Watch<T> {
  /** Resource version up to which events have been taken. */
  readonly resourceVersion: string
  /** Takes what has happened since the last call, in order; empty when there is nothing. */
  next(limit?: number): readonly WatchEvent<T>[]
  /** Called (synchronously, inside the commit) when there may be something to take. */
  onReady(listener: () => void): void
  stop(): void
}

/**
 * A client of the apiserver under one identity: everything in the simulator, controllers and users alike,
 * goes through this door. Objects passed in are never changed; objects given out are deeply frozen. Every
 * method throws ApiError when the server refuses and ConnectionError when it cannot be reached.
 */
export interface Client {
  readonly user: UserInfo
  get<R extends ResourceName>(resource: R, key: ObjectKey, options?: GetOptions): ObjectOf<R>
  list<R extends ResourceName>(resource: R, options?: ListOptions): ObjectList<ObjectOf<R>>
  /** POST. The namespace is that of `object.metadata`. */
  create<R extends ResourceName>(resource: R, object: InputOf<R>, options?: WriteOptions): ObjectOf<R>
  /** PUT of the whole object (or of the subresource that `options` names). */
  update<R extends ResourceName>(resource: R, object: InputOf<R>, options?: WriteOptions): ObjectOf<R>
  /** PUT to `/status`. */
  updateStatus<R extends ResourceName>(resource: R, object: InputOf<R>, options?: WriteOptions): ObjectOf<R>
  patch<R extends ResourceName>(
    resource: R,
    key: ObjectKey,
    patch: Patch,
    options?: WriteOptions,
  ): ObjectOf<R>
  /** DELETE: answers the object if it still exists (graceful deletion, finalizers), else a Status. */
  delete<R extends ResourceName>(resource: R, key: ObjectKey, options?: DeleteOptions): ObjectOf<R> | Status
  deleteCollection<R extends ResourceName>(
    resource: R,
    list?: ListOptions,
    options?: DeleteOptions,
  ): ObjectList<ObjectOf<R>>
  /** POST to a subresource such as `pods/binding`, `pods/eviction`, `serviceaccounts/token`. */
  createSubresource(
    resource: ResourceName,
    key: ObjectKey,
    subresource: string,
    body: object,
    options?: WriteOptions,
  ): KubeObject | Status
  /** GET of a subresource such as `deployments/scale`. */
  getSubresource(resource: ResourceName, key: ObjectKey, subresource: string): KubeObject
  /**
   * The log of a container, or the streams of a command in it. Nothing comes of them but while time is moved.
   * Every session must be read to its `end` or stopped. Throws ApiError where the server (or the node's
   * kubelet) refuses.
   */
  logs(key: ObjectKey, options?: PodLogOptions): Session
  exec(key: ObjectKey, options: PodExecOptions): Session
  attach(key: ObjectKey, options: PodExecOptions): Session
  /** One connection to a port of a pod. */
  portForward(key: ObjectKey, port: number): Session
  /** Starts after `resourceVersion`; without one, the current state comes first as ADDED events. */
  watch<R extends ResourceName>(resource: R, options?: ListOptions): Watch<ObjectOf<R>>
}

/** A client whose informers can go on in a copy of the cluster where they stood in the original. */
export interface ResumableClient extends Client {
  /** Opens a watch again that was open in the original: no request, nobody is asked whether it may. */
  resumeWatch<R extends ResourceName>(resource: R, options: ListOptions): Watch<ObjectOf<R>>

  /** Reads what a watch had brought in the original, as of a revision. */
  reread<R extends ResourceName>(resource: R, options: ListOptions): ObjectList<ObjectOf<R>>
}
