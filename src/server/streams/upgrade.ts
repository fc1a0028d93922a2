import type { IncomingMessage } from 'node:http'
import type { Writable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { STATUS_CODES } from 'node:http'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import type { HttpRequest, HttpResponse, HttpStream, HttpWatch } from '../../client/http.js'
import { header } from '../../client/http.js'
import { headersFor } from '../http/respond.js'
import type { TimeDriver } from '../time-driver.js'
import { SpdyConnection } from '../spdy/connection.js'
import { ByteChannel } from './byte-channel.js'
import { serveExec } from './exec-channels.js'
import { serveSpdyExec } from './exec-spdy.js'
import { pipeLog } from './log-stream.js'
import { messageStream } from './message-stream.js'
import { servePorts } from './port-channels.js'
import { serveSpdyPorts } from './port-spdy.js'

/** Subprotocols of exec and attach, best first. Source: apimachinery pkg/util/remotecommand constants. */
const EXEC_PROTOCOLS = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v3.channel.k8s.io',
  'v2.channel.k8s.io',
  'channel.k8s.io',
  'base64.channel.k8s.io',
  'v4.base64.channel.k8s.io',
]
/** Subprotocols of port-forward over plain channels. */
const PORT_PROTOCOLS = ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io']
/** Subprotocols of logs. Source: apimachinery pkg/util/httpstream/wsstream/stream.go. */
const LOG_PROTOCOLS = ['binary.k8s.io', 'base64.binary.k8s.io']
/** Subprotocol of SPDY within WebSocket messages. */
const TUNNEL = 'SPDY/3.1+portforward.k8s.io'

/** A request to switch the connection from HTTP to another protocol. */
export interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: TLSSocket
  /** Bytes received after the request's head. */
  readonly first: Buffer
  readonly head: HttpRequest
  /** The apiserver's response to the request. */
  readonly answer: HttpResponse | HttpWatch | HttpStream
  readonly time: TimeDriver
  /** Sends the lines of a watch to a stream. */
  readonly sendWatch: (watch: HttpWatch, to: Writable) => void
}

/**
 * Turns the connection into the streams of exec, attach or port-forward, or into a log or a watch as messages
 * of a WebSocket; or responds in HTTP with an error.
 */
export function upgrade(one: Upgrade): void {
  const { answer, head, socket } = one
  if ('body' in answer) return refuse(socket, head, answer)
  const wanted = header(head, 'upgrade')?.toLowerCase() ?? ''
  if (wanted.includes('websocket')) return openWebSocket(one, answer)
  if ('stream' in answer && answer.stream.kind !== 'log') {
    if (wanted.includes('spdy/3.1')) return openSpdy(one, answer)
    return refuse(
      socket,
      head,
      badRequest(`unable to upgrade: missing upgrade headers in request: ${wanted}`),
    )
  }
  if ('next' in answer) answer.stop()
  else if (answer.stream.kind === 'log') answer.stream.session.stop()
  socket.destroy()
}

/** Returns the subprotocols that a client offers. */
const offeredBy = (head: HttpRequest, name: string): readonly string[] =>
  (header(head, name) ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')

/** Returns the subprotocols of which one must be chosen, best first; undefined if any will do. */
function protocolsOf(answer: HttpStream | HttpWatch): readonly string[] | undefined {
  if ('next' in answer) return undefined
  switch (answer.stream.kind) {
    case 'log':
      return LOG_PROTOCOLS
    case 'portforward':
      return [TUNNEL, ...PORT_PROTOCOLS]
    default:
      return EXEC_PROTOCOLS
  }
}

function openWebSocket(one: Upgrade, answer: HttpStream | HttpWatch): void {
  const { request, socket, first, head, time } = one
  const offered = offeredBy(head, 'sec-websocket-protocol')
  const known = protocolsOf(answer)
  const protocol = known === undefined ? offered[0] : known.find((name) => offered.includes(name))
  if (protocol === undefined && offered.length > 0)
    return refuse(
      socket,
      head,
      badRequest(`unable to negotiate protocol: client supports [${offered.join(' ')}]`),
    )
  // ws rejects names with a slash: the header is removed here, and the response header added below
  delete request.headers['sec-websocket-protocol']
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: 64 * 1024 * 1024,
  })
  server.on('headers', (lines) => {
    if (protocol !== undefined) lines.push(`Sec-WebSocket-Protocol: ${protocol}`)
  })
  server.on('wsClientError', (_error, broken) => broken.destroy())
  server.handleUpgrade(request, socket, first, (client: WebSocket) => {
    client.on('error', () => client.terminate())
    const done = time.wait()
    client.once('close', done)
    if ('next' in answer)
      one.sendWatch(answer, messageStream(client, answer.encode === undefined ? linesOf : eventsOf))
    else serveStream(client, answer, protocol, time)
  })
}

