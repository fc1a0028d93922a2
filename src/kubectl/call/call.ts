import type { Client } from '../../client/client.js'
import type { DiscoveredApi } from './discovery.js'
import type { KubectlResponse, KubectlEnvironment, KubectlOptions, KubectlRequest } from './environment.js'
import type { FileSource } from './files.js'
import type { Flags, FlagSpec } from '../args/flags.js'
import type { Kubeconfig } from './kubeconfig.js'
import type { Output } from './output.js'
import type { KubectlRelease } from './release.js'

/** The call of one command line: all that a command needs. */
export interface CommandLine {
  readonly env: KubectlEnvironment
  /** Client of the user that the command line and the kubeconfig select. */
  readonly client: Client
  /**
   * Sends a request that the client has no method for (discovery, OpenAPI, `--raw`), as the same user. Throws
   * ConnectionError.
   */
  request(request: KubectlRequest): KubectlResponse
  /** Returns what the server serves. Throws ApiError, ConnectionError. */
  discovered(): DiscoveredApi
  readonly release: KubectlRelease
  /** `get` or `rollout status`, for messages. */
  readonly command: string
  readonly flags: Flags
  /** The arguments other than flags, without the command's name. */
  readonly args: readonly string[]
  /** How many arguments preceded `--`; undefined if there was none. */
  readonly dash: number | undefined
  readonly out: Output
  readonly files: FileSource
  readonly kubeconfig: Kubeconfig
  /** Options of the call: environment variables, editors. */
  readonly options: KubectlOptions
  /** The namespace of `-n`, or else the context's. */
  readonly namespace: string
  /** Whether `-n` was given. */
  readonly namespaceGiven: boolean
}

/** One command of kubectl; its flags are in `flag-table.ts`. */
export interface KubectlCommand {
  readonly name: string
  readonly aliases?: readonly string[]
  /** Flags that are missing in the table because only another release has them. */
  readonly flags?: (release: KubectlRelease) => readonly FlagSpec[]
  /** Subcommands: `status` of `rollout`. */
  readonly commands?: readonly KubectlCommand[]
  /**
   * Runs the command. Failures are thrown (KubectlError, ApiError, Aggregate, ...); the caller prints them
   * and sets the exit code. Absent if only subcommands can be run.
   */
  readonly run?: (call: CommandLine) => void
}
