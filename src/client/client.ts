import type { LabelSelector } from '../api/meta/generated.js'
import type { KubeObject } from '../api/kind/definition.js'
import type { Ready } from '../sim/ready-queue.js'
import type { PodExecOptions, PodLogOptions } from './pod-stream.js'
import type { ContainerStream } from './node-agent.js'
import type { Status } from './api-error.js'
import type { InputOf, ObjectOf, ResourceName } from './resources.js'

/** An authenticated user. Source: apiserver pkg/authentication/user. */
export interface UserInfo {
  readonly name: string
  readonly uid?: string
  readonly groups?: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** Names one object; the `metadata` of an object can be used. Cluster-scoped kinds have no `namespace`. */
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
  /** @default all namespaces */
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly limit?: number
  readonly continue?: string
  readonly resourceVersion?: string
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan'
}

/** Labels that objects must have, as text (`app=web,tier!=db`), as labels, or as a LabelSelector. */
export type LabelQuery = string | Readonly<Record<string, string>> | LabelSelector

/** Fields that objects must have, as text (`spec.nodeName=node-1`) or by their paths. */
export type FieldQuery = string | Readonly<Record<string, string>>

/** {@link ListOptions} as people write them. */
export interface ListQuery extends Omit<ListOptions, 'labelSelector' | 'fieldSelector'> {
  /** @example list('pods', { labelSelector: { app: 'web' } }) */
  readonly labelSelector?: LabelQuery
  /** @example list('pods', { fieldSelector: { 'spec.nodeName': 'node-1' } }) */
  readonly fieldSelector?: FieldQuery
}

/** Options of every write. */
export interface WriteOptions {
  /**
   * Runs everything except the storage.
   * @default false
   */
  readonly dryRun?: boolean
  /** @default the part of the user agent before `/` */
  readonly fieldManager?: string
  /**
   * For an apply patch: takes over fields of other managers.
   * @default false
   */
  readonly force?: boolean
  /**
   * What to do about unknown fields.
   * @default `Strict` for methods of a cluster, as kubectl; `Warn` for those of a client, as the server
   */
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict'
  /** The subresource to write: `status`, `scale`, `resize`, ... */
  readonly subresource?: string
}

/** Options of `delete` (meta/v1 DeleteOptions). */
export interface DeletionOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly dryRun?: boolean
}

/** The types of patches. */
export type Patch =
  | { readonly type: 'merge' | 'strategic' | 'apply'; readonly body: object }
  | { readonly type: 'json'; readonly body: readonly object[] }

/** The result of a list. `items` and everything inside are frozen. */
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

/** An informer as a watch knows it: data, so that copies of a cluster share it. */
export interface Follower {
  readonly step: Ready
  /** Name of the state slice with the informer's position, of the owner of the step. */
  readonly state: string
}

/**
 * A watch that is pulled, so that its position is one number. No event is lost between two pulls, because
 * they are read from etcd's history. `next` throws ApiError 410 `Expired` once that history has been
 * compacted.
 */
export interface Watch<T> {
  /** Resource version up to which events have been returned. */
  readonly resourceVersion: string
  /** Returns the events since the last call, in order; empty if there are none. */
  next(limit?: number): readonly WatchEvent<T>[]
  /**
   * Returns the events that `next()` would return, and leaves them.
   * @default they are not known
   */
  peek?(): readonly WatchEvent<T>[]
  /**
   * Sets the listener that is called (synchronously, inside the commit) when there may be new events.
   * `follower` is the informer whose step it wakes, if it does no more than that.
   */
  onReady(listener: () => void, follower?: Follower): void
  stop(): void
}

/**
 * A client of the apiserver with one identity. Controllers and users alike work through it. Objects passed in
 * are never changed; returned objects are deeply frozen. Every method throws ApiError if the server refuses
 * the request, and ConnectionError if it cannot be reached.
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
  /** DELETE. Returns the object if it still exists (graceful deletion, finalizers), else a Status. */
  delete<R extends ResourceName>(resource: R, key: ObjectKey, options?: DeletionOptions): ObjectOf<R> | Status
  deleteCollection<R extends ResourceName>(
    resource: R,
    list?: ListOptions,
    options?: DeletionOptions,
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
   * Opens the log of a container, or the streams of a command in it. They progress only while time moves.
   * Every session must be read to its `end` or stopped.
   * @throws ApiError if the server or the node's kubelet refuses
   */
  logs(key: ObjectKey, options?: PodLogOptions): ContainerStream
  exec(key: ObjectKey, options: PodExecOptions): ContainerStream
  attach(key: ObjectKey, options: PodExecOptions): ContainerStream
  /** Opens one connection to a port of a pod. */
  portForward(key: ObjectKey, port: number): ContainerStream
  /**
   * Opens a watch of the changes after `resourceVersion`. Without it, the current state comes first, as ADDED
   * events.
   */
  watch<R extends ResourceName>(resource: R, options?: ListOptions): Watch<ObjectOf<R>>
}

/** A client of people, whose selectors may be objects, and which refuses options that do not exist. */
export interface UserClient extends Client {
  list<R extends ResourceName>(resource: R, options?: ListQuery): ObjectList<ObjectOf<R>>
  deleteCollection<R extends ResourceName>(
    resource: R,
    list?: ListQuery,
    options?: DeletionOptions,
  ): ObjectList<ObjectOf<R>>
  watch<R extends ResourceName>(resource: R, options?: ListQuery): Watch<ObjectOf<R>>
}

/** A client whose informers can continue in a copy of the cluster from their position in the original. */
export interface ResumableClient extends Client {
  /** Reopens a watch of the original, without a request and without authorization. */
  resumeWatch<R extends ResourceName>(resource: R, options: ListOptions): Watch<ObjectOf<R>>

  /** Reads what a watch had received in the original, as of a revision. */
  reread<R extends ResourceName>(resource: R, options: ListOptions): ObjectList<ObjectOf<R>>
}
