import type { Chunk, ContainerStream, SessionEnd } from '../../client/node-agent.js'
import type { ContainerNetwork, NetworkRequest } from '../../kubelet/index.js'

type Connected = ReturnType<ContainerNetwork['connect']>

const REQUEST_LINE = /^([A-Z]+) (\S+) HTTP\/1\.[01]\r?\n/
const LARGEST_REQUEST = 16 * 1024 * 1024

/**
 * A connection to a port of a pod. HTTP is parsed into requests, one after the other; anything else is passed
 * to the listener as it arrives.
 */
export class PortSession implements ContainerStream {
  readonly #ask: (request: NetworkRequest) => Connected
  readonly #listeners: (() => void)[] = []
  #input = ''
  #waiting: Chunk[] = []
  #end: SessionEnd | undefined

  constructor(ask: (request: NetworkRequest) => Connected) {
    this.#ask = ask
  }

  /** Receives bytes, kept as characters with the same code so that lengths match. */
  write(data: Uint8Array): void {
    if (this.#end) return
    this.#input += Array.from(data, (byte) => String.fromCharCode(byte)).join('')
    if (this.#input.length > LARGEST_REQUEST) this.#finish()
    else this.#serve()
  }

  closeInput(): void {
    if (this.#input !== '' && !this.#end) this.#raw()
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

  #serve(): void {
    for (;;) {
      if (!/^[A-Z]{1,10}(?: |$)/.test(this.#input)) return this.#input === '' ? undefined : this.#raw()
      const headEnd = this.#input.indexOf('\r\n\r\n')
      if (headEnd < 0) return
      const head = this.#input.slice(0, headEnd + 2)
      const [line, method = '', path = ''] = REQUEST_LINE.exec(head) ?? []
      if (line === undefined) return this.#raw()
      const headers = Object.fromEntries(
        head
          .slice(line.length)
          .split('\r\n')
          .filter((one) => one.includes(':'))
          .map((one) => {
            const colon = one.indexOf(':')
            return [one.slice(0, colon).toLowerCase(), one.slice(colon + 1).trim()]
          }),
      )
      const length = Number(headers['content-length'] ?? 0)
      if (!Number.isSafeInteger(length) || length < 0) return this.#finish()
      if (this.#input.length < headEnd + 4 + length) return
      const body = new TextDecoder().decode(
        Uint8Array.from(this.#input.slice(headEnd + 4, headEnd + 4 + length), (char) => char.charCodeAt(0)),
      )
      this.#input = this.#input.slice(headEnd + 4 + length)
      this.#respond(
        this.#ask({
          protocol: 'http',
          method,
          path,
          headers,
          body,
          ...(headers['host'] === undefined ? {} : { host: headers['host'] }),
        }),
        method,
      )
      if (headers['connection']?.toLowerCase() === 'close') this.#finish()
      if (this.#end) return
    }
  }

  #raw(): void {
    const body = new TextDecoder().decode(Uint8Array.from(this.#input, (char) => char.charCodeAt(0)))
    this.#input = ''
    const connected = this.#ask({ protocol: 'tcp', body })
    if (connected.kind === 'responded') this.#send(new TextEncoder().encode(connected.response.body))
    else this.#finish()
  }

  #respond(connected: Connected, method: string): void {
    if (connected.kind !== 'responded') return this.#finish()
    const { status = 200, headers = {}, body } = connected.response
    const bytes = new TextEncoder().encode(body)
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
