import { quote } from '../../lang/go/quote.js'
import type { GRPCAction, HTTPGetAction, Probe } from '../../api/core/generated.js'
import type { NetworkResponse } from '../../shell/programs/command.js'
import { goDuration } from '../../lang/go/duration.js'
import { HEALTH_CHECK } from '../runtime/processes/container-listening.js'
import type { RuntimeTask } from '../runtime/state.js'
import type { ActionScope, ProbeTarget } from './target.js'
import { connect, dialError, targetOf } from './target.js'
import { joinHostPort } from '../../lang/go/host-port.js'

/** Outcome of a probe. `error`: it could not be made and does not count. */
export interface ProbeOutcome {
  readonly result: 'success' | 'warning' | 'failure' | 'error'
  readonly output: string
  /** Known after that many ms. */
  readonly delay?: number
  /** Whether every further probe has the same outcome while the container runs. */
  readonly constant?: boolean
}

const HEALTH_SERVICE = 'grpc.health.v1.Health'
const HEALTH: ReadonlySet<string> = new Set(['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'])

/** Time limit of a probe in ms. */
export function probeTimeout({ timeoutSeconds = 1 }: Probe): number {
  return timeoutSeconds * 1000
}

/**
 * Makes one probe. Returns undefined if a command runs, whose end is reported later (see {@link
 * taskOutcome}). Source: pkg/kubelet/prober/prober.go runProbe, pkg/probe. @throws ActionFault
 */
export function runProbe(scope: ActionScope, type: string, probe: Probe): ProbeOutcome | undefined {
  if (probe.exec) {
    const { command = [] } = probe.exec
    const task = scope.runtime.runTask(scope.uid, scope.container.name, type, command)
    return task === undefined ? { result: 'error', output: 'container is not running' } : taskOutcome(task)
  }
  if (probe.httpGet) return httpOutcome(scope, probe)
  if (probe.tcpSocket) return tcpOutcome(scope, probe)
  if (probe.grpc) return grpcOutcome(scope, probe.grpc, probeTimeout(probe))
  return {
    result: 'error',
    output:
      'missing probe handler for ' +
      `${scope.pod.metadata.namespace ?? 'default'}/${scope.pod.metadata.name ?? ''}:${scope.container.name}`,
  }
}

/** Outcome of a probe's command; undefined while it runs. Source: pkg/probe/exec/exec.go. */
export function taskOutcome({ end, output, assumed = false }: RuntimeTask): ProbeOutcome | undefined {
  if (end === undefined) return undefined
  if ('error' in end)
    return {
      result: 'error',
      output:
        'rpc error: code = Unknown desc = failed to exec in container: failed to start exec: ' +
        `${end.error}`,
    }
  return { result: end.exitCode === 0 ? 'success' : 'failure', output, constant: assumed }
}

/** Outcome of a command that exceeded its time limit. Source: pkg/probe/exec/errors.go. */
export function timedOut(probe: Probe): ProbeOutcome {
  const command = JSON.stringify((probe.exec?.command ?? []).join(' '))
  return {
    result: 'failure',
    output: `command timed out: ${command} timed out after ${goDuration(probeTimeout(probe))}`,
  }
}

/** Source: pkg/probe/http/http.go DoHTTPProbe. */
function httpOutcome(scope: ActionScope, probe: Probe): ProbeOutcome {
  const action = probe.httpGet as NonNullable<Probe['httpGet']>
  const got = httpGet(scope, action, probeTimeout(probe))
  if ('error' in got) return { result: 'failure', output: got.error }
  const {
    response: { status = 200, body },
    delay,
    left = false,
  } = got
  if (status < 200 || status >= 400)
    return { result: 'failure', output: `HTTP probe failed with statuscode: ${status}`, delay }
  if (left || status >= 300)
    return { result: 'warning', output: `Probe terminated redirects, Response body: ${body}`, delay }
  return { result: 'success', output: body, delay, constant: isConstant(scope, action.port, action.host) }
}

/** Source: pkg/probe/tcp/tcp.go. */
function tcpOutcome(scope: ActionScope, { tcpSocket }: Probe): ProbeOutcome {
  const { port, host } = tcpSocket as NonNullable<Probe['tcpSocket']>
  const target = targetOf(scope, port, host)
  const error = dialError(connect(scope, target, { protocol: 'tcp' }), target)
  if (error !== undefined) return { result: 'failure', output: error }
  return { result: 'success', output: '', constant: isConstant(scope, port, host) }
}

/**
 * Makes a gRPC probe. A container supports it by responding to a POST of the health service's path with the
 * name of the status. Source: pkg/probe/grpc/grpc.go.
 */
