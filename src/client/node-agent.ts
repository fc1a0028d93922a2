import type { Pod } from '../api/core/generated.js'

/** Options of a log for a kubelet (PodLogOptions). */
export interface LogRequest {
  readonly pod: Pod
  readonly container: string
  readonly follow: boolean
  readonly previous: boolean
  readonly timestamps: boolean
  readonly sinceSeconds?: number
  /** Virtual milliseconds. */
  readonly sinceTime?: number
  readonly tailLines?: number
  readonly limitBytes?: number
}

/** Options of `exec` and `attach` for a kubelet (PodExecOptions, PodAttachOptions). attach has no command. */
export interface ExecRequest {
  readonly pod: Pod
  readonly container: string
  readonly command: readonly string[] | undefined
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly tty: boolean
}

/** A piece of output. Logs and a port's data use `stdout`. */
export interface Chunk {
  readonly stream: 'stdout' | 'stderr'
  readonly data: Uint8Array
}

/** The end of a session: the `exitCode` of the process, or the error that prevented it from running. */
export interface SessionEnd {
  readonly exitCode: number
  readonly error?: string
}

/**
 * An open stream to a container: log, exec, attach or one connection of a port-forward. Pulled, like watches:
 * `read` returns the output since the last call. It progresses only during kernel steps and these calls.
 */
export interface ContainerStream {
  /** Writes input: stdin, or data for the port. */
  write(data: Uint8Array): void
  /** End of input. */
  closeInput(): void
  resize(width: number, height: number): void
  read(): readonly Chunk[]
  /** Undefined while the session runs or has unread output. */
  readonly end: SessionEnd | undefined
  /** Sets the listener that is called when there is output to read or the session has ended. */
  onReady(listener: () => void): void
  /** Ends the session: the client has gone away. */
  stop(): void
}

/**
 * The part of a kubelet that the apiserver connects to (port 10250). Throws ApiError as the proxying
 * apiserver returns it: 400 for an unknown or waiting container, 500 if the dial fails.
 */
export interface NodeAgent {
  logs(request: LogRequest): ContainerStream
  exec(request: ExecRequest): ContainerStream
  attach(request: ExecRequest): ContainerStream
  portForward(pod: Pod, port: number): ContainerStream
}

/** Returns the agent of a node, or undefined if nothing responds (the machine is down, or has no kubelet). */
export interface NodeAgents {
  agentOf(node: string): NodeAgent | undefined
  /**
   * Returns Go's error that prevents a connection to a running kubelet: `remote error: tls: internal error`.
   * Default: none.
   */
  connectionFault?(node: string): string | undefined
}
