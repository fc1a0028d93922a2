import { quote } from '../../lang/go/quote.js'
import { ApiError, ConnectionError } from '../../client/api-error.js'
import type { CommandLine } from './call.js'
import type { ServerConnection } from './environment.js'
import { KubectlError } from './errors.js'
import { logError } from './klog.js'
import type { RequestFailure } from './request-failure.js'
import { discoveryFailure, failureOf, withoutSchemas } from './request-failure.js'
import { failureOf as answerFailure, isFailed } from '../../client/response.js'

/** How often a command tries discovery on a server that does not respond. */
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
/** Tries of commands that name objects by TYPE/NAME or by names of a fixed kind. */
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

/** Commands that send their requests without discovery. */
const WITHOUT_DISCOVERY = new RegExp(
  '^(create (?!role$|clusterrole$|job$).*|version|auth whoami|cluster-info dump|' +
    'config .*|top .*|events|cp|proxy)$',
)

/** Commands that need discovery only for a flag. */
const ONLY_WITH: Readonly<Record<string, string>> = { 'create clusterrole': 'resource', 'create job': 'from' }

/** Commands that validate the objects of their files before they send them. */
const VALIDATING: ReadonlySet<string> = new Set(['create', 'apply', 'replace'])

/**
 * Reports a server that kubectl has never reached: it tries discovery several times and logs each failure.
 * (The discovery of the cluster's own server is cached; then the command's own failure is printed.) Throws
 * ConnectionError, KubectlError. Source: client-go discovery/cached/memory/memcache.go, cli-runtime
 * resource/builder.go.
 */
export function checkFirstContact(call: CommandLine, connection: ServerConnection): void {
  const isNew = connection.isForeign === true || call.options.knowsServer === false
  const refusal = connection.refusal ?? (isNew ? discoveryRefusal(connection) : undefined)
  if (
    refusal === undefined ||
    (call.command === 'get' && call.flags.has('raw')) ||
    (call.command === 'auth can-i' && call.flags.bool('list'))
  )
    return
  const [file] = call.flags.has('filename')
    ? call.files.read(call.flags.strings('filename'), call.flags.bool('recursive'))
    : []
  if (file !== undefined && (isNew || validates(call))) throw unreadable(call, file.source, refusal)
  if (!isNew || skipsDiscovery(call)) return
  const failure = failureOf(call, '/api', refusal)
  const tries = triesOf(call)
  for (let attempt = 0; attempt < tries; attempt++) logDiscovery(call, failure)
  throw ended(call, refusal)
}

/** Whether a command needs no discovery. */
const skipsDiscovery = ({ command, flags }: CommandLine): boolean =>
  (command === 'get' && flags.has('raw')) ||
  (command === 'auth can-i' && flags.bool('list')) ||
  WITHOUT_DISCOVERY.test(command) ||
  (Object.hasOwn(ONLY_WITH, command) && !flags.has(ONLY_WITH[command] as string))

const triesOf = ({ command, args }: CommandLine): number =>
  TRIES[command] ?? (NAMES_ONLY.has(command) || args.some((arg) => arg.includes('/')) ? OF_NAMES : OF_TYPES)

/** Error of a command whose discovery failed. */
function ended(call: CommandLine, refusal: RequestFailure): Error {
  if (call.command === 'api-versions')
    return new KubectlError(
      `couldn't get available api versions from server: ${failureOf(call, '/api', refusal)}`,
    )
  if (call.command === 'auth can-i' && !call.args[1]?.startsWith('/'))
    call.out.errorLine(`Warning: the server doesn't have a resource type '${call.args[1] ?? ''}'\n`)
  return refusal
}

const validates = ({ command, flags }: CommandLine): boolean =>
  VALIDATING.has(command) && !['false', 'ignore'].includes(flags.string('validate'))

/** Error for objects of a file, whose kinds or schemas are unknown. */
function unreadable(call: CommandLine, source: string, refusal: RequestFailure): KubectlError {
  if (validates(call)) return withoutSchemas(source, failureOf(call, '/openapi/v2', refusal))
  const failure = failureOf(call, '/api', refusal)
  logDiscovery(call, failure)
  return new KubectlError(`unable to recognize ${quote(source)}: ${failure}`)
}

/** Returns how discovery fails; undefined if it succeeds. */
function discoveryRefusal(connection: ServerConnection): RequestFailure | undefined {
  try {
    const response = connection.request({ method: 'GET', path: '/api' })
    return isFailed(response) && (response.code === 401 || response.code === 403)
      ? answerFailure(response, { method: 'GET' }, true)
      : undefined
  } catch (error) {
    if (error instanceof ConnectionError) return error
    if (error instanceof ApiError) return discoveryFailure(error) as ApiError
    throw error
  }
}

function logDiscovery(call: CommandLine, failure: string): void {
  logError(
    call,
    'memcache.go:265',
    '"Unhandled Error" err=' + JSON.stringify(`couldn't get current server API group list: ${failure}`),
  )
}
