import { ApiError } from '../../client/api-error.js'
import type { BodyFormat } from './responses.js'
import type { DiscoveryVersion } from './discovery/aggregated.js'

/** What of a resource has a protobuf form: nothing, its metadata (custom resources), or all. */
export type InProtobuf = 'nothing' | 'metadata' | 'objects'

/** The negotiated representation of a response. */
export interface Negotiated {
  readonly format: BodyFormat
  readonly as: 'object' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList'
  /** Version of meta.k8s.io of a transformed response. */
  readonly version: 'v1' | 'v1beta1'
  /** `pretty=1` in the media type. */
  readonly pretty: boolean
}

/** Media types of object endpoints. */
export const OBJECT_TYPES: readonly string[] = [
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
]
/** Media types of lists, which can also be streamed. */
export const LIST_TYPES: readonly string[] = [
  ...OBJECT_TYPES,
  'application/json;stream=watch',
  'application/vnd.kubernetes.protobuf;stream=watch',
]

const META_KINDS = ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'] as const

interface Clause {
  readonly type: string
  readonly subtype: string
  readonly parameters: ReadonlyMap<string, string>
  readonly quality: number
}

/**
 * Chooses the representation from an Accept header. First the router checks whether the route can produce any
 * of its media types (`produces`; 'anything' for custom resources, which have no router), then the handler
 * takes the best clause, which asks for a Table only where `hasTable`, and for protobuf only for what has
 * that form, which a Table does not. Throws 406. Source: go-restful's route.go matchesAccept, apiserver
 * pkg/endpoints/handlers/negotiation/negotiate.go.
 */
export function negotiate(
  accept: string | undefined,
  produces: readonly string[] | 'anything' = OBJECT_TYPES,
  hasTable: boolean = true,
  inProtobuf: InProtobuf = 'nothing',
): Negotiated {
  const plain = { format: 'json', as: 'object', version: 'v1', pretty: false } as const
  if (accept === undefined || accept === '') return plain
  if (produces !== 'anything') checkRoute(accept, produces)
  for (const clause of clausesOf(accept)) {
    const format = isProtobuf(clause) && inProtobuf !== 'nothing' ? 'protobuf' : formatOf(clause)
    if (format === undefined) continue
    const { parameters } = clause
    const pretty = parameters.get('pretty') === '1'
    if (!parameters.has('as') && !parameters.has('g') && !parameters.has('v')) {
      if (format === 'protobuf' && inProtobuf === 'metadata') continue
      return { ...plain, format, pretty }
    }
    const kind = META_KINDS.find((known) => known === parameters.get('as'))
    const version = parameters.get('v')
    if (
      kind !== undefined &&
      (kind !== 'Table' || (hasTable && format !== 'protobuf')) &&
      parameters.get('g') === 'meta.k8s.io' &&
      (version === 'v1' || version === 'v1beta1')
    ) {
      return { format, as: kind, version, pretty }
    }
  }
  if (produces !== 'anything' && produces.includes('text/plain')) return plain
  throw new ApiError(
    406,
    'NotAcceptable',
    `only the following media types are accepted: ${OBJECT_TYPES.join(', ')}`,
  )
}

/** Throws the router's 406 if the header accepts none of the media types in `produces`. */
export function checkRoute(accept: string, produces: readonly string[]): void {
  const types = accept.split(',').map((part) => (part.split(';')[0] as string).trim())
  if (types.some((type) => type === '*/*' || produces.includes(type))) return
  const text = `406: Not Acceptable\n\nAvailable representations: ${produces.join(', ')}`
  throw new ApiError(406, 'NotAcceptable', text, {})
}

/**
 * Returns the version of apidiscovery.k8s.io that a client of `/api` or `/apis` accepts, or undefined for the
 * old documents. Source: apiserver pkg/endpoints/discovery/aggregated/wrapper.go.
 */
export function negotiateDiscovery(
  accept: string | undefined,
  served: readonly DiscoveryVersion[],
): { readonly format: 'json' | 'yaml'; readonly version: DiscoveryVersion } | undefined {
  if (accept === undefined || accept === '') return undefined
  for (const clause of clausesOf(accept)) {
    const format = formatOf(clause)
    if (format === undefined) continue
    const { parameters } = clause
    if (!parameters.has('as') && !parameters.has('g') && !parameters.has('v')) return undefined
    const version = served.find((one) => one === parameters.get('v'))
    if (
      version !== undefined &&
      parameters.get('g') === 'apidiscovery.k8s.io' &&
      parameters.get('as') === 'APIGroupDiscoveryList'
    ) {
      return { format, version }
    }
  }
  return undefined
}

const isProtobuf = ({ type, subtype }: Clause): boolean =>
  type === 'application' && subtype === 'vnd.kubernetes.protobuf'

function formatOf({ type, subtype }: Clause): 'json' | 'yaml' | undefined {
  if (type === '*' && subtype === '*') return 'json'
  if (type !== 'application') return undefined
  return subtype === 'json' || subtype === '*' ? 'json' : subtype === 'yaml' ? 'yaml' : undefined
}

/** Returns the clauses of the header, the preferred ones first. Source: goautoneg. */
function clausesOf(accept: string): readonly Clause[] {
  return accept
    .split(',')
    .map(parseClause)
    .sort(
      (a, b) =>
        b.quality - a.quality ||
        wildness(a.type) - wildness(b.type) ||
        wildness(a.subtype) - wildness(b.subtype),
    )
}

const wildness = (part: string): number => (part === '*' ? 1 : 0)

function parseClause(text: string): Clause {
  const [media = '', ...rest] = text.split(';').map((part) => part.trim())
  const parameters = new Map(
    rest.map((part) => {
      const equals = part.indexOf('=')
      return [part.slice(0, equals).trim(), part.slice(equals + 1).trim()] as const
    }),
  )
  const [type = '', subtype = ''] = media.split('/')
  const quality = parameters.has('q') ? Number(parameters.get('q')) || 0 : 1
  return { type, subtype, parameters, quality }
}
