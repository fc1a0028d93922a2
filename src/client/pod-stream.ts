import type { LogRequest, ContainerStream } from './node-agent.js'

/** The log of a pod, already open. */
export interface LogStream {
  readonly kind: 'log'
  readonly session: ContainerStream
  readonly follow: boolean
}

/** A command in a container, or its first process. It is opened once the client's streams exist. */
export interface ExecStream {
  readonly kind: 'exec' | 'attach'
  readonly options: PodExecOptions
  /** @throws ApiError as the apiserver reports it on the error channel. */
  open(): ContainerStream
}

/** Ports of a pod. Each connection is opened separately. */
export interface PortForwardStream {
  readonly kind: 'portforward'
  readonly ports: readonly number[]
  /** @throws ApiError with the text for the connection's error stream. */
  open(port: number): ContainerStream
}

/** The result of a request for `pods/log`, `exec`, `attach` or `portforward`. */
export type PodStream = LogStream | ExecStream | PortForwardStream

/** Options of the streaming subresources, from the query or a client. */
export interface StreamOptions {
  readonly log: PodLogOptions
  readonly exec: PodExecOptions
  readonly attach: PodExecOptions
  readonly portforward: PodPortForwardOptions
}

/** Subresources that are streams. */
export type StreamName = keyof StreamOptions

export const STREAMS: ReadonlySet<string> = new Set<StreamName>(['log', 'exec', 'attach', 'portforward'])

/** Options of a log for the kubelet. */
export type LogWish = Omit<LogRequest, 'pod' | 'container'>

/** Query of `pods/NAME/log`. Source: core/v1 PodLogOptions. */
export interface PodLogOptions {
  readonly container?: string
  readonly follow?: boolean
  readonly previous?: boolean
  readonly timestamps?: boolean
  readonly sinceSeconds?: number
  /** RFC 3339. */
  readonly sinceTime?: string
  readonly tailLines?: number
  readonly limitBytes?: number
}

/** Query of `pods/NAME/exec` and `attach`. Source: core/v1 PodExecOptions, PodAttachOptions. */
export interface PodExecOptions {
  readonly container?: string
  readonly command?: readonly string[]
  readonly stdin?: boolean
  readonly stdout?: boolean
  readonly stderr?: boolean
  readonly tty?: boolean
}

/** Query of `pods/NAME/portforward`. Source: core/v1 PodPortForwardOptions. */
export interface PodPortForwardOptions {
  readonly ports?: readonly number[]
}
