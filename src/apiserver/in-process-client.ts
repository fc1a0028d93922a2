import type { KubeObject } from '../api/kind/definition.js'
import type { Resources, Resource } from './registry/resources.js'
import type { ApiRequest, Impersonation, RequestOptions, RequestVerb } from './request.js'
import type { Status } from '../client/api-error.js'
import type {
  PodExecOptions,
  PodLogOptions,
  ExecStream,
  LogStream,
  PodStream,
  PortForwardStream,
  StreamName,
  StreamOptions,
} from '../client/pod-stream.js'
import type { ContainerStream } from '../client/node-agent.js'
import { ApiError } from '../client/api-error.js'
import type {
  DeletionOptions,
  GetOptions,
  ListOptions,
  ObjectKey,
  ObjectList,
  Patch,
  ResumableClient,
  UserInfo,
  Watch,
  WriteOptions,
} from '../client/client.js'
import type { InputOf, ObjectOf, ResourceName } from '../client/resources.js'

/** The part of an apiserver that a client needs. */
export interface RequestHandler {
  readonly context: { readonly resources: Resources }
  execute(request: ApiRequest): object
  watch(request: ApiRequest): Watch<KubeObject>
  resume(request: ApiRequest): Watch<KubeObject>
  reread(request: ApiRequest): object
  connect(request: ApiRequest, options: StreamOptions[StreamName]): PodStream
}

const NO_OPTIONS: RequestOptions = {}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/**
 * The {@link ResumableClient} of components and users in this process. It builds parsed requests, without
 * HTTP texts.
 */
export class InProcessClient implements ResumableClient {
  readonly user: UserInfo
  readonly #server: RequestHandler
  readonly #userAgent: string
  readonly #owner: string

  constructor(server: RequestHandler, user: UserInfo, userAgent: string, owner: string) {
    this.user = user
    this.#server = server
    this.#userAgent = userAgent
    this.#owner = owner
  }

  get<R extends ResourceName>(resource: R, key: ObjectKey, options?: GetOptions): ObjectOf<R> {
    return this.#send('get', resource, key, options ?? NO_OPTIONS) as ObjectOf<R>
  }

  list<R extends ResourceName>(resource: R, options: ListOptions = {}): ObjectList<ObjectOf<R>> {
    return this.#server.execute(this.#collection('list', resource, options)) as ObjectList<ObjectOf<R>>
  }

