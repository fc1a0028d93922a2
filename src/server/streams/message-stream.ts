import { Writable } from 'node:stream'
import type { WebSocket } from 'ws'
import { close } from './exec-channels.js'

/**
 * Returns a stream whose chunks go to a WebSocket client as messages, `messagesOf` each. Ending it closes the
 * connection, and it closes with the connection.
 */
export function messageStream(
  client: WebSocket,
  messagesOf: (chunk: Buffer) => readonly (Buffer | string)[],
): Writable {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      const messages = messagesOf(chunk)
      messages.slice(0, -1).forEach((message) => client.send(message))
      const last = messages.at(-1)
      // a slow client holds back what follows
      if (last === undefined) done()
      else client.send(last, () => done())
    },
    final(done) {
      close(client)
      done()
    },
  })
  client.once('close', () => stream.destroy())
  return stream
}
