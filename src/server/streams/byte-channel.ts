import type { TLSSocket } from 'node:tls'
import type { WebSocket } from 'ws'

/** A two-way stream of bytes over a socket or over the binary messages of a WebSocket. */
export class ByteChannel {
  readonly write: (data: Uint8Array) => void
  readonly close: () => void
  /** Bytes that were written and not sent yet. */
  readonly unsent: () => number
  readonly #start: (onData: (data: Buffer) => void, onClose: () => void) => void

  private constructor(
    write: (data: Uint8Array) => void,
    close: () => void,
    unsent: () => number,
    start: (onData: (data: Buffer) => void, onClose: () => void) => void,
  ) {
    this.write = write
    this.close = close
    this.unsent = unsent
    this.#start = start
  }

  /** Message boundaries have no meaning, and messages can be empty. */
  static overWebSocket(client: WebSocket): ByteChannel {
    return new ByteChannel(
      (data) => {
        if (client.readyState === client.OPEN) client.send(data, { binary: true })
      },
      () => client.close(1000),
      () => client.bufferedAmount,
      (onData, onClose) => {
        client.on('message', (data) => onData(data as Buffer))
        client.once('close', onClose)
      },
    )
  }

  static overSocket(socket: TLSSocket, first: Buffer): ByteChannel {
    return new ByteChannel(
      (data) => {
        if (!socket.destroyed && socket.writable) socket.write(data)
      },
      () => socket.end(),
      () => socket.writableLength,
      (onData, onClose) => {
        if (first.length > 0) onData(first)
        socket.on('data', onData)
        socket.once('close', onClose)
        socket.resume()
      },
    )
  }

  listen(onData: (data: Buffer) => void, onClose: () => void): void {
    this.#start(onData, onClose)
  }
}