/** Each event of a watch is a message of its own. */
const linesOf = (chunk: Buffer): readonly string[] =>
  chunk
    .toString()
    .split('\n')
    .filter((line) => line !== '')

/** The events of a watch in protobuf, without the lengths before them. */
function eventsOf(chunk: Buffer): readonly Buffer[] {
  const events: Buffer[] = []
  for (let at = 0; at < chunk.length;) {
    const end = at + LENGTH_BYTES + chunk.readUInt32BE(at)
    events.push(chunk.subarray(at + LENGTH_BYTES, end))
    at = end
  }
  return events
}

const LENGTH_BYTES = 4

function serveStream(
  client: WebSocket,
  { stream }: HttpStream,
  protocol: string | undefined,
  time: TimeDriver,
): void {
  const isText = protocol?.includes('base64') === true
  if (stream.kind === 'log')
    pipeLog(
      stream,
      messageStream(client, (chunk) => [isText ? chunk.toString('base64') : chunk]),
      time,
    )
  else if (stream.kind !== 'portforward')
    serveExec(client, stream, { protocol: protocol ?? 'channel.k8s.io', time })
  else if (protocol === TUNNEL)
    serveSpdyPorts(new SpdyConnection(ByteChannel.overWebSocket(client)), stream, time)
  else servePorts(client, stream, { isText, time })
}

function openSpdy({ socket, first, head, time }: Upgrade, { stream }: HttpStream): void {
  const offered = offeredBy(head, 'x-stream-protocol-version')
  const known =
    stream.kind === 'portforward'
      ? ['portforward.k8s.io']
      : EXEC_PROTOCOLS.filter((name) => !name.includes('base64'))
  const protocol = known.find((name) => offered.includes(name))
  if (protocol === undefined) {
    const text =
      `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server ` +
      `accepts [${known.join(' ')}]`
    return refuse(socket, head, { ...badRequest(text), code: 403 })
  }
  socket.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Connection: Upgrade',
      'Upgrade: SPDY/3.1',
      `X-Stream-Protocol-Version: ${protocol}`,
      '',
      '',
    ].join('\r\n'),
  )
  const done = time.wait()
  socket.once('close', done)
  const connection = new SpdyConnection(ByteChannel.overSocket(socket, first))
  if (stream.kind === 'portforward') serveSpdyPorts(connection, stream, time)
  else if (stream.kind !== 'log') serveSpdyExec(connection, stream, { protocol, time })
}

function badRequest(message: string): HttpResponse {
  const kind = { kind: 'Status', apiVersion: 'v1', metadata: {} }
  const body = { ...kind, status: 'Failure', message, reason: 'BadRequest', code: 400 }
  return { code: 400, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(body)}\n` }
}

/** Responds in HTTP/1.1 on a socket that Node has detached from its HTTP server. */
function refuse(socket: TLSSocket, request: HttpRequest, answer: HttpResponse): void {
  const body = answer.bytes ?? Buffer.from(answer.body)
  const headers = {
    ...headersFor(request, answer.headers),
    date: new Date().toUTCString(),
    'content-length': String(body.length),
    connection: 'close',
  }
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => `${name}: ${one}`),
  )
  socket.write(`HTTP/1.1 ${answer.code} ${STATUS_CODES[answer.code] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n`)
  socket.end(body)
}
