import { Duplex } from 'node:stream'
import type { Send } from './send.js'

/** The parts of Node's ClientRequest that an agent uses. */
interface PendingRequest {
  onSocket(socket: Duplex): void
}

/**
 * The agent that `http.request` and node-fetch accept: each request gets a socket that leads into the
 * cluster.
 */
export interface ClusterAgent {
  /** Always empty: connections are not kept alive. */
  readonly sockets: Readonly<Record<string, never>>
  addRequest(request: PendingRequest): void
}

/** Returns an agent for clients of Node's `http` module (Watch, Log and Metrics of client-node 1.x). */
export function agentFor(send: Send): ClusterAgent {
  return {
    sockets: {},
    addRequest: (request) => process.nextTick(() => request.onSocket(new ClusterSocket(send))),
  }
}

const HEAD_END = '\r\n\r\n'

/** The client's end of an emulated connection: reads one HTTP/1.1 request, writes the response and ends. */
class ClusterSocket extends Duplex {
  readonly #send: Send
  readonly #abort = new AbortController()
  #received = Buffer.alloc(0)
  #hasResponded = false

  constructor(send: Send) {
    super()
    this.#send = send
  }

  /** Does nothing: timeouts and keep-alive apply to real connections only. */
  setTimeout(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  override _read(): void {
    /* the response is pushed as it arrives */
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#received = Buffer.concat([this.#received, chunk])
    done()
    const request = this.#hasResponded ? undefined : parseRequest(this.#received)
    if (request === undefined) return
    this.#hasResponded = true
    this.#respond(request).catch((error: unknown) => this.destroy(error as Error))
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#abort.abort(error ?? undefined)
    done(error)
  }

  async #respond({ target, init }: ParsedRequest): Promise<void> {
    const response = await this.#send(target, { ...init, signal: this.#abort.signal })
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}\r\n`).join('')
    this.push(`HTTP/1.1 ${response.status} ${response.statusText}\r\n${headers}connection: close${HEAD_END}`)
    if (response.body !== null)
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) this.push(chunk)
    this.push(null)
  }
}

interface ParsedRequest {
  readonly target: string
  readonly init: RequestInit
}

/** Parses a complete HTTP/1.1 request; returns undefined while part of it is missing. */
function parseRequest(bytes: Buffer): ParsedRequest | undefined {
  const headEnd = bytes.indexOf(HEAD_END)
  if (headEnd < 0) return undefined
  const [first = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n')
  const [method = '', target = ''] = first.split(' ')
  const headers = new Headers(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1).trim()]
    }),
  )
  const body = bytes.subarray(headEnd + HEAD_END.length)
  if (body.length < Number(headers.get('content-length') ?? 0)) return undefined
  return { target, init: { method, headers, ...(body.length === 0 ? {} : { body: Uint8Array.from(body) }) } }
}
