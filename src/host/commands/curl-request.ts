import type { HttpResponse } from '../../client/http.js'
import { endpointHost } from '../../lang/go/host-port.js'
import type { CommandCall, CommandOutput, Options } from './command.js'

/** The body of a request: `-d TEXT`, `-d @FILE` or `-d @-`. */
export function bodyOf(call: CommandCall, options: Options): string | undefined {
  const data = options.get('d', 'data', 'data-binary')
  if (data?.startsWith('@') !== true) return data
  return data === '@-' ? call.stdin : (call.machine.files.text(call.path(data.slice(1))) ?? '')
}

/** `-X METHOD`, or what the other options imply. */
export const methodOf = (options: Options, body: string | undefined): string =>
  options.get('X', 'request') ?? (options.has('I', 'head') ? 'HEAD' : body === undefined ? 'GET' : 'POST')

/** The headers of a request: curl's own, and those of `-H`. */
export function headersOf(options: Options, body: string | undefined): Record<string, string> {
  const headers: Record<string, string> = { 'user-agent': 'curl/8.5.0', accept: '*/*' }
  if (body !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded'
  for (const line of options.all('H', 'header')) {
    const colon = line.indexOf(':')
    headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim()
  }
  return headers
}

/** What was asked, as `-v` shows it. */
interface ShownRequest {
  readonly method: string
  readonly path: string
  readonly authority: string
  readonly headers: Readonly<Record<string, string>>
  readonly protocol: 'HTTP/1.1' | 'HTTP/2'
}

/** The reason phrases of HTTP/1.1 for the codes that servers of a cluster respond with. */
export const PHRASES: Readonly<Record<number, string>> = {
  200: 'OK',
  301: 'Moved Permanently',
  302: 'Found',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

/** Prints a response as curl's options say; `told` is what `-v` says of the connection. */
export function printed(
  call: CommandCall,
  options: Options,
  response: HttpResponse,
  told: string,
  { method, path, authority, headers, protocol }: ShownRequest,
): CommandOutput {
  const text = typeof response.body === 'string' ? response.body : new TextDecoder().decode(response.body)
  const isHead = options.has('I', 'head')
  const phrase = protocol === 'HTTP/2' ? '' : (PHRASES[response.code] ?? '')
  const status = `${protocol} ${response.code} ${phrase}\n`
  const lines = Object.entries(response.headers).map(([name, value]) => `${name}: ${String(value)}\n`)
  const head = isHead || options.has('i', 'include') ? `${status}${lines.join('')}\n` : ''
  const isVerbose = options.has('v', 'verbose')
  const sent = [
    `${method} ${path} ${protocol}`,
    `Host: ${authority}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
  ]
  const request = sent.map((line) => `> ${line}\n`).join('')
  const before = isVerbose
    ? `${told}${request}< ${status}${lines.map((line) => `< ${line}`).join('')}< \n`
    : ''
  const end = isVerbose ? `* Connection #0 to host ${endpointHost(authority)} left intact\n` : ''
  const stderr = before + end
  const out = options.get('o', 'output')
  if (out !== undefined && out !== '/dev/null') call.machine.files.write(call.path(out), text)
  const after =
    options
      .get('w', 'write-out')
      ?.replaceAll('%{http_code}', String(response.code))
      .replaceAll('\\n', '\n') ?? ''
  if (options.has('f', 'fail') && response.code >= 400)
    return { stderr: `${stderr}curl: (22) The requested URL returned error: ${response.code}\n`, code: 22 }
  const stdout = `${out === undefined ? head + (isHead ? '' : text) : ''}${after}`
  return { stdout, stderr, terminal: before + stdout + end }
}
