import type { KubeObject } from '../../api/definition.js'
import type { PodExecOptions, PodLogOptions } from '../../client/pod-stream.js'
import type { ContainerStream } from '../../client/node-agent.js'
import type { Status } from '../../client/api-error.js'
import type {
  Client,
  DeleteOptions,
  GetOptions,
  ListOptions,
  ObjectKey,
  ObjectList,
  Patch,
  UserInfo,
  Watch,
  WriteOptions,
} from '../../client/client.js'
import type { InputOf, ObjectOf, ResourceName } from '../../client/resources.js'

/** A client that checks before every call whether it gets through, and under which identity. */
export class ConnectedClient implements Client {
  readonly user: UserInfo
  readonly #admitted: () => Client

  /**
   * `admitted` returns the client for a call. It throws ConnectionError if the apiserver cannot be reached,
   * and ApiError 401 if it refuses the credentials.
   */
  constructor(admitted: () => Client, user: UserInfo) {
    this.#admitted = admitted
    this.user = user
  }

  get<R extends ResourceName>(resource: R, key: ObjectKey, options?: GetOptions): ObjectOf<R> {
    return this.#admitted().get(resource, key, options)
  }

  list<R extends ResourceName>(resource: R, options?: ListOptions): ObjectList<ObjectOf<R>> {
    return this.#admitted().list(resource, options)
  }

  create<R extends ResourceName>(resource: R, object: InputOf<R>, options?: WriteOptions): ObjectOf<R> {
    return this.#admitted().create(resource, object, options)
  }

  update<R extends ResourceName>(resource: R, object: InputOf<R>, options?: WriteOptions): ObjectOf<R> {
    return this.#admitted().update(resource, object, options)
  }

  updateStatus<R extends ResourceName>(resource: R, object: InputOf<R>, options?: WriteOptions): ObjectOf<R> {
    return this.#admitted().updateStatus(resource, object, options)
  }

  patch<R extends ResourceName>(
    resource: R,
    key: ObjectKey,
    patch: Patch,
    options?: WriteOptions,
  ): ObjectOf<R> {
    return this.#admitted().patch(resource, key, patch, options)
  }

  delete<R extends ResourceName>(resource: R, key: ObjectKey, options?: DeleteOptions): ObjectOf<R> | Status {
    return this.#admitted().delete(resource, key, options)
  }

  deleteCollection<R extends ResourceName>(
    resource: R,
    list?: ListOptions,
    options?: DeleteOptions,
  ): ObjectList<ObjectOf<R>> {
    return this.#admitted().deleteCollection(resource, list, options)
  }

  createSubresource(
    resource: ResourceName,
    key: ObjectKey,
    subresource: string,
    body: object,
    options?: WriteOptions,
  ): KubeObject | Status {
    return this.#admitted().createSubresource(resource, key, subresource, body, options)
  }

  getSubresource(resource: ResourceName, key: ObjectKey, subresource: string): KubeObject {
    return this.#admitted().getSubresource(resource, key, subresource)
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
}

/**
 * Returns a client that runs `check` before every call; it throws ConnectionError if the apiserver cannot be
 * reached.
 */
export function checkedClient(client: Client, check: () => void): Client {
  return new ConnectedClient(() => {
    check()
    return client
  }, client.user)
}
