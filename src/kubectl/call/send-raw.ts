import { quote } from '../../lang/go/quote.js'
import type { CommandLine } from './call.js'
import { KubectlError } from './errors.js'
import { responseText } from '../../client/response.js'

/**
 * Sends the file of `-f` unchanged to a path (`create --raw`, `replace --raw`), and prints the response.
 * Throws KubectlError, ApiError.
 */
export function sendRaw(call: CommandLine, method: 'POST' | 'PUT', uri: string): void {
  if (call.flags.bool('edit')) throw excluded('edit')
  const [source, ...more] = call.files.read(call.flags.strings('filename'), false)
  if (source === undefined || more.length > 0)
    throw new KubectlError('--raw can only use a single local file or stdin')
  if (call.flags.string('selector') !== '') throw excluded('selector (-l)')
  const path = rawPath(call, uri)
  call.out.write(
    responseText(
      call.request({
        method,
        path,
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: source.text,
      }),
    ),
  )
}

const excluded = (flag: string): KubectlError =>
  new KubectlError(`--raw and --${flag} are mutually exclusive`)

/**
 * Returns the path that `--raw` asks for; the host of a URL is ignored. Throws KubectlError if `--output` is
 * given, too, or if the URL is invalid. Source: Go net/url ParseRequestURI.
 */
export function rawPath({ flags }: CommandLine, uri: string): string {
  if (flags.string('output') !== '') throw excluded('output')
  const [scheme = ''] = /^[A-Za-z][\w+.-]*:/.exec(uri) ?? []
  const rest = uri.slice(scheme.length)
  const [escape] = /%(?![0-9A-Fa-f]{2}).{0,2}/.exec(rest.split('?')[0] as string) ?? []
  const fault = uri.startsWith(':')
    ? 'missing protocol scheme'
    : scheme === '' && !rest.startsWith('/')
      ? 'invalid URI for request'
      : escape === undefined
        ? undefined
        : `invalid URL escape ${quote(escape)}`
  if (fault !== undefined)
    throw new KubectlError(`--raw must be a valid URL path: parse ${quote(uri)}: ${fault}`)
  const path = rest.startsWith('/') ? rest.replace(/^\/\/(?!\/)[^/?]*/, '') : ''
  return path.startsWith('/') ? path : `/${path}`
}
