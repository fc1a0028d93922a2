import { DurationError, parseGoDuration } from '../../lang/go/duration.js'
import type { Invocation, Pause, Served, ServedRequest } from '../../kubelet/index.js'

/** Values of a subcommand's flags by name, with their defaults. */
export type SubcommandFlags = Readonly<Record<string, string>>

/** One subcommand of agnhost. */
export interface Subcommand {
  /** Its flags with their defaults; `false` and `true` mark flags that need no value. Default: none. */
  readonly flags?: SubcommandFlags
  /** Returns its exit code, or waits for requests. */
  run(call: SubcommandCall): number | Pause
  serve?(call: SubcommandCall, request: ServedRequest): Served
  /** Handles SIGTERM: returns the exit code, or how it goes on. */
  stop?(call: SubcommandCall): number | Pause
}

/** A call of a subcommand. */
export interface SubcommandCall extends Invocation {
  /** Values of its flags. */
  readonly flags: SubcommandFlags
  /** The words that are no flags. */
  readonly rest: readonly string[]
}

/** Flags of klog, which every subcommand has. They change nothing that a pod's log shows here. */
const LOGGING: SubcommandFlags = {
  add_dir_header: 'false',
  alsologtostderr: 'false',
  log_backtrace_at: ':0',
  log_dir: '',
  log_file: '',
  log_file_max_size: '1800',
  logtostderr: 'true',
  one_output: 'false',
  skip_headers: 'false',
  skip_log_headers: 'false',
  stderrthreshold: '2',
  v: '0',
  vmodule: '',
}

/**
 * Parses flags as cobra does (`--name=value`, `--name value`, `-v=4`), or returns cobra's error for one that
 * is unknown.
 */
export function parseFlags(
  args: readonly string[],
  own: SubcommandFlags,
): { readonly flags: SubcommandFlags; readonly rest: readonly string[] } | string {
  const known = { ...LOGGING, ...own }
  const flags: Record<string, string> = { ...known }
  const rest: string[] = []
  for (let at = 0; at < args.length; at++) {
    const word = args[at] as string
    const [, dashes = '', text = ''] = /^(--?)(.+)$/.exec(word) ?? []
    if (text === '') {
      rest.push(word)
      continue
    }
    const [name = '', ...value] = text.split('=')
    if (dashes === '-' && name !== 'v')
      return `unknown shorthand flag: ${JSON.stringify(text.charAt(0)).replaceAll('"', "'")} in ${word}`
    if (!Object.hasOwn(known, name)) return `unknown flag: --${name}`
    const isBoolean = known[name] === 'true' || known[name] === 'false'
    if (value.length > 0) flags[name] = value.join('=')
    else if (isBoolean) flags[name] = 'true'
    else if (at + 1 < args.length) flags[name] = args[++at] as string
    else return `flag needs an argument: --${name}`
  }
  return { flags, rest }
}

/** Writes a line to standard error as Go's log package does. */
export function log(call: Invocation, text: string): void {
  const [date = '', time = ''] = new Date(call.world.now).toISOString().split('T')
  call.error(`${date.replaceAll('-', '/')} ${time.slice(0, 8)} ${text}\n`)
}

/** Writes a line to standard error as klog does; `where` is the file and line of the call. */
export function klog(call: Invocation, severity: 'I' | 'E' | 'F', where: string, text: string): void {
  const time = new Date(call.world.now).toISOString()
  const at = `${time.slice(5, 7)}${time.slice(8, 10)} ${time.slice(11, 23)}000`
  call.error(`${severity}${at}       1 ${where}] ${text}\n`)
}

const HTML_START =
  /^[\t\n\f\r ]*(?:<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)[ >]|<!--)/i
// oxlint-disable-next-line no-control-regex -- these bytes are what makes a body binary
const BINARY = /[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]/

/** Source: Go's net/http DetectContentType, for text. */
function contentTypeOf(body: string): string {
  if (HTML_START.test(body)) return 'text/html; charset=utf-8'
  if (/^[\t\n\f\r ]*<\?xml/.test(body)) return 'text/xml; charset=utf-8'
  return BINARY.test(body.slice(0, 512)) ? 'application/octet-stream' : 'text/plain; charset=utf-8'
}

/** Returns the response of a Go server that writes `body` and leaves its type to be guessed. */
export function textResponse(body: string, status = 200): Served {
  return { response: { status, headers: { 'content-type': contentTypeOf(body) }, body } }
}

/** Returns a JSON response of an HTTP server. */
export function jsonResponse(value: unknown, status = 200): Served {
  return {
    response: { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) },
  }
}

/** The response of Go's http.ServeMux to a path without a handler. */
export const NOT_FOUND: Served = textResponse('404 page not found\n', 404)

/** The ephemeral port of clients. */
export const CLIENT_PORT = 33_554

/** Path and query of a request. */
export function urlOf({ path = '/' }: ServedRequest): URL {
  return new URL(path, 'http://localhost')
}

/** Parses a Go duration to ms; undefined if it is none. */
export function durationOf(text: string): number | undefined {
  try {
    return parseGoDuration(text)
  } catch (error) {
    if (error instanceof DurationError) return undefined
    throw error
  }
}

/** The exit code of a Go program that does not handle SIGTERM. */
export const GO_STOPPED = 2

/** Waits for requests on ports (`80`, `53/udp`) until SIGTERM. */
export function listening(ports: readonly (number | string)[], memory: Pause['memory'] = null): Pause {
  return { listens: ports.map(String), memory }
}
