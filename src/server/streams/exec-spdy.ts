import type { ExecStream } from '../../client/pod-stream.js'
import type { ContainerStream } from '../../client/node-agent.js'
import type { SpdyConnection, SpdyStream } from '../spdy/connection.js'
import type { TimeDriver } from '../time-driver.js'
import { sizeOf } from './exec-channels.js'
import { statusOfEnd, statusOfError } from './exec-status.js'
import { SessionReader } from './session-reader.js'

/**
 * Serves exec and attach over SPDY, for clients without WebSocket: one stream for each of error, stdin,
 * stdout, stderr and resize. Source: kubelet cri-streaming remotecommand/httpstream.go.
 */
export function serveSpdyExec(
  connection: SpdyConnection,
  stream: ExecStream,
  { protocol, time }: { readonly protocol: string; readonly time: TimeDriver },
): void {
  const wanted = namesOf(stream, protocol)
  const streams = new Map<string, SpdyStream>()
  let reader: SessionReader | undefined
  connection.onStream = (opened) => {
    streams.set((opened.headers.streamtype ?? '').toLowerCase(), opened)
    if (reader !== undefined || !wanted.every((name) => streams.has(name))) return
    reader = run(stream, streams, protocol, connection, time)
    time.afterRequest()
  }
  connection.onClose = () => reader?.stop()
  connection.start()
}

function namesOf(
  { options: { stdin, stdout, stderr, tty } }: ExecStream,
  protocol: string,
): readonly string[] {
  const hasResize = tty === true && /^v[345]\./.test(protocol)
  return [
    'error',
    ...(stdin === true ? ['stdin'] : []),
    ...(stdout === true ? ['stdout'] : []),
    ...(stderr === true && tty !== true ? ['stderr'] : []),
    ...(hasResize ? ['resize'] : []),
  ]
}

function run(
  stream: ExecStream,
  streams: ReadonlyMap<string, SpdyStream>,
  protocol: string,
  connection: SpdyConnection,
  time: TimeDriver,
): SessionReader | undefined {
  const finish = (status: object): void => {
    const { status: outcome, message } = status as { status?: string; message?: string }
    const errors = streams.get('error')
    if (/^v[45]\./.test(protocol)) errors?.write(Buffer.from(JSON.stringify(status)))
    else if (outcome === 'Failure') errors?.write(Buffer.from(message ?? ''))
    for (const one of streams.values()) one.end()
    connection.close()
  }
  let session: ContainerStream
  try {
    session = stream.open()
  } catch (error) {
    finish(statusOfError(error))
    return undefined
  }
  const reader = new SessionReader(session, {
    onChunk: (chunk) => {
      streams.get(chunk.stream)?.write(chunk.data)
      return reader.mayContinue(connection.unsent)
    },
    onEnd: (end) => finish(statusOfEnd(end)),
    onError: (error) => {
      time.report(error)
      finish(statusOfError(error))
    },
  })
  const stdin = streams.get('stdin')
  if (stdin !== undefined) {
    stdin.onData = (data) => {
      reader.receive((open) => open.write(data))
      time.afterRequest()
    }
    stdin.onEnd = () => {
      reader.receive((open) => open.closeInput())
      time.afterRequest()
    }
  }
  const resize = streams.get('resize')
  if (resize !== undefined)
    resize.onData = (data) => {
      const size = sizeOf(data)
      if (size !== undefined) reader.receive((open) => open.resize(size.Width, size.Height))
    }
  return reader
}
