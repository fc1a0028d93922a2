import type { Chunk, ContainerStream, SessionEnd } from './node-agent.js'

/** Bytes of output after which a session is not waited for any longer. */
const MOST_COLLECTED = 256 * 1024 * 1024

/** The output of a session, and its end; undefined if it has not ended while its caller waited. */
export interface Collected {
  readonly chunks: readonly Chunk[]
  readonly end: SessionEnd | undefined
}

/**
 * Reads a session while `wait` moves virtual time until its predicate holds, and stops it if it has not ended
 * then. More than 256 MiB of output is an error at its end.
 */
export function collect(session: ContainerStream, wait: (ended: () => boolean) => unknown): Collected {
  const chunks: Chunk[] = []
  let size = 0
  const isOver = (): boolean => {
    for (const chunk of session.read()) {
      chunks.push(chunk)
      size += chunk.data.length
    }
    return session.end !== undefined || size > MOST_COLLECTED
  }
  if (!isOver()) wait(isOver)
  const { end } = session
  if (end === undefined) session.stop()
  if (size <= MOST_COLLECTED) return { chunks, end }
  const error = `the command has written more than ${MOST_COLLECTED / 1024 / 1024} MiB, and is not waited for`
  return { chunks, end: end ?? { exitCode: -1, error } }
}
