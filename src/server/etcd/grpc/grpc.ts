import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { refuse } from './call.js'
import { Code, GrpcError } from './grpc-error.js'
import type { PlainResponse } from '../http-endpoints.js'
import type { Method, Services, StreamCall } from './methods.js'
import { OpenStream } from './stream-call.js'
import { UnaryCall } from './unary-call.js'

/** The server that {@link handleStream} works for. */
export interface GrpcHost {
  readonly services: Services
  /** The response to an HTTP request that is not gRPC. */
  plain(path: string): PlainResponse
  /** Streaming calls that have not ended. */
  readonly open: Set<StreamCall>
  /** Receives errors that only a bug of the simulator can cause. */
  readonly report: (error: unknown) => void
}

/** Handles one HTTP/2 stream: a gRPC call, or a plain HTTP request. */
export function handleStream(host: GrpcHost, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  // the client has reset the stream, or the connection has failed: 'close' follows
  stream.on('error', () => undefined)
  // node:http2 emits 'stream' in a later turn, when the client can have reset it already
  if (stream.closed || stream.destroyed) return
  if (headers['content-type']?.startsWith('application/grpc') !== true)
    return respondPlain(host, stream, headers)
  const method = methodOf(host.services, headers)
  if (method instanceof GrpcError) {
    stream.resume()
    return refuse(stream, method)
  }
  if ('handle' in method) new UnaryCall(host, method, stream, headers).start()
  else new OpenStream(host, method, stream, headers).start()
}

function respondPlain(host: GrpcHost, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  stream.resume()
  const { code, headers: fields, body } = host.plain(headers[':path'] ?? '/')
  stream.respond({ ':status': code, ...fields })
  stream.end(headers[':method'] === 'HEAD' ? undefined : body)
}

/** Source: google.golang.org/grpc server.go handleStream. */
function methodOf(services: Services, headers: IncomingHttpHeaders): Method | GrpcError {
  const path = headers[':path'] ?? ''
  const slash = path.lastIndexOf('/')
  if (slash <= 0) return new GrpcError(Code.Unimplemented, `malformed method name: "${path}"`)
  const [service, name] = [path.slice(1, slash), path.slice(slash + 1)]
  const methods = services.get(service)
  if (methods === undefined) return new GrpcError(Code.Unimplemented, `unknown service ${service}`)
  return (
    methods.get(name) ?? new GrpcError(Code.Unimplemented, `unknown method ${name} for service ${service}`)
  )
}
