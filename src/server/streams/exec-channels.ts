import type { WebSocket } from 'ws'
import type { ExecStream } from '../../client/pod-stream.js'
import type { ContainerStream } from '../../client/node-agent.js'
import type { TimeDriver } from '../time-driver.js'
import { statusOfEnd, statusOfError } from './exec-status.js'
import { SessionReader } from './session-reader.js'
import { setImmediate } from '../real-timers.js'

const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const
const NORMAL = 1000

/**
 * Serves exec and attach over WebSocket: each message begins with its channel number. In the base64 protocols
 * the number is a digit, and the rest is base64. Source: apiserver pkg/util/wsstream, client-go
 * tools/remotecommand/websocket.go.
 */
export function serveExec(
  client: WebSocket,
  stream: ExecStream,
  { protocol, time }: { readonly protocol: string; readonly time: TimeDriver },
): void {
  const isText = protocol.includes('base64')
  const send = (channel: number, data: Uint8Array): void => {
    if (client.readyState !== client.OPEN) return
    if (isText) client.send(`${channel}${Buffer.from(data).toString('base64')}`)
    else client.send(Buffer.concat([Buffer.of(channel), data]), { binary: true })
  }
  const finish = (status: object): void => {
    // the protocols before v4 have plain text only
    const isPlain = !/^v[45]\./.test(protocol)
    const { status: outcome, message } = status as { status?: string; message?: string }
    if (!isPlain) send(CHANNEL.error, Buffer.from(JSON.stringify(status)))
    else if (outcome === 'Failure') send(CHANNEL.error, Buffer.from(message ?? ''))
    close(client)
  }
  let session: ContainerStream
  try {
    session = stream.open()
  } catch (error) {
    return finish(statusOfError(error))
  }
  const { stdout = false, stderr = false } = stream.options
  const reader = new SessionReader(session, {
    onChunk: (chunk) => {
      if (chunk.stream === 'stdout' ? stdout : stderr) send(CHANNEL[chunk.stream], chunk.data)
      return reader.mayContinue(client.bufferedAmount)
    },
    onEnd: (end) => finish(statusOfEnd(end)),
    onError: (error) => {
      time.report(error)
      finish(statusOfError(error))
    },
  })
  client.on('message', (raw, isBinary) => {
    const bytes = raw as Buffer
    const message =
      isText && !isBinary
        ? Buffer.concat([
            Buffer.of(Number(bytes.toString('latin1', 0, 1))),
            Buffer.from(bytes.toString('latin1', 1), 'base64'),
          ])
        : bytes
    reader.receive((open) => receive(open, message))
    time.afterRequest()
  })
  client.once('close', () => reader.stop())
  // an empty first message on each channel tells the client that the streams exist
  if (stdout) send(CHANNEL.stdout, new Uint8Array())
  if (stderr && stream.options.tty !== true) send(CHANNEL.stderr, new Uint8Array())
}

/** The python client sends stdin as text messages; the bytes are the same. */
function receive(session: ContainerStream, message: Buffer): void {
  const data = message.subarray(1)
  switch (message[0]) {
    case CHANNEL.stdin:
      if (data.length > 0) session.write(data)
      break
    case CHANNEL.resize: {
      const size = sizeOf(data)
      if (size !== undefined) session.resize(size.Width, size.Height)
      break
    }
    case CHANNEL.close:
      if (data[0] === CHANNEL.stdin) session.closeInput()
      break
    default:
      break
  }
}

/** Parses `{"Width":80,"Height":24}`; returns undefined for anything else. */
export function sizeOf(data: Uint8Array): { readonly Width: number; readonly Height: number } | undefined {
  try {
    const { Width, Height } = JSON.parse(Buffer.from(data).toString()) as { Width: unknown; Height: unknown }
    return typeof Width === 'number' && typeof Height === 'number' ? { Width, Height } : undefined
  } catch {
    return undefined
  }
}

/**
 * Sends a close frame and then closes the TCP connection: a client that polls its socket (python's) would
 * otherwise wait for bytes that it has already decrypted.
 */
export function close(client: WebSocket): void {
  client.close(NORMAL)
  const { _socket: socket } = client as unknown as { _socket?: { end(): void } }
  setImmediate(() => socket?.end())
}