  create<R extends ResourceName>(resource: R, object: InputOf<R>, options: WriteOptions = {}): ObjectOf<R> {
    const { metadata } = object as { metadata?: ObjectKey }
    const target = this.#server.context.resources.get(resource)
    const namespace = namespaceFor(target, metadata?.namespace, 'during creation')
    return this.#server.execute(
      this.#request('create', target, namespace, undefined, options, { body: object }),
    ) as ObjectOf<R>
  }

  update<R extends ResourceName>(resource: R, object: InputOf<R>, options: WriteOptions = {}): ObjectOf<R> {
    return this.#send(
      'update',
      resource,
      object.metadata ?? {},
      options,
      { body: object },
      options.subresource,
    ) as ObjectOf<R>
  }

  updateStatus<R extends ResourceName>(
    resource: R,
    object: InputOf<R>,
    options: WriteOptions = {},
  ): ObjectOf<R> {
    return this.#send(
      'update',
      resource,
      object.metadata ?? {},
      options,
      { body: object },
      'status',
    ) as ObjectOf<R>
  }

  patch<R extends ResourceName>(
    resource: R,
    key: ObjectKey,
    patch: Patch,
    options: WriteOptions = {},
  ): ObjectOf<R> {
    return this.#send('patch', resource, key, options, { patch }, options.subresource) as ObjectOf<R>
  }

  delete<R extends ResourceName>(
    resource: R,
    key: ObjectKey,
    options: DeletionOptions = {},
  ): ObjectOf<R> | Status {
    return this.#send('delete', resource, key, options) as ObjectOf<R> | Status
  }

  deleteCollection<R extends ResourceName>(
    resource: R,
    list: ListOptions = {},
    options: DeletionOptions = {},
  ): ObjectList<ObjectOf<R>> {
    return this.#server.execute(
      this.#collection('deletecollection', resource, { ...list, ...options }),
    ) as ObjectList<ObjectOf<R>>
  }

  createSubresource(
    resource: ResourceName,
    key: ObjectKey,
    subresource: string,
    body: object,
    options: WriteOptions = {},
  ): KubeObject | Status {
    return this.#send('create', resource, key, options, { body }, subresource) as KubeObject | Status
  }

  getSubresource(resource: ResourceName, key: ObjectKey, subresource: string): KubeObject {
    return this.#send('get', resource, key, NO_OPTIONS, undefined, subresource) as KubeObject
  }

  logs(key: ObjectKey, options: PodLogOptions = {}): ContainerStream {
    return (this.#connect('log', key, options) as LogStream).session
  }

  exec(key: ObjectKey, options: PodExecOptions): ContainerStream {
    return (this.#connect('exec', key, options) as ExecStream).open()
  }

  attach(key: ObjectKey, options: PodExecOptions): ContainerStream {
    return (this.#connect('attach', key, options) as ExecStream).open()
  }

  portForward(key: ObjectKey, port: number): ContainerStream {
    return (this.#connect('portforward', key, { ports: [port] }) as PortForwardStream).open(port)
  }

  watch<R extends ResourceName>(resource: R, options: ListOptions = {}): Watch<ObjectOf<R>> {
    return this.#server.watch(this.#collection('watch', resource, options, this.#owner)) as unknown as Watch<
      ObjectOf<R>
    >
  }

  resumeWatch<R extends ResourceName>(resource: R, options: ListOptions): Watch<ObjectOf<R>> {
    return this.#server.resume(this.#collection('watch', resource, options, this.#owner)) as unknown as Watch<
      ObjectOf<R>
    >
  }

  reread<R extends ResourceName>(resource: R, options: ListOptions): ObjectList<ObjectOf<R>> {
    return this.#server.reread(this.#collection('list', resource, options)) as ObjectList<ObjectOf<R>>
  }

  #connect<S extends StreamName>(subresource: S, key: ObjectKey, options: StreamOptions[S]): PodStream {
    const target = this.#server.context.resources.get('pods')
    const namespace = namespaceFor(target, key.namespace, 'when a resource name is provided')
    const verb = subresource === 'log' ? 'get' : 'create'
    return this.#server.connect(
      { ...this.#request(verb, target, namespace, key.name, NO_OPTIONS), subresource },
      options,
    )
  }

  #send(
    verb: RequestVerb,
    resource: string,
    key: ObjectKey,
    options: RequestOptions,
    content?: Pick<ApiRequest, 'body' | 'patch'>,
    subresource?: string,
  ): object {
    const target = this.#server.context.resources.get(resource)
    const namespace = namespaceFor(target, key.namespace, 'when a resource name is provided')
    return this.#server.execute(
      this.#request(verb, target, namespace, key.name, options, content, subresource),
    )
  }

  #collection(
    verb: RequestVerb,
    resource: string,
    options: ListOptions & RequestOptions,
    owner?: string,
  ): ApiRequest {
    const target = this.#server.context.resources.get(resource)
    const namespace = target.namespaced && options.namespace !== '' ? options.namespace : undefined
    const request = this.#request(verb, target, namespace, undefined, options)
    if (owner !== undefined) request.owner = owner
    return request
  }

  #request(
    verb: RequestVerb,
    { group, definition: { version }, resource }: Resource,
    namespace: string | undefined,
    name: string | undefined,
    options: RequestOptions,
    content?: Pick<ApiRequest, 'body' | 'patch'>,
    subresource?: string,
  ): Writable<ApiRequest> {
    const request: Writable<ApiRequest> = {
      verb,
      group,
      version,
      resource,
      options,
      user: this.user,
      userAgent: this.#userAgent,
    }
    if (namespace !== undefined) request.namespace = namespace
    if (name !== undefined) request.name = name
    if (content?.body !== undefined) request.body = content.body
    if (content?.patch !== undefined) request.patch = content.patch
    if (subresource !== undefined) request.subresource = subresource
    return request
  }
}

/** Throws for a namespaced object without a namespace, as client-go does before it sends a request. */
function namespaceFor(
  { namespaced }: Resource,
  namespace: string | undefined,
  when: string,
): string | undefined {
  if (!namespaced) return undefined
  if (namespace === undefined || namespace === '')
    throw new ApiError(400, 'BadRequest', `an empty namespace may not be set ${when}`)
  return namespace
}

/** Wraps a server so that each request impersonates a user (the `Impersonate-*` headers). */
export function impersonating(server: RequestHandler, impersonate: Impersonation): RequestHandler {
  const acting = <T extends { readonly credentials?: object }>(request: T): T => ({
    ...request,
    credentials: { ...request.credentials, impersonate },
  })
  return {
    context: server.context,
    execute: (request) => server.execute(acting(request)),
    watch: (request) => server.watch(acting(request)),
    resume: (request) => server.resume(acting(request)),
    reread: (request) => server.reread(acting(request)),
    connect: (request, options) => server.connect(acting(request), options),
  }
}
