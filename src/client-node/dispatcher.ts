import type { Send } from './send.js'

/** The parts of a request that undici's fetch passes to a dispatcher. */
interface DispatchOptions {
  readonly path: string
  readonly method: string
  readonly headers?: Readonly<Record<string, string>> | readonly string[] | null
  readonly body?: AsyncIterable<Uint8Array> | Uint8Array | string | null
}

/** Lets the receiver of a response pause or abort it. */
interface Controller {
  readonly rawHeaders: readonly string[]
  aborted: boolean
  pause(): void
  resume(): void
  abort(reason: unknown): void
}

/** The receiver of a response (undici 7 and 8). */
interface DispatchHandler {
  onRequestStart?(controller: Controller, context: object): void
  onResponseStart?(
    controller: Controller,
    status: number,
    headers: Readonly<Record<string, string | string[]>>,
    text: string,
  ): void
  onResponseData?(controller: Controller, chunk: Buffer): void
  onResponseEnd?(controller: Controller, trailers: object): void
  onResponseError?(controller: Controller, error: unknown): void
}

/** The dispatcher that undici's fetch accepts. */
export interface ClusterDispatcher {
  dispatch(options: DispatchOptions, handler: DispatchHandler): boolean
}

/** Returns a dispatcher for clients of undici (Watch, Log and Metrics of client-node 2.x). */
export function dispatcherFor(send: Send): ClusterDispatcher {
  return {
    dispatch: (options, handler) => {
      const control = new Control()
      handler.onRequestStart?.(control, {})
      respond(send, options, handler, control).catch((error: unknown) =>
        handler.onResponseError?.(control, error),
      )
      return true
    },
  }
}

class Control implements Controller {
  rawHeaders: readonly string[] = []
  aborted = false
  readonly #abort = new AbortController()
  #paused: Promise<void> | undefined
  #resume: () => void = () => undefined

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Resolves when the reader wants more. */
  async ready(): Promise<void> {
    await this.#paused
  }

  pause(): void {
    this.#paused ??= new Promise((resolve) => (this.#resume = resolve))
  }

  resume(): void {
    this.#paused = undefined
    this.#resume()
  }

  abort(reason: unknown): void {
    this.aborted = true
    this.#abort.abort(reason)
    this.resume()
  }
}

async function respond(
  send: Send,
  options: DispatchOptions,
  handler: DispatchHandler,
  control: Control,
): Promise<void> {
  const { path, method, headers, body } = options
  const response = await send(path, {
    method,
    headers: headersOf(headers),
    signal: control.signal,
    ...(body === undefined || body === null ? {} : { body: await collect(body) }),
  })
  const pairs = [...response.headers]
  control.rawHeaders = pairs.flat()
  handler.onResponseStart?.(control, response.status, Object.fromEntries(pairs), response.statusText)
  if (response.body !== null) {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      handler.onResponseData?.(control, Buffer.from(chunk))
      await control.ready()
    }
  }
  handler.onResponseEnd?.(control, {})
}

/** Converts headers: an object, or alternating names and values. */
function headersOf(headers: DispatchOptions['headers']): Headers {
  if (!Array.isArray(headers)) return new Headers((headers ?? {}) as Record<string, string>)
  const found = new Headers()
  for (let at = 0; at < headers.length; at += 2)
    found.append(headers[at] as string, headers[at + 1] as string)
  return found
}

async function collect(
  body: AsyncIterable<Uint8Array> | Uint8Array | string,
): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof body === 'string' || body instanceof Uint8Array)
    return Uint8Array.from(Buffer.from(body as string))
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Uint8Array.from(Buffer.concat(chunks))
}
