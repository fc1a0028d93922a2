import type { Client, ObjectKey } from '../../client/client.js'
import { collect } from '../../client/collect.js'
import type { PodLogOptions } from '../../client/pod-stream.js'
import type { Chunk, ContainerStream } from '../../client/node-agent.js'
import type { Duration } from '../../sim/duration.js'

/** Options of `SimCluster.exec`. */
export interface ExecOptions {
  /** @default the pod's only container */
  readonly container?: string
  /**
   * The standard input.
   * @default empty
   */
  readonly stdin?: string
  /**
   * Virtual time after which to stop waiting. The command keeps running then, and the exit code is -1.
   * @default 1h
   */
  readonly timeout?: Duration
}

/** The result of a command in a container or on a machine. */
export interface CommandResult {
  readonly stdout: string
  /** If the command cannot be started, the reason. */
  readonly stderr: string
  /** In a container 126 if the command cannot be started, and -1 if it is still running. */
  readonly exitCode: number
}

/** Options of `SimCluster.logs`. */
export type LogOptions = Omit<PodLogOptions, 'follow'>

/** Runs a command and waits for its end. */
export function execInPod(
  client: Client,
  wait: (ended: () => boolean) => boolean,
  pod: ObjectKey,
  command: string | readonly string[],
  options: ExecOptions,
): CommandResult {
  const words = typeof command === 'string' ? ['sh', '-c', command] : command
  const { container, stdin } = options
  const session = client.exec(pod, {
    command: words,
    stdin: stdin !== undefined,
    stdout: true,
    stderr: true,
    ...(container === undefined ? {} : { container }),
  })
  if (stdin !== undefined) {
    session.write(new TextEncoder().encode(stdin))
    session.closeInput()
  }
  const { chunks, end } = collect(session, wait)
  const stderr = textOf(chunks, 'stderr')
  return {
    stdout: textOf(chunks, 'stdout'),
    stderr: end?.error === undefined ? stderr : `${stderr}${end.error}\n`,
    exitCode: end?.exitCode ?? -1,
  }
}

/** Returns the whole log so far. */
export function logsOfPod(client: Client, pod: ObjectKey, options: LogOptions): string {
  const session: ContainerStream = client.logs(pod, options)
  const text = textOf(session.read(), 'stdout')
  session.stop()
  return text
}

function textOf(chunks: readonly Chunk[], stream: Chunk['stream']): string {
  const decoder = new TextDecoder()
  return chunks
    .filter((chunk) => chunk.stream === stream)
    .map(({ data }) => decoder.decode(data, { stream: true }))
    .join('')
}
