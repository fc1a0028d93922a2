import { ApiError, ConnectionError } from '../apiserver/client/api-error.js'
import type { Call } from './call.js'
import type { Connection } from './environment.js'
import { KubectlError } from './errors.js'
import { logError } from './klog.js'

/** How often a command asks a server that does not answer what it serves, before it gives up. */
const TRIES: Readonly<Record<string, number>> = {
  'api-resources': 1, 'api-versions': 1, run: 1, taint: 2, explain: 2, 'create role': 2, 'create clusterrole': 2, 'auth can-i': 2,
}
/** Those that name objects, and of which kind: by TYPE/NAME, or always the same. */
const OF_NAMES = 4
const OF_TYPES = 5
const NAMES_ONLY: ReadonlySet<string> = new Set(['logs', 'exec', 'attach', 'port-forward', 'debug', 'cordon', 'uncordon', 'drain', 'certificate approve', 'certificate deny', 'create job'])

/** Those that send what they have to send without asking first what the server serves. */
const WITHOUT_DISCOVERY = /^(create (?!role$|clusterrole$|job$).*|version|auth whoami|cluster-info dump|config .*|top .*|events|cp|proxy)$/

/** Those that ask only because of a flag. */
const ONLY_WITH: Readonly<Record<string, string>> = { 'create clusterrole': 'resource', 'create job': 'from' }

/** Those that check the objects of their files before they send them. */
const VALIDATING: ReadonlySet<string> = new Set(['create', 'apply', 'replace'])

/**
 * What kubectl says of a server that it has never reached: it asks first what is served, several times, and each failure is logged. (Of the cluster's
 * own server it knows that from earlier: then the failure of the command itself is printed.) Throws ConnectionError, KubectlError. Source: client-go
 * discovery/cached/memory/memcache.go, cli-runtime resource/builder.go.
 */
export function checkFirstContact(call: Call, connection: Connection): void {
  const isNew = connection.isForeign === true || call.options.knowsServer === false
  const refusal = connection.refusal ?? (isNew ? discoveryRefusal(connection) : undefined)
  if (refusal === undefined || (call.command === 'get' && call.flags.has('raw')) || (call.command === 'auth can-i' && call.flags.bool('list'))) return
  const [file] = call.flags.has('filename') ? call.files.read(call.flags.strings('filename'), call.flags.bool('recursive')) : []
  if (file !== undefined && (isNew || validates(call))) throw unreadable(call, file.source, refusal)
  if (!isNew) return
  if (WITHOUT_DISCOVERY.test(call.command) || (Object.hasOwn(ONLY_WITH, call.command) && !call.flags.has(ONLY_WITH[call.command] as string))) return
  const failure = failureOf(call, '/api', refusal)
  const tries = TRIES[call.command] ?? (NAMES_ONLY.has(call.command) || call.args.some((arg) => arg.includes('/')) ? OF_NAMES : OF_TYPES)
  for (let attempt = 0; attempt < tries; attempt++) logDiscovery(call, failure)
  if (call.command === 'api-versions') throw new KubectlError(`couldn't get available api versions from server: ${failure}`)
  if (call.command === 'auth can-i' && !call.args[1]?.startsWith('/')) call.out.errorLine(`Warning: the server doesn't have a resource type '${call.args[1] ?? ''}'\n`)
  throw refusal
}

const validates = ({ command, flags }: Call): boolean => VALIDATING.has(command) && !['false', 'ignore'].includes(flags.string('validate'))

/** Of objects of a file: their kinds are unknown, or their schemas. */
function unreadable(call: Call, source: string, refusal: Refusal): KubectlError {
  if (validates(call)) return withoutSchemas(source, failureOf(call, '/openapi/v2', refusal))
  const failure = failureOf(call, '/api', refusal)
  logDiscovery(call, failure)
  return new KubectlError(`unable to recognize ${JSON.stringify(source)}: ${failure}`)
}

type Refusal = ConnectionError | ApiError

/** A request that did not arrive is named with what went wrong, one that was answered is not. */
function failureOf(call: Call, path: string, refusal: Refusal): string {
  return refusal instanceof ConnectionError ? `Get "${urlOf(call, path)}?timeout=${timeoutOf(call)}": ${refusal.message.replace('tcp localhost:', 'tcp 127.0.0.1:')}` : refusal.message
}

/** How the question what is served fails; undefined when it is answered. */
function discoveryRefusal(connection: Connection): Refusal | undefined {
  try {
    const { code } = connection.request({ method: 'GET', path: '/api' })
    if (code === 401) return new ApiError(401, 'Unauthorized', CREDENTIALS)
    return code === 403 ? new ApiError(403, 'Forbidden', 'unknown') : undefined
  } catch (error) {
    if (error instanceof ConnectionError) return error
    if (error instanceof ApiError) return discoveryFailure(error) as ApiError
    throw error
  }
}

const CREDENTIALS = 'the server has asked for the client to provide credentials'

function withoutSchemas(source: string, why: string): KubectlError {
  return new KubectlError(`error validating ${JSON.stringify(source)}: error validating data: failed to download openapi: ${why}; `
    + 'if you choose to ignore these errors, turn validation off with --validate=false')
}

function logDiscovery(call: Call, failure: string): void {
  logError(call, 'memcache.go:265', '"Unhandled Error" err=' + JSON.stringify(`couldn't get current server API group list: ${failure}`))
}

/** Where a request of the call goes. */
export function urlOf({ kubeconfig }: Call, path: string): string {
  return kubeconfig.server.replace(/\/$/, '') + path
}

function timeoutOf({ flags }: Call): string {
  const text = flags.string('request-timeout')
  return text === '0' || text === '' ? '32s' : /^\d+$/.test(text) ? `${text}s` : text
}

/** The failure of a question that is not about an object (what is served, which version): the server's own words are not read. */
export function discoveryFailure(error: Error): Error {
  return error instanceof ApiError && error.code === 401 ? new ApiError(401, 'Unauthorized', CREDENTIALS) : error
}

/** A failure to send a request, with the request in its text, as net/http says it. */
export function withRequest(call: Call, method: string, path: string, error: Error): Error {
  return error instanceof ConnectionError ? new ConnectionError(`${method} "${urlOf(call, path)}": ${error.message}`) : error
}
