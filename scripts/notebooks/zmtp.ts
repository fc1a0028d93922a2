import { connect, type Socket } from 'node:net'

/** The parts of a message. */
export type Frames = readonly Buffer[]

/** Signature, version 3.0, mechanism NULL, client. */
const GREETING = Buffer.alloc(64)
GREETING.writeUInt8(0xff, 0)
GREETING.writeUInt8(0x7f, 9)
GREETING.writeUInt8(3, 10)
GREETING.write('NULL', 12)

const MORE = 1
const LONG = 2
const COMMAND = 4

/**
 * A connection to a ZeroMQ socket (ZMTP 3.0 over TCP, mechanism NULL), as much of it as a client of a Jupyter
 * kernel needs. Source: https://rfc.zeromq.org/spec/23/
 */
export class ZmtpConnection {
  readonly #socket: Socket
  readonly #receive: (message: Frames) => void
  #buffer: Buffer = Buffer.alloc(0)
  #greeted = false
  #ready: (() => void) | undefined
  #message: Buffer[] = []

  private constructor(socket: Socket, receive: (message: Frames) => void) {
    this.#socket = socket
    this.#receive = receive
  }

  /** Connects, and resolves after the handshake. A `SUB` gets every topic. */
  static async open(
    port: number,
    type: 'DEALER' | 'SUB',
    receive: (message: Frames) => void,
  ): Promise<ZmtpConnection> {
    const socket = connect(port, '127.0.0.1').setNoDelay()
    const connection = new ZmtpConnection(socket, receive)
    socket.on('data', (data) => connection.#read(data))
    socket.write(GREETING)
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject)
      connection.#ready = resolve
      const name = Buffer.from('\u0005READY\u000bSocket-Type')
      socket.write(frame(Buffer.concat([name, lengthOf(type), Buffer.from(type)]), COMMAND))
    })
    if (type === 'SUB') connection.send([Buffer.from([1])])
    return connection
  }

  send(message: Frames): void {
    const frames = message.map((part, at) => frame(part, at < message.length - 1 ? MORE : 0))
    this.#socket.write(Buffer.concat(frames))
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(data: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, data])
    if (!this.#greeted) {
      if (this.#buffer.length < GREETING.length) return
      this.#greeted = true
      this.#buffer = this.#buffer.subarray(GREETING.length)
    }
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      if ((next.flags & COMMAND) !== 0) this.#ready?.()
      else {
        this.#message.push(next.body)
        if ((next.flags & MORE) !== 0) continue
        const message = this.#message
        this.#message = []
        this.#receive(message)
      }
    }
  }

  /** Takes a frame, if the whole of it has arrived. */
  #next(): { readonly flags: number; readonly body: Buffer } | undefined {
    const flags = this.#buffer[0]
    if (flags === undefined) return undefined
    const head = (flags & LONG) === 0 ? 2 : 9
    if (this.#buffer.length < head) return undefined
    const size = head === 2 ? this.#buffer.readUInt8(1) : Number(this.#buffer.readBigUInt64BE(1))
    if (this.#buffer.length < head + size) return undefined
    const body = Buffer.from(this.#buffer.subarray(head, head + size))
    this.#buffer = this.#buffer.subarray(head + size)
    return { flags, body }
  }
}

function lengthOf(text: string): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  return length
}

function frame(body: Buffer, flags: number): Buffer {
  if (body.length < 256) return Buffer.concat([Buffer.from([flags, body.length]), body])
  const head = Buffer.alloc(9)
  head.writeUInt8(flags | LONG, 0)
  head.writeBigUInt64BE(BigInt(body.length), 1)
  return Buffer.concat([head, body])
}
