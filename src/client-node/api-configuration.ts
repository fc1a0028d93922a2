import type { Send } from './send.js'
import { SERVER, targetOf } from './send.js'

type Body = string | Blob | Uint8Array<ArrayBuffer> | undefined

/** A request built by a generated API class, in the shape of client-node's RequestContext. */
class RequestContext {
  readonly #url: URL
  readonly #method: string
  readonly #headers: Record<string, string> = {}
  #body: Body
  #signal: AbortSignal | undefined
  #agent: unknown
  #dispatcher: unknown

  constructor(url: string, method: string) {
    this.#url = new URL(url)
    this.#method = method
  }

  getUrl(): string {
    const text = this.#url.toString()
    return text.endsWith('/') ? text.slice(0, -1) : text
  }

  setUrl(url: string): void {
    this.#url.href = new URL(url).href
  }

  getHttpMethod(): string {
    return this.#method
  }

  getHeaders(): Record<string, string> {
    return this.#headers
  }

  setHeaderParam(name: string, value: string): void {
    this.#headers[name] = value
  }

  addCookie(name: string, value: string): void {
    this.#headers['Cookie'] =
      `${this.#headers['Cookie'] === undefined ? '' : `${this.#headers['Cookie']}; `}${name}=${value}; `
  }

  setQueryParam(name: string, value: string): void {
    this.#url.searchParams.set(name, value)
  }

  appendQueryParam(name: string, value: string): void {
    this.#url.searchParams.append(name, value)
  }

  getBody(): Body {
    return this.#body
  }

  setBody(body: Body): void {
    this.#body = body
  }

  getSignal(): AbortSignal | undefined {
    return this.#signal
  }

  setSignal(signal: AbortSignal): void {
    this.#signal = signal
  }

  getAgent(): unknown {
    return this.#agent
  }

  setAgent(agent: unknown): void {
    this.#agent = agent
  }

  getDispatcher(): unknown {
    return this.#dispatcher
  }

  setDispatcher(dispatcher: unknown): void {
    this.#dispatcher = dispatcher
  }
}

/** A response in the shape of client-node's ResponseContext. */
class ResponseContext {
  readonly httpStatusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: { readonly text: () => Promise<string>; readonly binary: () => Promise<Buffer> }

  constructor(response: Response) {
    this.httpStatusCode = response.status
    this.headers = Object.fromEntries(response.headers)
    this.body = { text: () => response.text(), binary: async () => Buffer.from(await response.arrayBuffer()) }
  }

  /** Returns a header's value and parameters: `{ '': 'text/plain', charset: 'utf-8' }`. */
  getParsedHeader(name: string): Record<string, string> {
    const parts = (this.headers[name] ?? '').split(';').map((part) => part.trim())
    return Object.fromEntries(
      parts
        .filter((part) => part !== '')
        .map((part, at) => {
          const equals = part.indexOf('=')
          return at === 0 || equals < 0
            ? ['', part]
            : [part.slice(0, equals).toLowerCase(), part.slice(equals + 1).replace(/^"|"$/g, '')]
        }),
    )
  }

  async getBodyAsFile(): Promise<Buffer> {
    return this.body.binary()
  }

  async getBodyAsAny(): Promise<string | Buffer | undefined> {
    return this.body.text().catch(() => undefined)
  }
}

/** client-node's Observable: a promise with `pipe`. */
class Observable<T> {
  readonly #promise: Promise<T>

  constructor(promise: Promise<T>) {
    this.#promise = promise
  }

  toPromise(): Promise<T> {
    return this.#promise
  }

  pipe<S>(change: (value: T) => S | Promise<S>): Observable<S> {
    return new Observable(this.#promise.then((value) => change(value)))
  }
}

/** The argument of the constructors of generated API classes (CoreV1Api, ...). */
export interface ApiConfiguration {
  readonly baseServer: object
  readonly httpApi: object
  readonly middleware: readonly object[]
  readonly authMethods: Readonly<Record<string, object>>
}

/** Returns a configuration whose requests go into the cluster. */
export function apiConfiguration(send: Send): ApiConfiguration {
  const request = async (context: RequestContext): Promise<ResponseContext> => {
    const body = context.getBody()
    const signal = context.getSignal()
    return new ResponseContext(
      await send(targetOf(context.getUrl()), {
        method: context.getHttpMethod(),
        headers: context.getHeaders(),
        ...(body === undefined ? {} : { body }),
        ...(signal === undefined ? {} : { signal }),
      }),
    )
  }
  return {
    baseServer: {
      makeRequestContext: (endpoint: string, method: string) => new RequestContext(SERVER + endpoint, method),
      getConfiguration: () => ({}),
      getUrl: () => SERVER,
    },
    httpApi: { send: (context: RequestContext) => new Observable(request(context)) },
    middleware: [],
    authMethods: { default: { getName: () => 'simcluster', applySecurityAuthentication: () => undefined } },
  }
}
