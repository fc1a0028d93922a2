import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ApiError, type StatusReason } from '../client/api-error.js'
import type { Duration } from '../sim/duration.js'
import type { CommandResult } from '../cluster/streams/pod-streams.js'

/** How {@link connect} finds the cluster. */
export interface RealClusterOptions {
  /**
   * Path of the kubeconfig.
   * @default kubectl's own choice (`KUBECONFIG`, `~/.kube/config`)
   */
  readonly kubeconfig?: string
  /**
   * Context of the kubeconfig.
   * @default the current one
   */
  readonly context?: string
  /**
   * The current namespace.
   * @default `default`
   */
  readonly namespace?: string
  /**
   * Path of kubectl.
   * @default `kubectl` on the path
   */
  readonly kubectl?: string
  /**
   * The longest time that `advance` waits; beyond, it throws.
   * @default 5m
   */
  readonly longestWait?: Duration
}

/** Status codes of the reasons that kubectl prints. Source: apimachinery pkg/api/errors. */
const CODES: Readonly<Record<string, number>> = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
}

/** Returns the error that kubectl has printed. Source: kubectl pkg/cmd/util checkErr. */
export function errorOf(stderr: string): Error {
  const text = stderr.trim()
  const [, reason, message] = /^Error from server \((\w+)\): (?:error when .*?: )?(.*)$/s.exec(text) ?? []
  if (reason !== undefined) return new ApiError(CODES[reason] ?? 500, reason as StatusReason, message ?? '')
  const [, invalid] = /^The (.* is invalid: .*)$/s.exec(text) ?? []
  return invalid === undefined ? new Error(text) : new ApiError(422, 'Invalid', invalid)
}

/** Runs kubectl and returns its result. @throws ApiError if the server refuses, Error if kubectl fails */
export async function runOrThrow(
  options: RealClusterOptions,
  words: readonly string[],
  input?: string,
): Promise<CommandResult> {
  const result = await runKubectl(options, words, input)
  if (result.exitCode !== 0) throw errorOf(result.stderr)
  return result
}

/** Returns the flags that name the cluster. */
export const globalFlags = ({ kubeconfig, context }: RealClusterOptions): readonly string[] => [
  ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
  ...(context === undefined ? [] : [`--context=${context}`]),
]

/** Runs kubectl to its end. @throws Error if it cannot be started */
export function runKubectl(
  options: RealClusterOptions,
  words: readonly string[],
  input = '',
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(options.kubectl ?? 'kubectl', [...globalFlags(options), ...words])
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    child.once('error', ({ message }) =>
      reject(new Error(`kubectl cannot be started, install it or name its path: ${message}`)),
    )
    child.once('close', (code) =>
      resolve({
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
        exitCode: code ?? 1,
      }),
    )
  })
}

/** Whether there is a kubectl on the path. */
export const hasKubectl = (): boolean =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .some((folder) => ['kubectl', 'kubectl.exe'].some((name) => existsSync(join(folder, name))))
