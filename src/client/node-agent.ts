import type { Pod } from '../api/core/generated.js'

/** What `GET pods/NAME/log` asks of a kubelet (PodLogOptions). */
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

/** What `exec` and `attach` ask of a kubelet (PodExecOptions, PodAttachOptions); attach has no command. */
export interface ExecRequest {
  readonly pod: Pod
  readonly container: string
  readonly command: readonly string[] | undefined
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly tty: boolean
}

/** A piece of output. `log` and a port's data use `stdout`. */
export interface Chunk {
  readonly stream: 'stdout' | 'stderr'
  readonly data: Uint8Array
}

/** How a session ended: `exitCode` of the process, or an error that kept it from running. */
export interface SessionEnd {
  readonly exitCode: number
  readonly error?: string
}

/**
 * An open stream to a container: log, exec, attach or one connection of a port-forward. Pulled, like watches:
 * `read` answers what has come since the last call. Nothing happens in it but inside kernel steps and the
 * calls made here.
 */
export interface Session {
  /** Input: stdin, or what goes to the port. */
  write(data: Uint8Array): void
  /** End of input. */
  closeInput(): void
  resize(width: number, height: number): void
  read(): readonly Chunk[]
  /** Undefined while it goes on. What is left to read comes first. */
  readonly end: SessionEnd | undefined
  /** Called when there is something to read or the end has come. */
  onReady(listener: () => void): void
  /** The client has gone away. */
  stop(): void
}

/**
 * The part of a kubelet that the apiserver talks to (its port 10250). Throws ApiError as the proxying
 * apiserver answers: 400 for an unknown or waiting container, 500 when the dial fails.
 */
export interface NodeAgent {
  logs(request: LogRequest): Session
  exec(request: ExecRequest): Session
  attach(request: ExecRequest): Session
  portForward(pod: Pod, port: number): Session
}

/**
 * Finds the agent of a node; undefined when nothing answers there (the machine is down, or there is no
 * kubelet).
 */
export interface NodeAgents {
  agentOf(node: string): NodeAgent | undefined
  /**
   * What keeps a connection to a kubelet that is there from coming about, in Go's words: `remote error: tls:
   * internal error`. Default: nothing.
   */
  connectionFault?(node: string): string | undefined
}
