import type { Client } from '../client/client.js'
import type { Discovered } from './discovery.js'
import type { KubectlAnswer, KubectlEnvironment, KubectlOptions, KubectlRequest } from './environment.js'
import type { FileSource } from './files.js'
import type { Flags, FlagSpec } from './flags.js'
import type { Kubeconfig } from './kubeconfig.js'
import type { Output } from './output.js'
import type { Release } from './release.js'

/** One command line on its way: all that a command needs. */
export interface Call {
  readonly env: KubectlEnvironment
  /** Client of the identity that the command line and the kubeconfig ask for. */
  readonly client: Client
  /**
   * A request that the client has no method for (discovery, OpenAPI, `--raw`), as the same identity. Throws
   * ConnectionError.
   */
  request(request: KubectlRequest): KubectlAnswer
  /** What the server serves. Throws ApiError, ConnectionError. */
  discovered(): Discovered
  readonly release: Release
  /** `get`, `rollout status`, for messages. */
  readonly command: string
  readonly flags: Flags
  /** The words that are no flags, without the command's name. */
  readonly args: readonly string[]
  /** How many of the args stood before `--`; undefined without one. */
  readonly dash: number | undefined
  readonly out: Output
  readonly files: FileSource
  readonly kubeconfig: Kubeconfig
  /** What the call brought along: environment variables, editors. */
  readonly options: KubectlOptions
  /** That of `-n`, else of the context. */
  readonly namespace: string
  /** Whether the namespace was asked for by `-n`. */
  readonly namespaceGiven: boolean
}

/** One command of kubectl; its flags are in `flag-table.ts`. */
export interface Command {
  readonly name: string
  readonly aliases?: readonly string[]
  /** Those that the table lacks, since only another release has them. */
  readonly flags?: (release: Release) => readonly FlagSpec[]
  /** Commands below this one: `status` of `rollout`. */
  readonly commands?: readonly Command[]
  /**
   * Failures are thrown (KubectlError, ApiError, Aggregate, ...); the caller prints them and sets the exit
   * code. Absent: only those below can be run.
   */
  readonly run?: (call: Call) => void
}
