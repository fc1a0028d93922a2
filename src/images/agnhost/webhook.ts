import { quote } from '../../lang/go/quote.js'
import type { Served, ServedRequest } from '../../kubelet/index.js'
import type { Subcommand, SubcommandCall } from './subcommand.js'
import { NOT_FOUND, jsonResponse, klog, listening, textResponse, urlOf } from './subcommand.js'

/** The parts of an AdmissionReview's request that the webhooks read. */
interface Review {
  readonly uid: string
  readonly name?: string
  readonly operation: string
  readonly subResource?: string
  readonly object?: Reviewed | null
  readonly oldObject?: Reviewed | null
}

interface Reviewed {
  readonly metadata?: { readonly name?: string; readonly labels?: Readonly<Record<string, string>> }
  readonly data?: Readonly<Record<string, string>>
  readonly spec?: Readonly<
    Record<'containers' | 'initContainers', readonly { readonly name: string }[] | undefined>
  >
  readonly stdin?: boolean
  readonly container?: string
}

/** A response without its uid. */
type Verdict = {
  readonly allowed: boolean
  readonly status?: Readonly<Record<string, unknown>>
  readonly patch?: string
  readonly patchType?: 'JSONPatch'
}

const ALLOWED: Verdict = { allowed: true }
const denied = (status: Readonly<Record<string, unknown>>): Verdict => ({ allowed: false, status })

const patched = (op: string, path: string, value: unknown): Verdict => ({
  allowed: true,
  patch: btoa(JSON.stringify([{ op, path, value }])),
  patchType: 'JSONPatch',
})

/** Virtual ms that `/always-allow-delay-5s` takes. */
const DELAY = 5_000
/** What a webhook that never responds takes. */
const FOREVER = 3_600_000

/** The webhook's endpoints. Source: test/images/agnhost/webhook. */
const ENDPOINTS: Readonly<Record<string, (review: Review, call: SubcommandCall) => Verdict>> = {
  '/always-allow-delay-5s': () => ALLOWED,
  '/always-deny': () => denied({ message: 'this webhook denies all requests' }),
  '/add-label': ({ object }) => {
    const labels = object?.metadata?.labels ?? {}
    if (Object.keys(labels).length === 0) return patched('add', '/metadata/labels', { 'added-label': 'yes' })
    const path = '/metadata/labels/added-label'
    if (labels['added-label'] === undefined) return patched('add', path, 'yes')
    return labels['added-label'] === 'yes' ? ALLOWED : patched('replace', path, 'yes')
  },
  '/pods': ({ object }) => admitPod(object ?? {}),
  '/pods/attach': ({ name, object }) =>
    name === 'to-be-attached-pod' && object?.stdin === true && object.container === 'container1'
      ? denied({ message: "attaching to pod 'to-be-attached-pod' is not allowed" })
      : ALLOWED,
  '/mutating-pods': ({ object }) => {
    const name = 'webhook-added-init-container'
    const isDone = object?.spec?.initContainers?.some((one) => one.name === name) === true
    return object?.metadata?.name !== 'webhook-to-be-mutated' || isDone
      ? ALLOWED
      : patched('add', '/spec/initContainers', [{ image: 'webhook-added-image', name, resources: {} }])
  },
  '/mutating-pods-sidecar': ({ object }, { flags }) => {
    const image = flags['sidecar-image'] ?? ''
    if (image === '')
      return denied({
        status: 'Failure',
        message: 'No image specified by the sidecar-image parameter',
        code: 500,
      })
    const name = 'webhook-added-sidecar'
    return object?.spec?.containers?.some((one) => one.name === name) === true
      ? ALLOWED
      : patched('add', '/spec/containers/-', { image, name, resources: {} })
  },
  '/configmaps': (review) => admitData(review, 'configmap', 'the configmap contains unwanted key and value'),
  '/mutating-configmaps': ({ object }) => mutateData(object ?? {}),
  '/custom-resource': (review) =>
    admitData(review, 'custom resource', 'the custom resource contains unwanted data'),
  '/mutating-custom-resource': ({ object }) => mutateData(object ?? {}),
  '/crd': ({ object }) =>
    object?.metadata?.labels?.['webhook-e2e-test'] === 'webhook-disallow'
      ? denied({ message: 'the crd contains unwanted label' })
      : ALLOWED,
}

function admitPod({ metadata, spec }: Reviewed): Verdict {
  const containers = spec?.containers ?? []
  const faults = [
    ...(metadata?.labels?.['webhook-e2e-test'] === 'webhook-disallow'
      ? ['the pod contains unwanted label;']
      : []),
    ...containers
      .filter(({ name }) => name.includes('webhook-disallow'))
      .map(() => 'the pod contains unwanted container name;'),
  ]
  return faults.length === 0 ? ALLOWED : denied({ message: faults.join(' ') })
}

function admitData({ operation, object, oldObject }: Review, what: string, reason: string): Verdict {
  const isDelete = operation === 'DELETE'
  const value = (isDelete ? oldObject : object)?.data?.['webhook-e2e-test']
  if (isDelete && value === 'webhook-nondeletable')
    return denied({ reason: `the ${what} cannot be deleted because it contains unwanted key and value` })
  return value === 'webhook-disallow' && (operation === 'CREATE' || operation === 'UPDATE')
    ? denied({ reason })
    : ALLOWED
}

