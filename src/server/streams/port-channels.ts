import type { WebSocket } from 'ws'
import type { PortForwardStream } from '../../client/pod-stream.js'
import type { TimeDriver } from '../time-driver.js'
import { close } from './exec-channels.js'
import { messageOf } from './port-error.js'
import { SessionReader } from './session-reader.js'

/**
 * Serves port-forward over plain channels: for the nth port of the query, channel 2n carries data and 2n+1
 * errors; each begins with the port as two bytes, low byte first. One connection per port. Source: kubelet
 * cri-streaming portforward/websocket.go.
 */
export function servePorts(
  client: WebSocket,
  stream: PortForwardStream,
  { isText, time }: { readonly isText: boolean; readonly time: TimeDriver },
): void {
  const send = (channel: number, data: Uint8Array): void => {
    if (client.readyState !== client.OPEN) return
    if (isText) client.send(`${channel}${Buffer.from(data).toString('base64')}`)
    else client.send(Buffer.concat([Buffer.of(channel), data]), { binary: true })
  }
  const readers = new Map<number, SessionReader>()
  let open = stream.ports.length
  for (const [at, port] of stream.ports.entries()) {
    const opening = Buffer.of(port & 0xff, port >> 8)
    send(2 * at, opening)
    send(2 * at + 1, opening)
    const over = (): void => {
      if (--open === 0) close(client)
    }
    try {
      const session = stream.open(port)
      const reader = new SessionReader(session, {
        onChunk: ({ data }) => {
          send(2 * at, data)
          return reader.mayContinue(client.bufferedAmount)
        },
        onEnd: ({ error }) => {
          if (error !== undefined) send(2 * at + 1, Buffer.from(error))
          over()
        },
        onError: (error) => {
          time.report(error)
          send(2 * at + 1, Buffer.from(messageOf(error)))
          over()
        },
      })
      readers.set(2 * at, reader)
    } catch (error) {
      send(2 * at + 1, Buffer.from(messageOf(error)))
      over()
    }
  }
  client.on('message', (raw, isBinary) => {
    const bytes = raw as Buffer
    const message =
      isText && !isBinary
        ? Buffer.concat([
            Buffer.of(Number(bytes.toString('latin1', 0, 1))),
            Buffer.from(bytes.toString('latin1', 1), 'base64'),
          ])
        : bytes
    readers.get(message[0] ?? -1)?.receive((session) => session.write(message.subarray(1)))
    time.afterRequest()
  })
  client.once('close', () => {
    for (const reader of readers.values()) reader.stop()
  })
}
