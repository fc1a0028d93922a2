import type { ServerHttp2Session } from 'node:http2'
import type { MessageName } from './messages.js'

/** What a method can know of a call besides its messages. */
export interface CallInfo {
  /** A header of the call (gRPC's metadata), by its lower-case name. */
  header(name: string): string | undefined
  /** The connection of the call; undefined once the connection is closed. */
  readonly session: ServerHttp2Session | undefined
}

/** A method with one request and one response. */
export interface UnaryMethod {
  readonly request: MessageName
  readonly response: MessageName
  /**
   * Returns the response. `size` is the length of the encoded request in bytes.
   * @throws GrpcError, EtcdError
   */
  handle(request: never, call: CallInfo, size: number): object
}

/** A method whose client and server send any number of messages. */
export interface StreamMethod {
  readonly request: MessageName
  readonly response: MessageName
  open(call: StreamCall): StreamHandler
}

/** Handles what a client sends on one streaming call. */
export interface StreamHandler {
  /** @throws GrpcError, EtcdError, which end the call */
  message(request: never): void
  /** The call takes messages again, see {@link StreamCall.isFull}. */
  drained?(): void
  /** The client has sent its last message. */
  halfClose?(): void
  /** The call is over; nothing can be sent any more. */
  closed?(): void
}

export type Method = UnaryMethod | StreamMethod

/** Methods by service and name. */
export type Services = ReadonlyMap<string, ReadonlyMap<string, Method>>

/** The server's side of a streaming call. */
export interface StreamCall extends CallInfo {
  /** Queues a message. It is encoded only when the client can receive it. */
  send(response: object): void
  /** Whether so much waits for the client that only responses to its messages should be sent. */
  readonly isFull: boolean
  /** Ends the call after all queued messages: with OK, or with the status of `error`. */
  end(error?: unknown): void
}
