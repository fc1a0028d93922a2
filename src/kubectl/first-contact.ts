import { ApiError, ConnectionError } from '../client/api-error.js'
import type { Call } from './call.js'
import type { Discovered } from './discovery.js'
import { discover } from './discovery.js'
import type { Connection } from './environment.js'
import { KubectlError } from './errors.js'
import { logError } from './klog.js'
import type { Refusal } from './request-failure.js'
import { discoveryFailure, failureOf, withoutSchemas } from './request-failure.js'
import { failureOf as answerFailure, isFailed } from './rest/failure.js'
import { checkSchemas } from './rest/schemas-known.js'

/** How often a command asks a server that does not answer what it serves, before it gives up. */
const TRIES: Readonly<Record<string, number>> = {
  'api-resources': 1,
  'api-versions': 1,
  run: 1,
  taint: 2,
  explain: 2,
  'create role': 2,
  'create clusterrole': 2,
  'auth can-i': 2,
}
/** Those that name objects, and of which kind: by TYPE/NAME, or always the same. */
const OF_NAMES = 4
const OF_TYPES = 5
const NAMES_ONLY: ReadonlySet<string> = new Set([
  'logs',
  'exec',
  'attach',
  'port-forward',
  'debug',
  'cordon',
  'uncordon',
  'drain',
  'certificate approve',
  'certificate deny',
  'create job',
])

/** Those that send what they have to send without asking first what the server serves. */
const WITHOUT_DISCOVERY =
  /^(create (?!role$|clusterrole$|job$).*|version|auth whoami|cluster-info dump|config .*|top .*|events|cp|proxy)$/

/** Those that ask only because of a flag. */
const ONLY_WITH: Readonly<Record<string, string>> = { 'create clusterrole': 'resource', 'create job': 'from' }

/** Those that check the objects of their files before they send them. */
const VALIDATING: ReadonlySet<string> = new Set(['create', 'apply', 'replace'])

/**
 * What kubectl says of a server that it has never reached: it asks first what is served, several times, and
 * each failure is logged. (Of the cluster's own server it knows that from earlier: then the failure of the
 * command itself is printed.) Throws ConnectionError, KubectlError. Source: client-go
 * discovery/cached/memory/memcache.go, cli-runtime resource/builder.go.
 */
export function checkFirstContact(call: Call, connection: Connection): Discovered | undefined {
  if (connection.isFronted === true) return discoverThrough(call, connection)
  const isNew = connection.isForeign === true || call.options.knowsServer === false
  const refusal = connection.refusal ?? (isNew ? discoveryRefusal(connection) : undefined)
  if (
    refusal === undefined ||
    (call.command === 'get' && call.flags.has('raw')) ||
    (call.command === 'auth can-i' && call.flags.bool('list'))
  )
    return undefined
  const [file] = call.flags.has('filename')
    ? call.files.read(call.flags.strings('filename'), call.flags.bool('recursive'))
    : []
  if (file !== undefined && (isNew || validates(call))) throw unreadable(call, file.source, refusal)
  if (!isNew) return undefined
  if (asksNothing(call)) return undefined
  const failure = failureOf(call, '/api', refusal)
  const tries = triesOf(call)
  for (let attempt = 0; attempt < tries; attempt++) logDiscovery(call, failure)
  throw ended(call, refusal)
}

/**
 * The same through something that stands before the server: everything is really asked, as often as kubectl
 * asks it, and the answer counts. The kinds of files are checked first.
 */
function discoverThrough(call: Call, connection: Connection): Discovered | undefined {
  const sources = call.flags.has('filename')
    ? call.files.read(call.flags.strings('filename'), call.flags.bool('recursive'))
    : []
  if (validates(call)) for (const source of sources) checkSchemas(call, source)
  const isKnown = call.options.knowsServer !== false && connection.isForeign !== true
  if (isKnown || asksNothing(call)) return undefined
  const tries = triesOf(call)
  for (let attempt = 1; ; attempt++) {
    try {
      return logged(
        call,
        discover((request) => connection.request(request)),
        tries,
      )
    } catch (error) {
      if (!(error instanceof ConnectionError || error instanceof ApiError)) throw error
      if (sources[0] !== undefined) throw unreadable(call, sources[0].source, error)
      logDiscovery(call, failureOf(call, '/api', error))
      if (attempt >= tries) throw ended(call, error)
    }
  }
}

/**
 * Group versions that are not told of are logged, and asked for again each time that they are needed. Source:
 * memcache.go refreshLocked, ServerResourcesForGroupVersion.
 */
function logged(call: Call, discovered: Discovered, tries: number): Discovered {
  for (const { groupVersion, error } of discovered.failed) {
    const text =
      '"Unhandled Error" err=' +
      JSON.stringify(`couldn't get resource list for ${groupVersion}: ${error.message}`)
    logError(call, 'memcache.go:287', text)
    for (let again = 0; again < Math.max(1, tries - 2); again++) logError(call, 'memcache.go:121', text)
  }
  return discovered
}

/** Commands that need not know what is served. */
const asksNothing = ({ command, flags }: Call): boolean =>
  (command === 'get' && flags.has('raw')) ||
  (command === 'auth can-i' && flags.bool('list')) ||
  WITHOUT_DISCOVERY.test(command) ||
  (Object.hasOwn(ONLY_WITH, command) && !flags.has(ONLY_WITH[command] as string))

const triesOf = ({ command, args }: Call): number =>
  TRIES[command] ?? (NAMES_ONLY.has(command) || args.some((arg) => arg.includes('/')) ? OF_NAMES : OF_TYPES)

/** What a command says that never got to know what is served. */
function ended(call: Call, refusal: Refusal): Error {
  if (call.command === 'api-versions')
    return new KubectlError(
      `couldn't get available api versions from server: ${failureOf(call, '/api', refusal)}`,
    )
  if (call.command === 'auth can-i' && !call.args[1]?.startsWith('/'))
    call.out.errorLine(`Warning: the server doesn't have a resource type '${call.args[1] ?? ''}'\n`)
  return refusal
}

const validates = ({ command, flags }: Call): boolean =>
  VALIDATING.has(command) && !['false', 'ignore'].includes(flags.string('validate'))

/** Of objects of a file: their kinds are unknown, or their schemas. */
function unreadable(call: Call, source: string, refusal: Refusal): KubectlError {
  if (validates(call)) return withoutSchemas(source, failureOf(call, '/openapi/v2', refusal))
  const failure = failureOf(call, '/api', refusal)
  logDiscovery(call, failure)
  return new KubectlError(`unable to recognize ${JSON.stringify(source)}: ${failure}`)
}

/** How the question what is served fails; undefined when it is answered. */
function discoveryRefusal(connection: Connection): Refusal | undefined {
  try {
    const answer = connection.request({ method: 'GET', path: '/api' })
    return isFailed(answer) && (answer.code === 401 || answer.code === 403)
      ? answerFailure(answer, { method: 'GET' }, true)
      : undefined
  } catch (error) {
    if (error instanceof ConnectionError) return error
    if (error instanceof ApiError) return discoveryFailure(error) as ApiError
    throw error
  }
}

function logDiscovery(call: Call, failure: string): void {
  logError(
    call,
    'memcache.go:265',
    '"Unhandled Error" err=' + JSON.stringify(`couldn't get current server API group list: ${failure}`),
  )
}
