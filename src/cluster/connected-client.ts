import type { KubeObject } from '../api/definition.js'
import type { PodExecOptions, PodLogOptions } from '../apiserver/connect/pod-options.js'
import type { Session } from '../apiserver/node-agent.js'
import type { Status } from '../apiserver/client/api-error.js'
import type {
  Client,
  Creatable,
  DeleteOptions,
  GetOptions,
  ListOptions,
  ObjectKey,
  ObjectList,
  Patch,
  UserInfo,
  Watch,
  WriteOptions,
} from '../apiserver/client/client.js'
import type { ObjectOf, ResourceName } from '../apiserver/client/resources.js'

/** A client whose every call first asks whether the network lets it through. */
export class ConnectedClient implements Client {
  readonly #client: Client
  readonly #check: () => void

  /** `check` throws ConnectionError when the apiserver cannot be reached. */
  constructor(client: Client, check: () => void) {
    this.#client = client
    this.#check = check
  }

  get user(): UserInfo {
    return this.#client.user
  }

  get<R extends ResourceName>(resource: R, key: ObjectKey, options?: GetOptions): ObjectOf<R> {
    this.#check()
    return this.#client.get(resource, key, options)
  }

  list<R extends ResourceName>(resource: R, options?: ListOptions): ObjectList<ObjectOf<R>> {
    this.#check()
    return this.#client.list(resource, options)
  }

  create<R extends ResourceName>(resource: R, object: Creatable<ObjectOf<R>>, options?: WriteOptions): ObjectOf<R> {
    this.#check()
    return this.#client.create(resource, object, options)
  }

  update<R extends ResourceName>(resource: R, object: ObjectOf<R>, options?: WriteOptions): ObjectOf<R> {
    this.#check()
    return this.#client.update(resource, object, options)
  }

  updateStatus<R extends ResourceName>(resource: R, object: ObjectOf<R>, options?: WriteOptions): ObjectOf<R> {
    this.#check()
    return this.#client.updateStatus(resource, object, options)
  }

  patch<R extends ResourceName>(resource: R, key: ObjectKey, patch: Patch, options?: WriteOptions): ObjectOf<R> {
    this.#check()
    return this.#client.patch(resource, key, patch, options)
  }

  delete<R extends ResourceName>(resource: R, key: ObjectKey, options?: DeleteOptions): ObjectOf<R> | Status {
    this.#check()
    return this.#client.delete(resource, key, options)
  }

  deleteCollection<R extends ResourceName>(resource: R, list?: ListOptions, options?: DeleteOptions): ObjectList<ObjectOf<R>> {
    this.#check()
    return this.#client.deleteCollection(resource, list, options)
  }

  createSubresource(
    resource: ResourceName,
    key: ObjectKey,
    subresource: string,
    body: object,
    options?: WriteOptions,
  ): KubeObject | Status {
    this.#check()
    return this.#client.createSubresource(resource, key, subresource, body, options)
  }

  getSubresource(resource: ResourceName, key: ObjectKey, subresource: string): KubeObject {
    this.#check()
    return this.#client.getSubresource(resource, key, subresource)
  }

  logs(key: ObjectKey, options?: PodLogOptions): Session {
    this.#check()
    return this.#client.logs(key, options)
  }

  exec(key: ObjectKey, options: PodExecOptions): Session {
    this.#check()
    return this.#client.exec(key, options)
  }

  attach(key: ObjectKey, options: PodExecOptions): Session {
    this.#check()
    return this.#client.attach(key, options)
  }

  portForward(key: ObjectKey, port: number): Session {
    this.#check()
    return this.#client.portForward(key, port)
  }

  watch<R extends ResourceName>(resource: R, options?: ListOptions): Watch<ObjectOf<R>> {
    this.#check()
    return this.#client.watch(resource, options)
  }
}
