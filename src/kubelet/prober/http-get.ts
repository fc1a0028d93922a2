import type { HTTPGetAction } from '../../api/core/generated.js'
import type { NetworkResponse } from '../commands/command.js'
import type { ActionScope, Target } from './target.js'
import { connect, dialError, hostPort, targetOf } from './target.js'

/** What an HTTP request came to: an answer after `delay` ms, or Go's error. */
export type HttpResult =
  | { readonly error: string }
  | { readonly response: NetworkResponse; readonly delay: number; readonly left?: boolean }

const MOST_REDIRECTS = 10
const TIMED_OUT = '(Client.Timeout exceeded while awaiting headers)'
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/**
 * GETs the URL of an action as the kubelet does: redirects on the same host are followed, at others it stops
 * (`left`). Source: pkg/probe/http/{http,request}.go, Go's net/http.
 * @param timeout Virtual ms after which the answer comes too late; undefined: it is waited for.
 * @throws ActionFault when there is no such port
 */
export function httpGet(scope: ActionScope, action: HTTPGetAction, timeout: number | undefined): HttpResult {
  const target = targetOf(scope, action.port, action.host)
  const scheme = (action.scheme ?? 'HTTP').toLowerCase()
  const origin = `${scheme}://${hostPort(target)}`
  let path = withSlash(action.path ?? '/')
  let delay = 0
  for (let followed = 0; ; followed++) {
    const url = `Get ${JSON.stringify(origin + path)}: `
    if (followed > MOST_REDIRECTS) return { error: `${url}stopped after ${MOST_REDIRECTS} redirects` }
    const answer = getOnce(scope, action, target, path)
    if ('error' in answer) return { error: url + answer.error }
    delay += answer.response.delay ?? 0
    if (timeout !== undefined && delay > timeout)
      return { error: `${url}context deadline exceeded ${TIMED_OUT}` }
    const { status = 200, headers = {} } = answer.response
    if (!REDIRECTS.has(status)) return { response: answer.response, delay }
    const location = headers['location'] ?? headers['Location']
    if (location === undefined) return { error: `${url}${status} response missing Location header` }
    const next = samePlace(location, origin)
    if (next === undefined) return { response: answer.response, delay, left: true }
    path = next
  }
}

function getOnce(
  scope: ActionScope,
  { httpHeaders = [] }: HTTPGetAction,
  target: Target,
  path: string,
): { readonly error: string } | { readonly response: NetworkResponse } {
  const own = Object.fromEntries(httpHeaders.map(({ name, value }) => [name.toLowerCase(), value]))
  const headers = { 'user-agent': `kube-probe/1.${scope.minor}`, accept: '*/*', ...own }
  const connected = connect(scope, target, {
    protocol: 'http',
    method: 'GET',
    path,
    host: own['host'] ?? hostPort(target),
    headers,
  })
  const error = dialError(connected, target)
  if (error !== undefined) return { error: connected.kind === 'timeout' ? `${error} ${TIMED_OUT}` : error }
  if (connected.kind !== 'answered') return { error: 'EOF' }
  return { response: connected.response }
}

/** The path of a redirect that stays on the same host; undefined when it leads elsewhere. */
function samePlace(location: string, origin: string): string | undefined {
  if (location.startsWith('/') && !location.startsWith('//')) return location
  if (!location.startsWith(origin)) return undefined
  const rest = location.slice(origin.length)
  return rest === '' || /^[/?#]/.test(rest) ? withSlash(rest) : undefined
}

function withSlash(path: string): string {
  return path.startsWith('/') ? path : `/${path}`
}