function grpcOutcome(scope: ActionScope, { port, service }: GRPCAction, timeout: number): ProbeOutcome {
  const target = targetOf(scope, port, undefined)
  const address = JSON.stringify(joinHostPort(target.host, target.port))
  const headers = { 'content-type': 'application/grpc', 'user-agent': `kube-probe/1.${scope.minor}` }
  const connected = connect(scope, target, {
    protocol: 'http',
    method: 'POST',
    path: HEALTH_CHECK,
    host: joinHostPort(target.host, target.port),
    headers,
    body: service ?? '',
  })
  if (connected.kind === 'reset')
    return {
      result: 'failure',
      output:
        'error: health rpc probe failed: rpc error: code = Unavailable desc = error reading from server: EOF',
    }
  if (connected.kind !== 'responded')
    return {
      result: 'failure',
      output:
        `timeout: failed to connect service ${address} within ${goDuration(timeout)}: context deadline ` +
        'exceeded',
    }
  const { status = 200, body, delay = 0 } = connected.response
  if (delay > timeout)
    return { result: 'failure', output: `timeout: health rpc did not complete within ${goDuration(timeout)}` }
  const response = body.trim()
  if (status === 404 || !HEALTH.has(response)) {
    const why =
      status === 200
        ? 'unknown service grpc.health.v1.Health'
        : `unexpected HTTP status code received from server: ${status}`
    return {
      result: 'failure',
      output: `error: this server does not implement the grpc health protocol (${HEALTH_SERVICE}): ${why}`,
      delay,
    }
  }
  if (response !== 'SERVING')
    return { result: 'failure', output: `service unhealthy (responded with ${quote(response)})`, delay }
  return { result: 'success', output: 'service healthy', delay, constant: isConstant(scope, port, undefined) }
}

function isConstant(scope: ActionScope, port: number | string, host: string | undefined): boolean {
  const target = targetOf(scope, port, host)
  return target.isPod && scope.runtime.hasConstantResponse(scope.uid, target.port)
}

/** Result of an HTTP request: a response after `delay` ms, or Go's error. */
export type HttpResult =
  | { readonly error: string }
  | { readonly response: NetworkResponse; readonly delay: number; readonly left?: boolean }

const MOST_REDIRECTS = 10
const TIMED_OUT = '(Client.Timeout exceeded while awaiting headers)'
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/**
 * GETs the URL of an action like the kubelet: follows redirects on the same host and stops at others
 * (`left`). Source: pkg/probe/http/{http,request}.go, Go's net/http. @param timeout Virtual ms after which
 * the response is too late; undefined: no limit. @throws ActionFault if there is no such port
 */
export function httpGet(scope: ActionScope, action: HTTPGetAction, timeout: number | undefined): HttpResult {
  const target = targetOf(scope, action.port, action.host)
  const scheme = (action.scheme ?? 'HTTP').toLowerCase()
  const origin = `${scheme}://${joinHostPort(target.host, target.port)}`
  let path = withSlash(action.path ?? '/')
  let delay = 0
  for (let followed = 0; ; followed++) {
    const url = `Get ${quote(origin + path)}: `
    if (followed > MOST_REDIRECTS) return { error: `${url}stopped after ${MOST_REDIRECTS} redirects` }
    const response = getOnce(scope, action, target, path)
    if ('error' in response) return { error: url + response.error }
    delay += response.response.delay ?? 0
    if (timeout !== undefined && delay > timeout)
      return { error: `${url}context deadline exceeded ${TIMED_OUT}` }
    const { status = 200, headers = {} } = response.response
    if (!REDIRECTS.has(status)) return { response: response.response, delay }
    const location = headers['location'] ?? headers['Location']
    if (location === undefined) return { error: `${url}${status} response missing Location header` }
    const next = samePlace(location, origin)
    if (next === undefined) return { response: response.response, delay, left: true }
    path = next
  }
}

function getOnce(
  scope: ActionScope,
  { httpHeaders = [] }: HTTPGetAction,
  target: ProbeTarget,
  path: string,
): { readonly error: string } | { readonly response: NetworkResponse } {
  const own = Object.fromEntries(httpHeaders.map(({ name, value }) => [name.toLowerCase(), value]))
  const headers = { 'user-agent': `kube-probe/1.${scope.minor}`, accept: '*/*', ...own }
  const connected = connect(scope, target, {
    protocol: 'http',
    method: 'GET',
    path,
    host: own['host'] ?? joinHostPort(target.host, target.port),
    headers,
  })
  const error = dialError(connected, target)
  if (error !== undefined) return { error: connected.kind === 'timeout' ? `${error} ${TIMED_OUT}` : error }
  if (connected.kind !== 'responded') return { error: 'EOF' }
  return { response: connected.response }
}

/** The path of a redirect on the same host; undefined for another host. */
function samePlace(location: string, origin: string): string | undefined {
  if (location.startsWith('/') && !location.startsWith('//')) return location
  if (!location.startsWith(origin)) return undefined
  const rest = location.slice(origin.length)
  return rest === '' || /^[/?#]/.test(rest) ? withSlash(rest) : undefined
}

function withSlash(path: string): string {
  return path.startsWith('/') ? path : `/${path}`
}
