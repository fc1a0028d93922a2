import type { Client } from '../apiserver/client/client.js'
import type { KubectlEnvironment } from './environment.js'
import type { FileSource } from './files.js'
import type { Flags, FlagSpec } from './flags.js'
import type { Output } from './output.js'
import type { Release } from './release.js'

/** One command line on its way: all that a command needs. */
export interface Call {
  readonly env: KubectlEnvironment
  /** Client of the identity that the command line asks for. */
  readonly client: Client
  readonly release: Release
  /** `get`, for messages. */
  readonly command: string
  readonly flags: Flags
  /** The words that are no flags, without the command's name. */
  readonly args: readonly string[]
  readonly out: Output
  readonly files: FileSource
  /** That of `-n`, else of the context. */
  readonly namespace: string
}

/** One command of kubectl. */
export interface Command {
  readonly name: string
  readonly aliases?: readonly string[]
  /** Without the global ones. */
  readonly flags: (release: Release) => readonly FlagSpec[]
  /** Failures are thrown (KubectlError, ApiError, Aggregate, ...); the caller prints them and sets the exit code. */
  readonly run: (call: Call) => void
}
