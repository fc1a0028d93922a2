import type { Scheme } from '../api/scheme.js'
import type { ConnectionError } from '../client/api-error.js'
import type { Client } from '../client/client.js'
import type { HttpAnswer, HttpRequest } from '../client/http.js'
import type { Clock } from '../sim/clock.js'
import type { Front } from './rest/exchange.js'

/** Which server a command line asks for and as whom, as its flags and the kubeconfig say. */
export interface RequestedIdentity {
  /**
   * Nothing names a user: it is the environment's own. Otherwise one without token and certificate is nobody
   * in particular.
   */
  readonly isOwn: boolean
  /** `https://host:port`. */
  readonly server?: string
  readonly token?: string
  /** PEM of a client certificate (and those that vouch for it). */
  readonly certificate?: string
  /** Whom to act as, once authenticated (`--as`). */
  readonly as?: string
  readonly asGroups?: readonly string[]
  readonly asUid?: string
  readonly asExtra?: Readonly<Record<string, readonly string[]>>
}

/** One HTTP request to the server. */
export interface KubectlRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What the server answers. */
export interface KubectlAnswer {
  readonly code: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string
}

/** A server as one identity reaches it. */
export interface Connection {
  readonly client: Client
  /** Why nothing that is sent there arrives. */
  readonly refusal?: ConnectionError | undefined
  /** No server ever listened at that address. */
  readonly isForeign?: boolean
  /** Something stands before the server. */
  readonly isFronted?: boolean
  /** Throws ConnectionError when the server cannot be reached. */
  request(request: KubectlRequest): KubectlAnswer
  /**
   * The same for any request of the API: also what streams. Without it nothing can stand before the server
   * ({@link KubectlOptions.front}).
   */
  send?(request: HttpRequest): HttpAnswer
}

/**
 * What the in-process kubectl needs of the cluster that it talks to, and of the machine that it seems to run
 * on.
 */
export interface KubectlEnvironment {
  /**
   * Every request goes through this client, under its user's identity, unless the command line asks for
   * another one.
   */
  readonly client: Client
  /** The kinds that the server serves, as kubectl learns them from discovery. */
  readonly scheme: Scheme
  readonly clock: Clock
  /** Moves virtual time by exactly so many milliseconds; everything that falls due happens. */
  wait(ms: number): void
  /** Moves virtual time until `predicate` holds, for `timeoutMs` at most; answers whether it does. */
  until(predicate: () => boolean, timeoutMs: number): boolean
  /** Version of the server: `v1.35`, `v1.34.9`. */
  readonly version: string
  /** Version of kubectl itself, whose texts are printed. Default: the server's. */
  readonly clientVersion?: string
  /** Namespace of the current context. Default: what the kubeconfig says, `default`. */
  readonly defaultNamespace?: string
  /** Text of a file, undefined if there is none. Files given to a call come first. */
  readFile?(path: string): string | undefined
  /**
   * The connection of another identity (`--as`, `--token`, a kubeconfig), and the one for requests by path.
   * Without it such flags are refused.
   */
  connect?(identity: RequestedIdentity): Connection
  /** Text of the kubeconfig that is used when the call brings none: the administrator's. */
  kubeconfig?(): string
  /** Takes the warnings (without `299 - `) that the server has sent since the last call. */
  takeWarnings?(): readonly string[]
}

/** What one call may bring along. */
export interface KubectlOptions {
  /** What `-f -` reads. */
  readonly stdin?: string
  /**
   * Files by path, for `-f`. A kubeconfig at `~/.kube/config`, or where KUBECONFIG says, decides who asks.
   */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** Environment variables: KUBECONFIG. */
  readonly env?: Readonly<Record<string, string>>
  /**
   * The editor of `edit`: answers the text as it was saved. It is called again, with the reasons in comments,
   * while the server refuses the result.
   */
  readonly editor?: (text: string, path: string) => string
  /**
   * Whether kubectl remembers what the server serves, as it does for hours once it has asked: then it does
   * not ask again, and a server that does not answer or refuses the user is reported in other words. Default
   * true. A server that is nowhere was never asked.
   */
  readonly knowsServer?: boolean
  /**
   * What stands between this kubectl and the apiserver: a server that misbehaves, another certificate. Every
   * request of the command then goes through it as HTTP. Default: nothing, and most requests are never put
   * into words.
   */
  readonly front?: Front
  /**
   * Virtual ms after which a command that does not end by itself is interrupted, as by Ctrl-C: watches, `logs
   * -f`, `attach`.
   */
  readonly interruptAfter?: number
  /**
   * Version of kubectl whose texts are printed: `v1.35.2`. Default: that of the environment, the cluster's.
   */
  readonly version?: string
  /**
   * What uses the ports of `port-forward`: it is called once they are open, and when it returns they are
   * closed.
   */
  readonly forwarded?: (ports: readonly ForwardedPort[]) => void
  /** What uses the port of `proxy`: it is called once it is open, and when it returns the proxy ends. */
  readonly proxied?: Proxied
}

/**
 * What uses the port of `proxy`: it is given what answers a request that is sent there, and the URL of the
 * server behind.
 */
export type Proxied = (send: (request: KubectlRequest) => KubectlAnswer, server: string) => void

/** A port that `port-forward` has opened. */
export interface ForwardedPort {
  /** The port on the machine of kubectl. */
  readonly local: number
  /** The port of the pod. */
  readonly remote: number
  /** Opens a connection to it. Throws ApiError where the server refuses. */
  connect(): ReturnType<Client['portForward']>
}

/** What a command leaves behind, as a process does. */
export interface KubectlResult {
  readonly stdout: string
  readonly stderr: string
  /** Both streams in the order in which they were written: what a terminal shows. */
  readonly terminal: string
  readonly exitCode: number
  /**
   * Files that the command has written, by path. One that is no text can be passed on as it is; `bytesOfText`
   * gives its bytes.
   */
  readonly files: Readonly<Record<string, string>>
}
