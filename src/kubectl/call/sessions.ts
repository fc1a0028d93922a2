import { bytesOfText } from '../../lang/bytes/byte-text.js'
import { isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import { collect } from '../../client/collect.js'
import type { CommandLine } from './call.js'
import { KubectlError, SilentExit } from './errors.js'

type Session = ReturnType<Client['exec']>

/** Virtual ms after which a command that does not end is given up. */
const LONGEST = 3_600_000

/**
 * Writes the output of a session until it ends, while virtual time moves. Sends standard input first if
 * `stdin`. Returns undefined if the session has not ended after `longest` ms.
 */
export function runSession(
  { env, files, out }: CommandLine,
  session: Session,
  stdin: boolean,
  longest: number = LONGEST,
): Session['end'] {
  if (stdin) {
    session.write(bytesOfText(files.stdin))
    session.closeInput()
  }
  const { chunks, end } = collect(session, (ended) => env.until(ended, longest))
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  for (const { stream, data } of chunks) {
    const text = decoders[stream].decode(data, { stream: true })
    if (stream === 'stdout') out.write(text)
    else out.error(text)
  }
  return end
}

/** Ends kubectl as the process ended. Throws KubectlError, SilentExit. */
export function exitAs({ out }: CommandLine, end: Session['end']): void {
  if (end === undefined) throw new KubectlError('timed out waiting for the condition')
  if (end.error !== undefined) throw new KubectlError(`Internal error occurred: ${end.error}`)
  if (end.exitCode === 0) return
  out.errorLine(`command terminated with exit code ${end.exitCode}`)
  throw new SilentExit(end.exitCode)
}

/**
 * Opens a session. An internal error of the server is reported without its reason, as after a connection
 * upgrade. Throws KubectlError, ApiError.
 */
export function openSession(open: () => Session): Session {
  try {
    return open()
  } catch (error) {
    throw isApiError(error, 'InternalError') ? new KubectlError(error.message) : error
  }
}
