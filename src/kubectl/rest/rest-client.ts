import { exactJson } from '../../lang/json/exact-json.js'
import { parseExactJson } from '../../lang/go/json.js'
import type { KindDefinition, KubeObject } from '../../api/kind/definition.js'
import { encodeProtobuf, hasProtobufForm } from '../../api/protobuf/protobuf.js'
import { formatApiVersion } from '../../api/api-version.js'
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
import type { ObjectOf, ResourceName } from '../../client/resources.js'
import type { HttpAnswer, HttpRequest, HttpResponse } from '../../client/http.js'
import { KubectlError } from '../call/errors.js'
import { groupResource } from '../args/kinds.js'
import type { Addresses, Query } from './address.js'
import { pathOf, queryText } from './address.js'
import { bodyText, contentType, failureOf, isFailed } from '../../client/response.js'
import type { Exchange } from './exchange.js'
import type { Requested } from '../../client/response.js'
import { RestWatch } from './rest-watch.js'

const JSON_TYPE = 'application/json'
const PROTOBUF = 'application/vnd.kubernetes.protobuf'
const PATCH_TYPES: Readonly<Record<Patch['type'], string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

/** What a {@link RestClient} is made of. */
export interface RestClientParts {
  readonly exchange: Exchange
  readonly addresses: Addresses
  readonly now: () => number
  readonly user: UserInfo
  /** Whether it is a client of Go types, which prefers protobuf; others use JSON. */
  readonly isTyped: boolean
}

type Session = ReturnType<Client['exec']>

interface Sent {
  readonly query?: Query
  readonly body?: object
  /** Default: JSON, or protobuf for a typed client. */
  readonly type?: string
  readonly accept?: string
}

/** A client over HTTP, like client-go's. */
export class RestClient implements Client {
  readonly user: UserInfo
  readonly #parts: RestClientParts

  constructor(parts: RestClientParts) {
    this.user = parts.user
    this.#parts = parts
  }

  get<R extends ResourceName>(resource: R, key: ObjectKey, options: GetOptions = {}): ObjectOf<R> {
    return this.#object('GET', resource, key, '', { query: { ...options } }) as ObjectOf<R>
  }

