import type { CommandLine, KubectlCommand } from '../call/call.js'
import type { KubectlResponse, KubectlRequest } from '../call/environment.js'
import { compileGoRegExp, isFault, type GoRegExp } from '../../lang/go/regexp.js'
import { KubectlError } from '../call/errors.js'
import { endInterrupted } from '../call/interruption.js'

const text = (code: number, body: string): KubectlResponse => ({
  code,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  body,
})
/** Answer for paths that `--reject-paths` forbids. Source: kubectl pkg/proxy/proxy_server.go FilterServer. */
const FORBIDDEN = text(403, 'Forbidden\n')
const NOT_FOUND = text(404, '404 page not found\n')

/**
 * `kubectl proxy`: passes to the call's `proxied` a function that handles requests to the local port with the
 * user's identity. Ends when that returns or is interrupted. Source: kubectl pkg/cmd/proxy/proxy.go,
 * pkg/proxy/proxy_server.go.
 */
export const proxy: KubectlCommand = {
  name: 'proxy',
  run(call) {
    const { flags, options, out } = call
    if (flags.has('unix-socket') || flags.has('www'))
      throw new KubectlError(
        'there are no sockets and no files to serve here: leave out --unix-socket and --www',
      )
    if (options.proxied === undefined && options.interruptAfter === undefined) {
      throw new KubectlError(
        'a proxy would never end here: say what uses it (proxied), or when it is interrupted ' +
          '(interruptAfter)',
      )
    }
    // kubectl resolves the server before it listens
    const { kubeconfig } = call
    out.line(
      'Starting to serve on ' +
        `${flags.string('address')}:${flags.int('port') === 0 ? FIRST_FREE : flags.int('port')}`,
    )
    options.proxied?.((request) => passed(call, request), kubeconfig.server)
    if (options.proxied === undefined) endInterrupted(call)
  },
}

/** The port that is assigned if any will do. */
const FIRST_FREE = 32_768

/** Compiles an expression of a flag. Source: kubectl pkg/proxy/proxy_server.go MakeRegexpArray. */
function expressionOf(text: string): GoRegExp {
  const expression = compileGoRegExp(text)
  if (isFault(expression)) throw new KubectlError(expression.fault)
  return expression
}

/** Strips the prefix from a path, unless the prefix is one of the API's own. */
function passed(call: CommandLine, request: KubectlRequest): KubectlResponse {
  const { flags } = call
  const prefix = `${flags.string('api-prefix').replace(/(?<!\/)\/+$/, '')}/`
  if (!request.path.startsWith(prefix)) return NOT_FOUND
  const path = prefix.startsWith('/api') ? request.path : `/${request.path.slice(prefix.length)}`
  const [bare = ''] = path.split('?')
  const matches = (name: string, text: string): boolean =>
    flags
      .string(name)
      .split(',')
      .some((one) => one !== '' && expressionOf(one).test(text))
  const isAccepted =
    matches('accept-paths', bare) &&
    !matches('reject-paths', bare) &&
    !matches('reject-methods', request.method)
  return isAccepted ? call.request({ ...request, path }) : FORBIDDEN
}
