import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Exchange, Recorder } from './recorder.js'

const HOST = '127.0.0.1'
const PROTOBUF = 'application/vnd.kubernetes.protobuf'

/** A proxy on this machine that tells a recorder what goes through it. */
export interface RecordingProxy {
  readonly port: number
  close(): Promise<void>
}

/**
 * Starts a proxy to a server that takes plain HTTP on a port of this machine. Streams of exec, attach and
 * port-forward pass without being recorded.
 */
export async function startProxy(upstream: number, recorder: Recorder): Promise<RecordingProxy> {
  const server = createServer((incoming, outgoing) => forward(incoming, outgoing, upstream, recorder))
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) =>
    tunnel({ incoming, socket, head }, upstream),
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, HOST, resolve)
  })
  return { port: (server.address() as AddressInfo).port, close: () => closed(server) }
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** JSON in plain bytes, which can be compared: the encodings that others would choose are not offered. */
function readable(headers: IncomingMessage['headers']): Record<string, string> {
  const texts = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || name === 'accept-encoding' || name === 'host'
      ? []
      : [[name, String(value)] as const],
  )
  const { accept, ...rest } = Object.fromEntries(texts)
  if (accept === undefined) return rest
  const parts = accept.split(',').map((part) => part.replace(PROTOBUF, 'application/json'))
  return { ...rest, accept: [...new Set(parts)].join(',') }
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  port: number,
  recorder: Recorder,
): void {
  const { method = 'GET', url: path = '/' } = incoming
  const headers = readable(incoming.headers)
  const parts: Buffer[] = []
  const exchange: Exchange = {
    method,
    path,
    headers,
    get body() {
      return Buffer.concat(parts)
    },
    start: Date.now(),
  }
  recorder.add(exchange)
  const sent = request({ host: HOST, port, method, path, headers }, (response) => {
    const { statusCode: code = 0 } = response
    const received: Buffer[] = []
    outgoing.writeHead(code, response.headers)
    const recorded: NonNullable<Exchange['response']> = {
      code,
      headers: headersOf(response),
      get text() {
        return Buffer.concat(received).toString('utf8')
      },
      end: undefined,
    }
    exchange.response = recorded
    const end = (): void => void (recorded.end ??= Date.now())
    response.on('data', (part: Buffer) => {
      received.push(part)
      outgoing.write(part)
    })
    response.on('end', () => outgoing.end(end()))
    // a watch ends when its client has gone
    response.on('error', end).on('close', end)
  })
  outgoing.on('close', () => sent.destroy())
  sent.on('error', (error) => {
    if (!outgoing.headersSent) outgoing.writeHead(502)
    outgoing.end(String(error))
  })
  incoming.on('data', (part: Buffer) => {
    parts.push(part)
    sent.write(part)
  })
  incoming.on('end', () => sent.end())
}

const headersOf = ({ headers }: IncomingMessage): Readonly<Record<string, string | readonly string[]>> =>
  Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value ? [[name, value]] : [])))

/** Passes the bytes of a connection that has changed its protocol. */
function tunnel(
  {
    incoming,
    socket,
    head,
  }: { readonly incoming: IncomingMessage; readonly socket: Duplex; readonly head: Buffer },
  port: number,
): void {
  const { method, url: path, headers } = incoming
  const sent = request({ host: HOST, port, method, path, headers })
  const end = (): void => void socket.destroy()
  sent.on('error', end).on('response', end)
  sent.on('upgrade', (response, other, first) => {
    const lines = Object.entries(response.headers).map(([name, value]) => `${name}: ${String(value)}`)
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`)
    if (first.length > 0) socket.write(first)
    if (head.length > 0) other.write(head)
    socket.on('error', () => other.destroy()).on('close', () => other.destroy())
    other.on('error', end).on('close', end)
    other.pipe(socket).pipe(other)
  })
  sent.end()
}