  list<R extends ResourceName>(resource: R, options: ListOptions = {}): ObjectList<ObjectOf<R>> {
    const definition = this.#parts.addresses.definitionOf(resource)
    return this.listAt(definition, options as ListOptions & Query, this.#accept()) as ObjectList<ObjectOf<R>>
  }

  /** Lists objects in the form of `accept`. */
  listAt(definition: KindDefinition, { namespace, ...query }: ListOptions & Query, accept: string): object {
    return this.#decoded('GET', definition, { namespace }, '', { query, accept })
  }

  /** Gets an object in the form of `accept`. */
  getAt(definition: KindDefinition, key: ObjectKey, accept: string, query: Query = {}): object {
    return this.#decoded('GET', definition, key, '', { accept, query })
  }

  create<R extends ResourceName>(resource: R, object: object, options: WriteOptions = {}): ObjectOf<R> {
    const { namespace } = (object as { readonly metadata?: ObjectKey }).metadata ?? {}
    return this.#object('POST', resource, namespace === undefined ? {} : { namespace }, '', {
      body: object,
      query: writeQuery(options),
    }) as ObjectOf<R>
  }

  update<R extends ResourceName>(resource: R, object: ObjectOf<R>, options: WriteOptions = {}): ObjectOf<R> {
    return this.#object('PUT', resource, object.metadata, options.subresource ?? '', {
      body: object,
      query: writeQuery(options),
    }) as ObjectOf<R>
  }

  updateStatus<R extends ResourceName>(
    resource: R,
    object: ObjectOf<R>,
    options: WriteOptions = {},
  ): ObjectOf<R> {
    return this.update(resource, object, { ...options, subresource: 'status' })
  }

  patch<R extends ResourceName>(
    resource: R,
    key: ObjectKey,
    { type, body }: Patch,
    options: WriteOptions = {},
  ): ObjectOf<R> {
    return this.#object('PATCH', resource, key, options.subresource ?? '', {
      body,
      type: PATCH_TYPES[type],
      query: writeQuery(options),
    }) as ObjectOf<R>
  }

  delete<R extends ResourceName>(
    resource: R,
    key: ObjectKey,
    options: DeleteOptions = {},
  ): ObjectOf<R> | Status {
    return this.#object('DELETE', resource, key, '', { body: deleteBody(options), type: JSON_TYPE }) as
      | ObjectOf<R>
      | Status
  }

  deleteCollection<R extends ResourceName>(
    resource: R,
    { namespace, ...query }: ListOptions = {},
    options: DeleteOptions = {},
  ): ObjectList<ObjectOf<R>> {
    return this.#object('DELETE', resource, namespace === undefined ? {} : { namespace }, '', {
      body: deleteBody(options),
      type: JSON_TYPE,
      query: { ...query },
    }) as unknown as ObjectList<ObjectOf<R>>
  }

  createSubresource(
    resource: ResourceName,
    key: ObjectKey,
    subresource: string,
    body: object,
    options: WriteOptions = {},
  ): KubeObject | Status {
    return this.#object('POST', resource, key, subresource, { body, query: writeQuery(options) })
  }

  getSubresource(resource: ResourceName, key: ObjectKey, subresource: string): KubeObject {
    return this.#object('GET', resource, key, subresource, {})
  }

  logs(key: ObjectKey, options: object = {}): Session {
    const answer = this.#send('GET', this.#parts.addresses.definitionOf('pods'), key, 'log', {
      query: options as Query,
    })
    if ('stream' in answer && answer.stream.kind === 'log') return answer.stream.session
    return endedSession(this.#body(answer, { method: 'GET' }))
  }

  exec(key: ObjectKey, options: object): Session {
    return this.#attached(key, 'exec', options as Query)
  }

  attach(key: ObjectKey, options: object): Session {
    return this.#attached(key, 'attach', options as Query)
  }

  portForward(key: ObjectKey, port: number): Session {
    const { stream } = this.#upgraded(
      key,
      'portforward',
      {},
      'SPDY/3.1+portforward.k8s.io',
      'portforward.k8s.io',
    )
    if (stream.kind !== 'portforward') throw new Error('assertion failed: ports were asked for')
    return stream.open(port)
  }

  watch<R extends ResourceName>(resource: R, options: ListOptions = {}): Watch<ObjectOf<R>> {
    return this.watchAt(
      this.#parts.addresses.definitionOf(resource),
      options as ListOptions & Query,
      this.#accept(),
    ) as unknown as Watch<ObjectOf<R>>
  }

  /** Watches in the form of `accept`. */
  watchAt(
    definition: KindDefinition,
    { namespace, ...query }: ListOptions & Query,
    accept: string,
  ): RestWatch {
    const answer = this.#send('GET', definition, { namespace }, '', {
      query: { ...query, watch: true },
      accept,
    })
    if ('next' in answer) return new RestWatch(answer, query.resourceVersion ?? '', this.#parts.now)
    this.#body(answer, { method: 'GET', resource: groupResource(definition) })
    throw new KubectlError('unable to decode an event from the watch stream: EOF')
  }

  #attached(key: ObjectKey, subresource: string, query: Query): Session {
    const { stream } = this.#upgraded(
      key,
      subresource,
      query,
      'v5.channel.k8s.io',
      'v5.channel.k8s.io,v4.channel.k8s.io,v3.channel.k8s.io,v2.channel.k8s.io,channel.k8s.io',
    )
    if (stream.kind !== 'exec' && stream.kind !== 'attach')
      throw new Error('assertion failed: a command was asked for')
    return stream.open()
  }

  /**
   * Upgrades by WebSocket, or by SPDY if that is refused. Source: client-go tools/remotecommand fallback.go,
   * spdy.go; apimachinery httpstream/spdy roundtripper.go.
   */
  #upgraded(
    key: ObjectKey,
    subresource: string,
    query: Query,
    webSocket: string,
    spdy: string,
  ): Extract<HttpAnswer, { readonly stream: unknown }> {
    const definition = this.#parts.addresses.definitionOf('pods')
    const path = pathOf(definition, key.namespace, key.name, subresource)
    const open = (method: string, headers: HttpRequest['headers']): HttpAnswer =>
      this.#parts.exchange.send({
        method,
        path,
        query: queryText(query),
        headers: { connection: 'Upgrade', ...headers },
      })
    const first = open('GET', {
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-protocol': webSocket,
    })
    if ('stream' in first) return first
    const second = open('POST', { upgrade: 'SPDY/3.1', 'x-stream-protocol-version': spdy })
    if ('stream' in second) return second
    const refused = second as HttpResponse
    const failure = failureOf(refused, { method: 'POST' })
    if (failure.details.causes?.[0]?.reason === 'UnexpectedServerResponse')
      throw new KubectlError(`unable to upgrade connection: ${refused.body.trim()}`)
    throw failure
  }

  #accept(): string {
    return this.#parts.isTyped ? `${PROTOBUF},${JSON_TYPE}` : JSON_TYPE
  }

  #object(method: string, resource: string, key: ObjectKey, subresource: string, sent: Sent): KubeObject {
    return this.#decoded(
      method,
      this.#parts.addresses.definitionOf(resource),
      key,
      subresource,
      sent,
    ) as KubeObject
  }

  #decoded(
    method: string,
    definition: KindDefinition,
    key: ObjectKey,
    subresource: string,
    sent: Sent,
  ): object {
    const answer = this.#send(method, definition, key, subresource, sent)
    const resource = groupResource(definition)
    const text = this.#body(answer, {
      method,
      resource,
      ...(key.name === undefined ? {} : { name: key.name }),
    })
    const type = contentType(answer.headers) || (this.#parts.isTyped ? PROTOBUF : JSON_TYPE)
    if (type === PROTOBUF)
      throw new KubectlError(
        'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
      )
    return parsed(text)
  }

  #body(answer: HttpAnswer, requested: Requested): string {
    if (!('body' in answer))
      throw new Error('assertion failed: a stream was answered where none was asked for')
    const text = bodyText(answer)
    if (isFailed(answer)) throw failureOf({ ...answer, body: text }, requested)
    return text
  }

  #send(
    method: string,
    definition: KindDefinition,
    { namespace, name }: ObjectKey,
    subresource: string,
    { query = {}, body, type, accept }: Sent,
  ): HttpAnswer {
    const encoded = body === undefined ? undefined : this.#encoded(definition, subresource, body, type)
    return this.#parts.exchange.send({
      method,
      path: pathOf(definition, namespace, name, subresource),
      query: queryText(query),
      headers: {
        accept: accept ?? this.#accept(),
        ...(encoded === undefined ? {} : { 'content-type': encoded.type }),
      },
      ...(encoded === undefined ? {} : { body: encoded.body }),
    })
  }

  #encoded(
    definition: KindDefinition,
    subresource: string,
    body: object,
    type: string | undefined,
  ): { readonly type: string; readonly body: string | Uint8Array } {
    if (type !== undefined || !this.#parts.isTyped) return { type: type ?? JSON_TYPE, body: exactJson(body) }
    const expected = definition.subresources.find(({ name }) => name === subresource) ?? definition
    const typed = { apiVersion: formatApiVersion(expected), kind: expected.kind, ...body }
    if (!hasProtobufForm(expected)) return { type: JSON_TYPE, body: exactJson(typed) }
    return { type: PROTOBUF, body: encodeProtobuf(typed) }
  }
}

function parsed(text: string): object {
  try {
    return parseExactJson(text) as object
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const first = text.trimStart().charAt(0)
    const why =
      first === ''
        ? 'unexpected end of JSON input'
        : `invalid character '${first}' looking for beginning of value`
    throw new KubectlError(`couldn't get version/kind; json parse error: ${why}`)
  }
}

function writeQuery({ dryRun, fieldManager, force, fieldValidation }: WriteOptions): Query {
  return { dryRun: dryRun === true ? 'All' : undefined, fieldManager, force, fieldValidation }
}

const deleteBody = ({ dryRun, ...options }: DeleteOptions): object => ({
  ...options,
  ...(dryRun === true ? { dryRun: ['All'] } : {}),
})

/** A session whose output was read completely. */
function endedSession(text: string): Session {
  let left = [{ stream: 'stdout' as const, data: new TextEncoder().encode(text) }]
  return {
    end: { exitCode: 0 },
    read: () => {
      const due = left
      left = []
      return due
    },
    onReady: (listener) => listener(),
    write: () => undefined,
    closeInput: () => undefined,
    resize: () => undefined,
    stop: () => undefined,
  }
}
