import type { KubeObject } from '../../api/kind/definition.js'
import type { PodExecOptions, PodLogOptions } from '../../client/pod-stream.js'
import type { ContainerStream } from '../../client/node-agent.js'
import { type ApiError, isApiError, type Status } from '../../client/api-error.js'
import type {
  Client,
  DeletionOptions,
  GetOptions,
  ListOptions,
  ListQuery,
  ObjectKey,
  ObjectList,
  Patch,
  UserClient,
  UserInfo,
  Watch,
  WriteOptions,
} from '../../client/client.js'
import type { InputOf, ObjectOf, ResourceName } from '../../client/resources.js'
import { throwAtCaller } from '../at-caller.js'
import { listOptionsOf } from '../inputs/list-query.js'
import { clientInputs } from '../inputs/methods.js'
import type { GatedRequest } from './request-gate.js'

/** A client that checks before every call whether it gets through, and under which identity. */
export class ConnectedClient implements Client {
  readonly user: UserInfo
  readonly #admitted: () => Client
  readonly #gate: ((verb: Verb, resource: string, key?: ObjectKey, subresource?: string) => Gate) | undefined
  readonly #onForbidden: ((error: ApiError) => void) | undefined

  /**
   * `admitted` returns the client for a call. It throws ConnectionError if the apiserver cannot be reached,
   * and ApiError 401 if it refuses the credentials. `gate` returns what stands in the way of a call;
   * `onForbidden` learns of those that are refused with 403.
   */
  constructor(
    admitted: () => Client,
    user: UserInfo,
    gate?: (verb: Verb, resource: string, key?: ObjectKey, subresource?: string) => Gate,
    onForbidden?: (error: ApiError) => void,
  ) {
    this.#onForbidden = onForbidden
    this.#admitted = admitted
    this.user = user
    this.#gate = gate
  }

  get<R extends ResourceName>(resource: R, key: ObjectKey, options?: GetOptions): ObjectOf<R> {
    const send = (): ObjectOf<R> => this.#admitted().get(resource, key, options)
    return this.#through('get', resource, key, undefined, send)
  }

  list<R extends ResourceName>(resource: R, options?: ListOptions): ObjectList<ObjectOf<R>> {
    const send = (): ObjectList<ObjectOf<R>> => this.#admitted().list(resource, options)
    return this.#through('list', resource, options, undefined, send)
  }

  create<R extends ResourceName>(resource: R, object: InputOf<R>, options?: WriteOptions): ObjectOf<R> {
    const send = (): ObjectOf<R> => this.#admitted().create(resource, object, options)
    return this.#through('create', resource, object.metadata, undefined, send)
  }

  update<R extends ResourceName>(resource: R, object: InputOf<R>, options?: WriteOptions): ObjectOf<R> {
    const send = (): ObjectOf<R> => this.#admitted().update(resource, object, options)
    return this.#through('update', resource, object.metadata, options?.subresource, send)
  }

  updateStatus<R extends ResourceName>(resource: R, object: InputOf<R>, options?: WriteOptions): ObjectOf<R> {
    const send = (): ObjectOf<R> => this.#admitted().updateStatus(resource, object, options)
    return this.#through('update', resource, object.metadata, 'status', send)
  }

  patch<R extends ResourceName>(
    resource: R,
    key: ObjectKey,
    patch: Patch,
    options?: WriteOptions,
  ): ObjectOf<R> {
    const send = (): ObjectOf<R> => this.#admitted().patch(resource, key, patch, options)
    return this.#through('patch', resource, key, options?.subresource, send)
  }

  delete<R extends ResourceName>(
    resource: R,
    key: ObjectKey,
    options?: DeletionOptions,
  ): ObjectOf<R> | Status {
    const send = (): ObjectOf<R> | Status => this.#admitted().delete(resource, key, options)
    return this.#through('delete', resource, key, undefined, send)
  }

  deleteCollection<R extends ResourceName>(
    resource: R,
    list?: ListOptions,
    options?: DeletionOptions,
  ): ObjectList<ObjectOf<R>> {
    const send = (): ObjectList<ObjectOf<R>> => this.#admitted().deleteCollection(resource, list, options)
    return this.#through('deletecollection', resource, list, undefined, send)
  }

  createSubresource(
    resource: ResourceName,
    key: ObjectKey,
    subresource: string,
    body: object,
    options?: WriteOptions,
  ): KubeObject | Status {
    const send = (): KubeObject | Status =>
      this.#admitted().createSubresource(resource, key, subresource, body, options)
    return this.#through('create', resource, key, subresource, send)
  }

  getSubresource(resource: ResourceName, key: ObjectKey, subresource: string): KubeObject {
    const send = (): KubeObject => this.#admitted().getSubresource(resource, key, subresource)
    return this.#through('get', resource, key, subresource, send)
  }

  logs(key: ObjectKey, options?: PodLogOptions): ContainerStream {
    return this.#admitted().logs(key, options)
  }

  exec(key: ObjectKey, options: PodExecOptions): ContainerStream {
    return this.#admitted().exec(key, options)
  }

  attach(key: ObjectKey, options: PodExecOptions): ContainerStream {
    return this.#admitted().attach(key, options)
  }

  portForward(key: ObjectKey, port: number): ContainerStream {
    return this.#admitted().portForward(key, port)
  }

  watch<R extends ResourceName>(resource: R, options?: ListOptions): Watch<ObjectOf<R>> {
    return this.#admitted().watch(resource, options)
  }

  #through<T>(
    verb: Verb,
    resource: string,
    key: ObjectKey | undefined,
    subresource: string | undefined,
    send: () => T,
  ): T {
    const gate = this.#gate?.(verb, resource, key, subresource)
    try {
      return gate === undefined ? send() : gate(send)
    } catch (error) {
      if (isApiError(error, 'Forbidden')) this.#onForbidden?.(error)
      throw error
    }
  }
}

type Verb = GatedRequest['verb']

/** Sends a request, or not; see {@link RequestGate}. */
type Gate = (<T>(send: () => T) => T) | undefined

/**
 * The client of a user, or of a user's component: what it is given is checked, and the stacks of its errors
 * begin at the caller.
 */
export class CheckedClient extends ConnectedClient implements UserClient {
  static {
    const methods = Object.getOwnPropertyDescriptors(ConnectedClient.prototype)
    const own = Object.getOwnPropertyDescriptors(this.prototype)
    throwAtCaller(Object.create(null, { ...methods, ...own }), clientInputs, this.prototype)
  }

  override list<R extends ResourceName>(resource: R, query?: ListQuery): ObjectList<ObjectOf<R>> {
    return super.list(resource, listOptionsOf(query))
  }

  override deleteCollection<R extends ResourceName>(
    resource: R,
    query?: ListQuery,
    options?: DeletionOptions,
  ): ObjectList<ObjectOf<R>> {
    return super.deleteCollection(resource, listOptionsOf(query), options)
  }

  override watch<R extends ResourceName>(resource: R, query?: ListQuery): Watch<ObjectOf<R>> {
    return super.watch(resource, listOptionsOf(query))
  }
}

/**
 * Returns a client that runs `check` before every call; it throws ConnectionError if the apiserver cannot be
 * reached.
 */
export function checkedClient(client: Client, check: () => void): UserClient {
  return new CheckedClient(() => {
    check()
    return client
  }, client.user)
}
