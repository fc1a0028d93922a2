import type { PortForwardStream } from '../../client/pod-stream.js'
import type { SpdyConnection, SpdyStream } from '../spdy/connection.js'
import type { TimeDriver } from '../time-driver.js'
import { messageOf } from './port-error.js'
import { SessionReader } from './session-reader.js'

/**
 * Serves port-forward over SPDY: for each connection to a port the client opens an error stream and a data
 * stream with the same request id. Source: kubelet cri-streaming portforward/httpstream.go.
 */
export function serveSpdyPorts(
  connection: SpdyConnection,
  stream: PortForwardStream,
  time: TimeDriver,
): void {
  const pairs = new Map<string, { error?: SpdyStream; data?: SpdyStream }>()
  const readers = new Set<SessionReader>()
  connection.onStream = (opened) => {
    const {
      streamtype = '',
      port = '',
      requestid = String(opened.id - (streamtype === 'data' ? 2 : 0)),
    } = opened.headers
    const pair = pairs.get(requestid) ?? {}
    if (streamtype !== 'error' && streamtype !== 'data') return opened.end()
    pair[streamtype] = opened
    pairs.set(requestid, pair)
    if (pair.error === undefined || pair.data === undefined) return
    pairs.delete(requestid)
    forward(pair.data, pair.error, Number(port))
    time.afterRequest()
  }
  connection.onClose = () => {
    for (const reader of readers) reader.stop()
  }
  connection.start()

  function forward(data: SpdyStream, errors: SpdyStream, port: number): void {
    const finish = (error?: string): void => {
      if (error !== undefined) errors.write(Buffer.from(error))
      errors.end()
      data.end()
    }
    try {
      if (!Number.isInteger(port) || port < 1 || port > 65_535)
        throw new Error(`unable to parse ${JSON.stringify(String(port))} as a port`)
      const session = stream.open(port)
      const reader = new SessionReader(session, {
        onChunk: (chunk) => {
          data.write(chunk.data)
          return reader.mayContinue(connection.unsent)
        },
        onEnd: ({ error }) => {
          readers.delete(reader)
          finish(error)
        },
        onError: (error) => {
          time.report(error)
          readers.delete(reader)
          finish(messageOf(error))
        },
      })
      readers.add(reader)
      data.onData = (bytes) => {
        reader.receive((open) => open.write(bytes))
        time.afterRequest()
      }
      data.onEnd = () => {
        reader.receive((open) => open.closeInput())
        time.afterRequest()
      }
    } catch (error) {
      finish(messageOf(error))
    }
  }
}
