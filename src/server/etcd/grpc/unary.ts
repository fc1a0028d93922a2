import { Code, GrpcError } from './grpc-error.js'
import type { CallInfo, UnaryMethod } from './methods.js'
import type { MessageName } from './messages.js'
import { sizeOfVarint } from './writer.js'

/** Largest proposal, in bytes: `--max-request-bytes`. */
export const MOST_REQUEST: number = 1.5 * 1024 * 1024
/** Bytes that etcd's own header adds to a proposal: tag, length, and an id of ten bytes with its tag. */
const PROPOSAL_HEAD = 14

/**
 * Throws GrpcError when a write's proposal (the request within an InternalRaftRequest) is larger than etcd
 * accepts. Source: server/etcdserver/v3_server.go processInternalRaftRequestOnce.
 */
export function checkProposal(size: number): void {
  if (1 + sizeOfVarint(size) + size + PROPOSAL_HEAD > MOST_REQUEST)
    throw new GrpcError(Code.InvalidArgument, 'etcdserver: request is too large')
}

/** Returns a unary method whose handler has a typed request. */
export function unary<Request>(
  request: MessageName,
  response: MessageName,
  handle: (request: Request, call: CallInfo, size: number) => object,
): UnaryMethod {
  return { request, response, handle: handle as UnaryMethod['handle'] }
}