function mutateData({ data = {} }: Reviewed): Verdict {
  if (data['mutation-stage-1'] === 'yes') return patched('add', '/data/mutation-stage-2', 'yes')
  return data['mutation-start'] === 'yes' ? patched('add', '/data/mutation-stage-1', 'yes') : ALLOWED
}

/** Adds the certificate to a response. */
function secured({ flags, world }: SubcommandCall, served: Served, delay = 0): Served {
  const { response } = served
  if (response === undefined) return served
  const certificate = world.files.read(flags['tls-cert-file'] ?? '')
  return { ...served, response: { ...response, certificate, ...(delay === 0 ? {} : { delay }) } }
}

/** Listens, if there are a certificate and its key. Source: webhook/config.go configTLS. */
function begin(call: SubcommandCall): ReturnType<typeof listening> | number {
  for (const flag of ['tls-cert-file', 'tls-private-key-file']) {
    const path = call.flags[flag] ?? ''
    if (path !== '' && call.world.files.stat(path)?.kind === 'file') continue
    klog(call, 'F', 'config.go:48', `open ${path}: no such file or directory`)
    return 255
  }
  return listening([call.flags['port'] ?? ''])
}

/** Reads the review in a request, or returns the response to what is none. Source: webhook/main.go serve. */
function reviewIn<T>(call: SubcommandCall, { body = '', headers }: ServedRequest): T | Served {
  const type = String(headers?.['content-type'] ?? '')
  if (type !== 'application/json') {
    klog(call, 'E', 'main.go:111', `contentType=${type}, expect application/json`)
    return textResponse('')
  }
  const refuse = (why: string): Served => textResponse(`Request could not be decoded: ${why}\n`, 400)
  try {
    const review: unknown = JSON.parse(body)
    const isReview = typeof review === 'object' && review !== null && 'request' in review
    return isReview ? (review as T) : refuse("Object 'Kind' is missing")
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return refuse(error.message)
  }
}

const flags = { 'tls-cert-file': '', 'tls-private-key-file': '', port: '443', 'sidecar-image': '' }

interface AdmissionReview {
  readonly apiVersion: string
  readonly kind: string
  readonly request: Review
}

/** An admission webhook for tests. Source: test/images/agnhost/webhook. */
export const webhook: Subcommand = {
  flags,
  run: begin,
  serve(call, request) {
    const { pathname } = urlOf(request)
    if (pathname === '/readyz') return secured(call, textResponse('ok'))
    const endpoint = Object.hasOwn(ENDPOINTS, pathname) ? ENDPOINTS[pathname] : undefined
    if (endpoint === undefined) return secured(call, NOT_FOUND)
    const read = reviewIn<AdmissionReview>(call, request)
    if (!('request' in read)) return secured(call, read)
    const { apiVersion, kind, request: review } = read
    const response = { uid: review.uid, ...endpoint(review, call) }
    const waits = review.object?.metadata?.labels?.['webhook-e2e-test'] === 'wait-forever'
    const delay = pathname === '/always-allow-delay-5s' ? DELAY : waits && pathname === '/pods' ? FOREVER : 0
    return secured(call, jsonResponse({ apiVersion, kind, response }), delay)
  },
}

interface Converted {
  readonly apiVersion: string
  readonly hostPort?: string
  readonly host?: string | undefined
  readonly port?: string | undefined
}

/** Converts between the versions of the example CRD: `hostPort` is split into `host` and `port`. */
function convert(object: Converted, desired: string): Converted | string {
  const { hostPort, host, port, ...rest } = object
  const from = object.apiVersion
  if (from === desired) return `conversion from a version to itself should not call the webhook: ${desired}`
  const base = { ...rest, apiVersion: desired }
  if (from === 'stable.example.com/v1' && desired === 'stable.example.com/v2') {
    if (hostPort === undefined) return base
    const parts = hostPort.split(':')
    return parts.length === 2
      ? { ...base, host: parts[0], port: parts[1] }
      : `invalid hostPort value \`${hostPort}\``
  }
  if (from === 'stable.example.com/v2' && desired === 'stable.example.com/v1')
    return host === undefined && port === undefined
      ? base
      : { ...base, hostPort: `${host ?? ''}:${port ?? ''}` }
  return `unexpected conversion version ${quote(from.startsWith('stable.') ? desired : from)}`
}

interface ConversionReview {
  readonly apiVersion: string
  readonly kind: string
  readonly request: {
    readonly uid: string
    readonly desiredAPIVersion: string
    readonly objects: readonly Converted[]
  }
}

function converted(call: SubcommandCall, request: ServedRequest): Served {
  const read = reviewIn<ConversionReview>(call, request)
  if (!('request' in read)) return read
  const { apiVersion, kind, request: asked } = read
  const objects = asked.objects.map((object) => convert(object, asked.desiredAPIVersion))
  const fault = objects.find((one) => typeof one === 'string')
  const response =
    fault === undefined
      ? { uid: asked.uid, convertedObjects: objects, result: { status: 'Success' } }
      : { uid: asked.uid, convertedObjects: [], result: { status: 'Failure', message: fault } }
  return jsonResponse({ apiVersion, kind, response })
}

/** A conversion webhook for tests. Source: test/images/agnhost/crd-conversion-webhook. */
export const crdConversionWebhook: Subcommand = {
  flags,
  run: begin,
  serve(call, request) {
    const { pathname } = urlOf(request)
    if (pathname === '/readyz') return secured(call, textResponse('ok'))
    return secured(call, pathname === '/crdconvert' ? converted(call, request) : NOT_FOUND)
  },
}
