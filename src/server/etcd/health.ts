import { Code, GrpcError } from './grpc/grpc-error.js'
import type { Method, StreamMethod } from './grpc/methods.js'
import { unary } from './grpc/unary.js'

const SERVING = { status: 'SERVING' }

interface HealthRequest {
  readonly service: string
}

/** gRPC's health service; etcd registers only the server as a whole. Source: grpc/health/v1. */
export function healthService(): ReadonlyMap<string, Method> {
  const watch: StreamMethod = {
    request: 'HealthCheckRequest',
    response: 'HealthCheckResponse',
    open: (call) => ({
      message: ({ service }: HealthRequest) =>
        call.send(service === '' ? SERVING : { status: 'SERVICE_UNKNOWN' }),
    }),
  }
  return new Map<string, Method>([
    [
      'Check',
      unary('HealthCheckRequest', 'HealthCheckResponse', ({ service }: HealthRequest) => {
        if (service !== '') throw new GrpcError(Code.NotFound, 'unknown service')
        return SERVING
      }),
    ],
    ['Watch', watch],
  ])
}
