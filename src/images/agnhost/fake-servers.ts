import type { Served } from '../../kubelet/index.js'
import { CLIENT_PORT, NOT_FOUND, listening, log, textResponse, urlOf } from './subcommand.js'
import type { Subcommand, SubcommandCall } from './subcommand.js'
import { joinHostPort } from '../../lang/go/host-port.js'

/** Greets everybody. Source: test/images/agnhost/fakegitserver. */
export const fakeGitServer: Subcommand = {
  run: () => listening([8000]),
  serve: () => textResponse('I am a fake git server'),
}

/** Reads one byte and resets the connection. Source: test/images/agnhost/tcp-reset. */
export const tcpReset: Subcommand = {
  flags: { port: '8080' },
  run(call) {
    log(call, `Serving on port ${call.flags['port'] ?? ''}.`)
    return listening([call.flags['port'] ?? ''])
  },
  serve(call, { from = '' }) {
    log(call, `TCP request from ${joinHostPort(from, CLIENT_PORT)}`)
    return {}
  },
  stop(call) {
    log(call, 'Shutting down after receiving signal: terminated.')
    log(call, 'Awaiting pod deletion.')
    return 0
  },
}

/** The fields of an audit event in the order of Go's struct. */
const EVENT_FIELDS = (
  'level auditID stage requestURI verb user impersonatedUser authenticationMetadata sourceIPs userAgent ' +
  'objectRef responseStatus requestObject responseObject requestReceivedTimestamp stageTimestamp annotations'
).split(' ')
/** Fields without omitempty, with Go's zero value. */
const ZERO_EVENT = {
  level: '',
  auditID: '',
  stage: '',
  requestURI: '',
  verb: '',
  user: {},
  requestReceivedTimestamp: null,
  stageTimestamp: null,
}

/** Writes the audit events that it receives, one on each line. Source: test/images/agnhost/audit-proxy. */
export const auditProxy: Subcommand = {
  run: () => listening([8080]),
  serve(call, { body = '' }) {
    const events = eventsOf(body)
    if (events === undefined) {
      const bytes = [...new TextEncoder().encode(body)].map((byte) => byte.toString(2))
      log(call, `failed decoding buf: [${bytes.join(' ')}], apiVersion: audit.k8s.io/v1`)
      return textResponse('', 500)
    }
    for (const event of events) {
      const all: Readonly<Record<string, unknown>> = { ...ZERO_EVENT, ...event }
      const fields = EVENT_FIELDS.filter((name) => all[name] !== undefined).map((name) => [name, all[name]])
      const text = { kind: 'Event', apiVersion: 'audit.k8s.io/v1', ...Object.fromEntries(fields) }
      call.write(`${JSON.stringify(text)}\n`)
    }
    return textResponse('')
  },
}

/** The events of a list in JSON; undefined if it is none. */
function eventsOf(body: string): readonly object[] | undefined {
  let list: { readonly kind?: unknown; readonly apiVersion?: unknown; readonly items?: unknown } | null
  try {
    list = JSON.parse(body) as typeof list
  } catch {
    return undefined
  }
  if (list?.kind !== 'EventList' || list.apiVersion !== 'audit.k8s.io/v1') return undefined
  const items = list.items ?? []
  if (!Array.isArray(items)) return undefined
  return items.every((one) => typeof one === 'object' && one !== null) ? (items as object[]) : undefined
}

const REGISTRY = '/var/registry'
const PRIVATE = '/private'
const API_VERSION = { 'docker-distribution-api-version': 'registry/2.0' }
/** `test:test` */
const CREDENTIALS = 'dGVzdDp0ZXN0'

/**
 * Serves the image files of /var/registry, and those below /private to the user test with the password test.
 * The folder is empty unless a volume or a command fills it. Source: test/images/agnhost/fakeregistryserver.
 */
export const fakeRegistryServer: Subcommand = {
  flags: { port: '5000', host: '0.0.0.0' },
  run(call) {
    const { host = '', port = '' } = call.flags
    log(call, `HTTP server starting to listen on ${host}:${port}`)
    return listening([port])
  },
  serve(call, request) {
    const url = urlOf(request)
    const isPrivate = url.pathname.startsWith(`${PRIVATE}/v2/`)
    const path = isPrivate ? url.pathname.slice(PRIVATE.length) : url.pathname
    if (!path.startsWith('/v2/')) return NOT_FOUND
    if (isPrivate && String(request.headers?.['authorization'] ?? '') !== `Basic ${CREDENTIALS}`)
      return withHeaders(textResponse('Unauthorized\n', 401), {
        'www-authenticate': 'Basic realm="Restricted"',
      })
    return withHeaders(registryFile(call, url, path), API_VERSION)
  },
}

const withHeaders = ({ response }: Served, headers: Readonly<Record<string, string>>): Served =>
  response === undefined ? {} : { response: { ...response, headers: { ...response.headers, ...headers } } }

/** Serves `/v2/IMAGE/blobs/DIGEST` and `/v2/IMAGE/manifests/DIGEST`; a tag is redirected to its digest. */
function registryFile(call: SubcommandCall, url: URL, path: string): Served {
  if (path === '/v2/') return textResponse('')
  const [image = '', kind, identifier] = path.slice('/v2/'.length).split('/')
  if (identifier === undefined || (kind !== 'blobs' && kind !== 'manifests')) return NOT_FOUND
  const file = `${REGISTRY}/${image}/${kind}/${identifier}`
  const { files } = call.world
  const content = files.stat(file)?.kind === 'file' ? files.read(file) : undefined
  if (kind === 'blobs') {
    log(call, `Serving blob: ${file}`)
    return content === undefined
      ? NOT_FOUND
      : withHeaders(textResponse(content), { 'content-type': 'application/octet-stream' })
  }
  if (content === undefined) return NOT_FOUND
  if (!identifier.startsWith('sha256:')) {
    const location = `${url.pathname}${url.search}`.replace(identifier, content.trim())
    return { response: { status: 307, headers: { location }, body: '' } }
  }
  log(call, `Serving manifest: ${file}`)
  const type = mediaTypeOf(content)
  return type === '' ? textResponse(content) : withHeaders(textResponse(content), { 'content-type': type })
}

function mediaTypeOf(manifest: string): string {
  try {
    const { mediaType } = JSON.parse(manifest) as { readonly mediaType?: unknown }
    return typeof mediaType === 'string' ? mediaType : ''
  } catch {
    return ''
  }
}
