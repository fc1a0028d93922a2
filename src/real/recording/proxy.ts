import { timingSafeEqual } from 'node:crypto'
import { type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ProxyIdentity } from './proxy-identity.js'
import type { RecordedExchange, Recorder } from './recorder.js'

const HOST = '127.0.0.1'
const PROTOBUF = 'application/vnd.kubernetes.protobuf'
/** `kubectl proxy` lets these hosts in only; the client's own host has been checked here. */
const UPSTREAM_HOST = 'localhost'

/** A proxy on this machine that tells a recorder what goes through it. */
export interface RecordingProxy {
  readonly port: number
  close(): Promise<void>
}

/** The dependencies of {@link startProxy}. */
interface RecordingProxyDependencies {
  /** Path of the unix socket on which plain HTTP is taken. */
  readonly socket: string
  readonly identity: ProxyIdentity
  readonly recorder: Recorder
}

/**
 * Starts a proxy to a server that takes plain HTTP on a unix socket. It speaks TLS on a port of this machine,
 * and lets in who has its token, and no page in a browser. Streams of port-forward pass without being
 * recorded.
 */
export async function startProxy(dependencies: RecordingProxyDependencies): Promise<RecordingProxy> {
  const { certificate: cert, key, token } = dependencies.identity
  let port = 0
  const server = createServer({ cert, key, minVersion: 'TLSv1.2' }, (incoming, outgoing) => {
    const fault = faultOf(incoming, token, port)
    if (fault === undefined) return forward(incoming, outgoing, dependencies)
    outgoing.writeHead(fault.code, { 'content-type': 'application/json', connection: 'close' })
    outgoing.end(statusOf(fault))
  })
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const fault = faultOf(incoming, token, port)
    if (fault === undefined) return tunnel({ incoming, socket, head }, dependencies.socket)
    socket.end(`HTTP/1.1 ${fault.code} ${fault.reason}\r\nConnection: close\r\n\r\n`)
  })
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  server.on('clientError', (_error, socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, HOST, resolve)
  })
  port = (server.address() as AddressInfo).port
  return { port, close: () => closed(server) }
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

interface Fault {
  readonly code: 401 | 403
  readonly reason: 'Unauthorized' | 'Forbidden'
  readonly message: string
}

/**
 * Returns why a request may not reach the cluster. A token alone would be enough; that a browser sends the
 * request, or that its host is a name which leads here, shows that somebody tries.
 */
function faultOf({ headers }: IncomingMessage, token: string, port: number): Fault | undefined {
  const forbidden = (message: string): Fault => ({ code: 403, reason: 'Forbidden', message })
  const { host, origin, authorization = '' } = headers
  const own = [`${HOST}:${port}`, `localhost:${port}`]
  if (host === undefined || !own.includes(host.toLowerCase()))
    return forbidden(`the recording proxy is ${HOST}:${port}, not ${host ?? ''}`)
  if (origin !== undefined) return forbidden('the recording proxy takes no requests of web pages')
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'none')
    return forbidden('the recording proxy takes no requests of web pages')
  if (isEqual(authorization, `Bearer ${token}`)) return undefined
  const message = 'the recording proxy lets in only who has the token of its kubeconfig'
  return { code: 401, reason: 'Unauthorized', message }
}

function isEqual(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}

const statusOf = ({ code, reason, message }: Fault): string =>
  JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code })

/** What is for this proxy only, or for one connection. */
const OWN_HEADERS: ReadonlySet<string> = new Set(['accept-encoding', 'host', 'authorization'])

/** JSON in plain bytes, which can be compared: the encodings that others would choose are not offered. */
function readable(headers: IncomingMessage['headers']): Record<string, string> {
  const texts = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || OWN_HEADERS.has(name) ? [] : [[name, String(value)] as const],
  )
  const { accept, ...rest } = Object.fromEntries(texts)
  if (accept === undefined) return rest
  const parts = accept.split(',').map((part) => part.replace(PROTOBUF, 'application/json'))
  return { ...rest, accept: [...new Set(parts)].join(',') }
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { socket, recorder }: RecordingProxyDependencies,
): void {
  const { method = 'GET', url: path = '/' } = incoming
  const headers = readable(incoming.headers)
  const parts: Buffer[] = []
  const exchange: RecordedExchange = {
    method,
    path,
    headers,
    get body() {
      return Buffer.concat(parts)
    },
    start: Date.now(),
  }
  recorder.add(exchange)
  const asked = { socketPath: socket, method, path, headers: { ...headers, host: UPSTREAM_HOST } }
  const sent = request(asked, (response) => {
    const { statusCode: code = 0 } = response
    const received: Buffer[] = []
    outgoing.writeHead(code, response.headers)
    const recorded: NonNullable<RecordedExchange['response']> = {
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
  socketPath: string,
): void {
  const { method, url: path } = incoming
  const { authorization: _, ...headers } = incoming.headers
  const sent = request({ socketPath, method, path, headers: { ...headers, host: UPSTREAM_HOST } })
  const end = (): void => void socket.destroy()
  sent.on('error', end)
  // refused: the client is told why
  sent.on('response', (response) => {
    socket.write(`HTTP/1.1 ${response.statusCode} ${response.statusMessage}\r\nConnection: close\r\n\r\n`)
    response.on('error', end).pipe(socket)
  })
  sent.on('upgrade', (response, other, first) => {
    const lines = Object.entries(response.headers).map(([name, value]) => `${name}: ${String(value)}`)
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`)
    if (first.length > 0) socket.write(first)
    if (head.length > 0) other.write(head)
    socket.on('close', () => other.destroy())
    other.on('error', end).on('close', end)
    other.pipe(socket).pipe(other)
  })
  sent.end()
}
