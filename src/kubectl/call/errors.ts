import { quote } from '../../lang/go/quote.js'
import { OverBudget } from '../../lang/bounds/budget.js'
import { ApiError, ConnectionError } from '../../client/api-error.js'
import type { StatusCause } from '../../client/api-error.js'

/** An error of kubectl itself; printed as `error: <message>`. */
export class KubectlError extends Error {}

/** A command line has failed that was called with `check`. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError'
  /** What was called: `kubectl rollout restart web`. */
  readonly command: string
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string

  constructor(
    command: string,
    {
      exitCode,
      stdout,
      stderr,
    }: { readonly exitCode: number; readonly stdout: string; readonly stderr: string },
  ) {
    super(`${command} ended with exit code ${exitCode}: ${(stderr || stdout).trim() || 'it wrote nothing'}`)
    this.command = command
    this.exitCode = exitCode
    this.stdout = stdout
    this.stderr = stderr
  }
}

/** A kubeconfig that refers to a missing entry. */
export class ConfigurationError extends KubectlError {}

/** A resource type that discovery does not know; printed without `error: ` (meta.NoResourceMatchError). */
export class NoResourceMatch extends Error {}

/** An object of a file has no name, so the server cannot be asked for it. */
export class MissingName extends KubectlError {}

/** An object could not be printed; some text is on standard output all the same. */
export class FailedPrinting extends KubectlError {
  readonly printed: string

  constructor(message: string, printed: string) {
    super(message)
    this.printed = printed
  }
}

/** Ends a command with an exit code, without printing anything. */
export class SilentExit extends Error {
  readonly exitCode: number

  constructor(exitCode = 1) {
    super('')
    this.exitCode = exitCode
  }
}

/** Several failures of one command. Source: apimachinery util/errors Aggregate. */
export class Aggregate extends Error {
  readonly errors: readonly Error[]

  constructor(errors: readonly Error[]) {
    super(aggregateText(errors))
    this.errors = errors
  }
}

function aggregateText(errors: readonly Error[]): string {
  const texts = [...new Set(flatten(errors).map((error) => error.message))]
  return texts.length === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`
}

function flatten(errors: readonly Error[]): readonly Error[] {
  return errors.flatMap((error) => (error instanceof Aggregate ? flatten(error.errors) : [error]))
}

/** Reports wrong use of a command: the text, and where to find help. Source: cmdutil.UsageErrorf. */
export function usageError(command: string, message: string): KubectlError {
  return new KubectlError(`${message}\nSee 'kubectl ${command} -h' for help and examples`)
}

/**
 * Throws the errors that a loop has collected: one as it is, several together. Does nothing if there are
 * none.
 */
export function throwCollected(errors: readonly Error[]): void {
  if (errors.length === 1) throw errors[0] as Error
  if (errors.length > 1) throw new Aggregate(errors)
}

/** Returns the same error with another message, which describes what kubectl was doing. */
export function withMessage(error: ApiError, message: string): ApiError {
  return new ApiError(error.code, error.reason, message, error.status.details)
}

/** Formats `error when <verb> "<source>": ...`. Source: cmdutil.AddSourceToErr. */
export function withSource(verb: string, source: string, error: unknown): Error {
  if (!(error instanceof Error)) throw new Error(`assertion failed: no error: ${String(error)}`)
  if (source === '') return error
  const message = `error when ${verb} ${quote(source)}: ${error.message}`
  return error instanceof ApiError
    ? withMessage(error, message)
    : error instanceof ConnectionError
      ? error
      : new KubectlError(message)
}

/** Whether a user can cause this error; any other is a bug of ours and must not be swallowed. */
export function isFailure(error: unknown): error is Error {
  return (
    error instanceof ApiError ||
    error instanceof ConnectionError ||
    error instanceof KubectlError ||
    error instanceof CommandError ||
    error instanceof NoResourceMatch ||
    error instanceof Aggregate ||
    error instanceof SilentExit ||
    // what a client has made is too large to be printed
    error instanceof OverBudget
  )
}

/** The text that kubectl prints on stderr for an error, with its line end. Source: cmdutil.checkErr. */
export function errorText(error: Error): string {
  const only = error instanceof Aggregate && error.errors.length === 1 ? (error.errors[0] as Error) : error
  if (only instanceof SilentExit) return ''
  if (only instanceof ApiError && only.reason === 'Invalid') return invalidText(only)
  if (only instanceof Aggregate) return only.errors.map((one) => `${messageFor(one)}\n`).join('')
  if (only instanceof NoResourceMatch) return `${only.message}\n`
  const text =
    standardMessage(only) ?? (only.message.startsWith('error: ') ? only.message : `error: ${only.message}`)
  return text.endsWith('\n') ? text : `${text}\n`
}

function invalidText(error: ApiError): string {
  const { kind = '', name = '', causes = [] } = error.details
  const subject = kind === '' && name === '' ? 'The request is invalid' : `The ${kind} "${name}" is invalid`
  const texts = [...new Set(causes.map(causeText))]
  if (texts.length === 0) {
    const isBare = kind === '' && name === ''
    return error.status.details === undefined
      ? `${error.message}\n`
      : isBare
        ? `${subject}: ${error.message}\n`
        : `${subject}\n`
  }
  return texts.length === 1
    ? `${subject}: ${texts[0]}\n`
    : `${subject}: \n${texts.map((text) => `* ${text}\n`).join('')}`
}

const causeText = ({ field = '', message = '' }: StatusCause): string => `${field}: ${message}`

/** The text of one error in a list; plain errors have no prefix. */
function messageFor(error: Error): string {
  return standardMessage(error) ?? error.message
}

function standardMessage(error: Error): string | undefined {
  if (error instanceof ApiError) {
    if (error.reason === 'Unauthorized')
      return `error: You must be logged in to the server (${error.message})`
    return error.reason === ''
      ? `Error from server: ${error.message}`
      : `Error from server (${error.reason}): ${error.message}`
  }
  if (error instanceof ConfigurationError) return `Error in configuration: ${error.message}`
  if (!(error instanceof ConnectionError)) return undefined
  const refused = /^dial tcp (\S+): connect: connection refused$/.exec(error.message)
  return refused === null
    ? `Unable to connect to the server: ${error.message}`
    : `The connection to the server ${refused[1]} was refused - did you specify the right host or port?`
}
