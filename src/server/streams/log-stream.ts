import type { Writable } from 'node:stream'
import type { HttpRequest, HttpStream } from '../../client/http.js'
import type { LogStream } from '../../client/pod-stream.js'
import type { NodeResponse } from '../http/respond.js'
import { headersFor } from '../http/respond.js'
import type { TimeDriver } from '../time-driver.js'
import { SessionReader } from './session-reader.js'

/**
 * Sends a pod's log: the existing lines, and with `follow` new ones until the container ends or the client
 * disconnects.
 */
export function sendLog(
  response: NodeResponse,
  request: HttpRequest,
  { code, headers, stream }: HttpStream,
  time: TimeDriver,
): void {
  if (stream.kind !== 'log') throw new Error('assertion failed: only logs are sent without an upgrade')
  response.writeHead(code, headersFor(request, headers))
  if ('flushHeaders' in response) response.flushHeaders()
  pipeLog(stream, response as Writable, time)
}

/** Writes a log to a stream until one of both ends. */
export function pipeLog({ session, follow }: LogStream, to: Writable, time: TimeDriver): void {
  const done = follow ? time.wait() : (): void => undefined
  const reader = new SessionReader(session, {
    onChunk: ({ data }) => to.write(data),
    onEnd: () => {
      done()
      to.end()
    },
    onError: (error) => {
      time.report(error)
      done()
      to.end()
    },
  })
  to.on('drain', () => reader.resume())
  to.once('close', () => {
    done()
    reader.stop()
  })
}
