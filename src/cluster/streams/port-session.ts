import { binaryText } from '../../lang/bytes/base64.js'
import { bytesOfText, textOfBytes } from '../../lang/bytes/byte-text.js'
import { joinBytes } from '../../lang/bytes/join-bytes.js'
import type { Chunk, ContainerStream, SessionEnd } from '../../client/node-agent.js'
import type { ContainerNetwork, NetworkRequest } from '../../kubelet/index.js'

type Connected = ReturnType<ContainerNetwork['connect']>

const REQUEST_LINE = /^([A-Z]+) (\S+) HTTP\/1\.[01]\r?\n/
const LARGEST_REQUEST = 16 * 1024 * 1024
const LARGEST_HEAD = 64 * 1024

/**
 * A connection to a port of a pod. HTTP is parsed into requests, one after the other; anything else is passed
 * to the listener as it arrives.
 */
export class PortSession implements ContainerStream {
  readonly #ask: (request: NetworkRequest) => Connected
  readonly #talks: boolean
  readonly #listeners: (() => void)[] = []
  #input: Uint8Array[] = []
  #size = 0
  /** Bytes without which the input need not be looked at again. */
  #needed = 1
  #waiting: Chunk[] = []
  #end: SessionEnd | undefined

  /** `talks`: the listener is told of the connection, and may speak first. */
  constructor(ask: (request: NetworkRequest) => Connected, talks: boolean) {
    this.#ask = ask
    this.#talks = talks
    if (talks) this.#tell({ protocol: 'tcp', phase: 'open' })
  }

  write(data: Uint8Array): void {
    if (this.#end) return
    if (this.#talks) return this.#raw(data)
    this.#input.push(Uint8Array.from(data))
    this.#size += data.length
    if (this.#size > LARGEST_REQUEST) this.#finish()
    else if (this.#size >= this.#needed) this.#serve(joinBytes(this.#input))
  }

  closeInput(): void {
    if (this.#talks && !this.#end) this.#tell({ protocol: 'tcp', phase: 'close' })
    if (this.#size > 0 && !this.#end) this.#raw(joinBytes(this.#input))
    this.#finish()
  }

  resize(): void {}

  read(): readonly Chunk[] {
    const chunks = this.#waiting
    this.#waiting = []
    return chunks
  }

  get end(): SessionEnd | undefined {
    return this.#end
  }

  onReady(listener: () => void): void {
    this.#listeners.push(listener)
  }

  stop(): void {
    this.#end ??= { exitCode: 0 }
  }

  /** Keeps what is not a whole request yet. */
  #keep(input: Uint8Array, needed: number): void {
    this.#input = input.length === 0 ? [] : [input]
    this.#size = input.length
    this.#needed = needed
  }

  #serve(input: Uint8Array): void {
    let left = input
    while (left.length > 0 && this.#end === undefined) {
      // bytes as characters with the same code, so that lengths match
      const start = binaryText(left.subarray(0, LARGEST_HEAD))
      if (!/^[A-Z]{1,10}(?: |$)/.test(start)) return this.#raw(left)
      const headEnd = start.indexOf('\r\n\r\n')
      if (headEnd < 0) return left.length > LARGEST_HEAD ? this.#raw(left) : this.#keep(left, left.length + 1)
      const head = start.slice(0, headEnd + 2)
      const [line, method = '', path = ''] = REQUEST_LINE.exec(head) ?? []
      if (line === undefined) return this.#raw(left)
      const headers = headersIn(head.slice(line.length))
      const length = Number(headers['content-length'] ?? 0)
      if (!Number.isSafeInteger(length) || length < 0) return this.#finish()
      const size = headEnd + 4 + length
      if (left.length < size) return this.#keep(left, size)
      const body = textOfBytes(left.subarray(headEnd + 4, size))
      left = left.subarray(size)
      const host = headers['host']
      const request: NetworkRequest = { protocol: 'http', method, path, headers, body }
      this.#respond(this.#ask(host === undefined ? request : { ...request, host }), method)
      if (headers['connection']?.toLowerCase() === 'close') this.#finish()
    }
    this.#keep(left, 1)
  }

  #raw(input: Uint8Array): void {
    this.#keep(new Uint8Array(), 1)
    this.#tell({ protocol: 'tcp', body: textOfBytes(input) })
  }

  #tell(request: NetworkRequest): void {
    const connected = this.#ask(request)
    if (connected.kind !== 'responded') return this.#finish()
    this.#send(bytesOfText(connected.response.body))
    if (connected.response.closes === true) this.#finish()
  }

  #respond(connected: Connected, method: string): void {
    if (connected.kind !== 'responded') return this.#finish()
    const { status = 200, headers = {}, body } = connected.response
    const bytes = bytesOfText(body)
    const lines = Object.entries({ ...headers, 'content-length': String(bytes.length) }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    )
    this.#send(
      new TextEncoder().encode(
        `HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'Status'}\r\n${lines.join('')}\r\n`,
      ),
    )
    if (method !== 'HEAD') this.#send(bytes)
  }

  #send(data: Uint8Array): void {
    if (data.length === 0) return
    this.#waiting.push({ stream: 'stdout', data })
    for (const listener of this.#listeners) listener()
  }

  #finish(): void {
    this.#end ??= { exitCode: 0 }
    for (const listener of this.#listeners) listener()
  }
}

/** Parses the lines of headers; names are in lower case. */
function headersIn(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\r\n').filter((one) => one.includes(':'))
  return Object.fromEntries(
    lines.map((one) => {
      const colon = one.indexOf(':')
      return [one.slice(0, colon).toLowerCase(), one.slice(colon + 1).trim()]
    }),
  )
}
