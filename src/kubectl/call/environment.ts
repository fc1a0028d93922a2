import type { Scheme } from '../../api/scheme.js'
import type { ConnectionError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { Clock } from '../../sim/clock.js'

/** The server and the user that a command line's flags and the kubeconfig select. */
export interface RequestedIdentity {
  /**
   * Whether no user is named, so that the environment's own is used. Otherwise a user without token and
   * certificate is anonymous.
   */
  readonly isOwn: boolean
  /** `https://host:port`. */
  readonly server?: string
  readonly token?: string
  /** PEM of a client certificate and its chain. */
  readonly certificate?: string
  /** User to impersonate (`--as`). */
  readonly as?: string
  readonly asGroups?: readonly string[]
  readonly asUid?: string
  readonly asExtra?: Readonly<Record<string, readonly string[]>>
}

/** One HTTP request to the server. */
export interface KubectlRequest {
  readonly method: string
  /** Path with query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** The server's response. */
export interface KubectlResponse {
  readonly code: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string
}

/** A connection to a server as one user. */
export interface ServerConnection {
  readonly client: Client
  /** Why requests cannot arrive. */
  readonly refusal?: ConnectionError | undefined
  /** Whether no server ever listened at that address. */
  readonly isForeign?: boolean
  /** Throws ConnectionError if the server cannot be reached. */
  request(request: KubectlRequest): KubectlResponse
}

/** What the in-process kubectl needs of its cluster and of its simulated machine. */
export interface KubectlEnvironment {
  /** Client for all requests, as its user, unless the command line selects another user. */
  readonly client: Client
  /** The kinds that the server serves, which kubectl learns from discovery. */
  readonly scheme: Scheme
  readonly clock: Clock
  /** Moves virtual time by that many milliseconds; everything that falls due happens. */
  wait(ms: number): void
  /** Moves virtual time until `predicate` holds, at most `timeoutMs`. Returns whether it holds. */
  until(predicate: () => boolean, timeoutMs: number): boolean
  /** Version of the server: `v1.35`, `v1.34.9`. */
  readonly version: string
  /** Version of kubectl, which decides its texts. Default: the server's. */
  readonly clientVersion?: string
  /** Namespace of the current context. Default: the kubeconfig's, or `default`. */
  readonly defaultNamespace?: string
  /** Text of a file, undefined if there is none. Files of a call take precedence. */
  readFile?(path: string): string | undefined
  /**
   * Returns the connection of another user (`--as`, `--token`, a kubeconfig), and the one for requests by
   * path. Without it such flags are refused.
   */
  connect?(identity: RequestedIdentity): ServerConnection
  /** Text of the kubeconfig for calls that bring none: the administrator's. */
  kubeconfig?(): string
  /** Returns and forgets the warnings (without `299 - `) that the server has sent since the last call. */
  takeWarnings?(): readonly string[]
}

/** Options of one call. */
export interface KubectlOptions {
  /** Standard input, for `-f -`. */
  readonly stdin?: string
  /**
   * Whether stdin is a terminal, which `exec -t` and `attach -t` want.
   * @default false
   */
  readonly isTerminal?: boolean
  /**
   * Files by path, for `-f`. A kubeconfig at `~/.kube/config`, or where KUBECONFIG points, selects the user.
   */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** Environment variables: KUBECONFIG. */
  readonly env?: Readonly<Record<string, string>>
  /**
   * The editor of `edit`: returns the saved text. It is called again, with the reasons in comments, while the
   * server refuses the result.
   */
  readonly editor?: (text: string, path: string) => string
  /**
   * Whether kubectl has cached the server's discovery, as it does for hours: then it does not ask again, and
   * words failures of the server differently. A server that does not exist was never asked.
   * @default true
   */
  readonly knowsServer?: boolean
  /**
   * Virtual ms after which a command that does not end by itself is interrupted, as by Ctrl-C: watches, `logs
   * -f`, `attach`.
   */
  readonly interruptAfter?: number
  /**
   * Version of kubectl, which decides its texts: `v1.35.2`.
   * @default the environment's, which is the cluster's
   */
  readonly version?: string
  /** Uses the ports of `port-forward`: called when they are open; they are closed when it returns. */
  readonly forwarded?: (ports: readonly ForwardedPort[]) => void
  /** Uses the port of `proxy`: called when it is open; the proxy ends when it returns. */
  readonly proxied?: Proxied
  /**
   * Whether a command that fails throws a CommandError with what it wrote, instead of returning its exit
   * code.
   * @default false
   */
  readonly check?: boolean
}

/** Uses the port of `proxy`. `send` sends a request there; `server` is the URL of the server behind it. */
export type Proxied = (send: (request: KubectlRequest) => KubectlResponse, server: string) => void

/** A port that `port-forward` has opened. */
export interface ForwardedPort {
  /** The local port. */
  readonly local: number
  /** The port of the pod. */
  readonly remote: number
  /**
   * Opens a connection to the port.
   * @throws ApiError if the server refuses
   */
  connect(): ReturnType<Client['portForward']>
}

/** Result of a command, like that of a process. */
export interface KubectlResult {
  readonly stdout: string
  readonly stderr: string
  /** Both streams in the order of writing, as a terminal shows them. */
  readonly terminal: string
  readonly exitCode: number
  /**
   * Files that the command has written, by path. A binary file can be passed on as it is; `bytesOfText`
   * returns its bytes.
   */
  readonly files: Readonly<Record<string, string>>
}
