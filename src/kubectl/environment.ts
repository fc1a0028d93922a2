import type { Scheme } from '../api/scheme.js'
import type { Client } from '../apiserver/client/client.js'
import type { Clock } from '../sim/clock.js'

/** Which identity a command line asks for, besides the environment's own. */
export interface RequestedIdentity {
  readonly as?: string
  readonly asGroups: readonly string[]
  readonly asUid?: string
  readonly context?: string
  readonly user?: string
  readonly token?: string
}

/** What the in-process kubectl needs of the cluster that it talks to, and of the machine that it seems to run on. */
export interface KubectlEnvironment {
  /** Every request goes through this client, under its user's identity. */
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
  /** Namespace of the current context. Default `default`. */
  readonly defaultNamespace?: string
  /** Text of a file, undefined if there is none. Files given to a call come first. */
  readFile?(path: string): string | undefined
  /** The client of another identity (`--as`, `--context`, `--token`). Without it such flags are refused. */
  clientFor?(identity: RequestedIdentity): Client
  /** Takes the warnings (without `299 - `) that the server has sent since the last call. */
  takeWarnings?(): readonly string[]
}

/** What one call may bring along. */
export interface KubectlOptions {
  /** What `-f -` reads. */
  readonly stdin?: string
  /** Files by path, for `-f`. */
  readonly files?: Readonly<Record<string, string>>
}

/** What a command leaves behind, as a process does. */
export interface KubectlResult {
  readonly stdout: string
  readonly stderr: string
  /** Both streams in the order in which they were written: what a terminal shows. */
  readonly terminal: string
  readonly exitCode: number
}
