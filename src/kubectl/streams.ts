import { bytesOfText } from '../api/byte-text.js'
import { isApiError } from '../client/api-error.js'
import type { Client } from '../client/client.js'
import type { Call } from './call.js'
import { KubectlError, SilentExit } from './errors.js'

type Session = ReturnType<Client['exec']>

/** A command that does not end is given up after so long in virtual time. */
const LONGEST = 3_600_000

/**
 * Writes what a session brings until it ends; virtual time moves. Standard input goes in first if `stdin`.
 * Undefined when it has not ended by then.
 */
export function pump(
  { env, files, out }: Call,
  session: Session,
  stdin: boolean,
  longest: number = LONGEST,
): Session['end'] {
  if (stdin) {
    session.write(bytesOfText(files.stdin))
    session.closeInput()
  }
  if (session.end === undefined) env.until(() => session.end !== undefined, longest)
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  for (const { stream, data } of session.read()) {
    const text = decoders[stream].decode(data, { stream: true })
    if (stream === 'stdout') out.write(text)
    else out.error(text)
  }
  const { end } = session
  if (end === undefined) session.stop()
  return end
}

/** Ends a command as the process ended. Throws KubectlError, SilentExit. */
export function endAs({ out }: Call, end: Session['end']): void {
  if (end === undefined) throw new KubectlError('timed out waiting for the condition')
  if (end.error !== undefined) throw new KubectlError(`Internal error occurred: ${end.error}`)
  if (end.exitCode === 0) return
  out.errorLine(`command terminated with exit code ${end.exitCode}`)
  throw new SilentExit(end.exitCode)
}

/**
 * Opens a session. What goes wrong inside the server is told without its reason, as by the upgrade of a
 * connection. Throws KubectlError, ApiError.
 */
export function opened(open: () => Session): Session {
  try {
    return open()
  } catch (error) {
    throw isApiError(error, 'InternalError') ? new KubectlError(error.message) : error
  }
}
