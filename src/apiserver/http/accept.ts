import { ApiError } from '../client/api-error.js'

/** The form in which an answer is wanted. */
export interface Negotiated {
  readonly format: 'json' | 'yaml'
  readonly as: 'object' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList'
}

const AVAILABLE = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'
const META_KINDS = ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'] as const

interface Clause {
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
  readonly quality: number
}

/**
 * Chooses the representation from an Accept header. Protobuf clauses are passed over: what accepts only that gets 406.
 * Source: apiserver pkg/endpoints/handlers/negotiation/negotiate.go.
 */
export function negotiate(accept: string | undefined): Negotiated {
  if (accept === undefined || accept === '') return { format: 'json', as: 'object' }
  const clauses = accept.split(',').map(parseClause).sort((a, b) => b.quality - a.quality)
  const readable = clauses.filter(({ type }) => ['application/json', 'application/yaml', '*/*'].includes(type))
  for (const { type, parameters } of readable) {
    const as = parameters.get('as')
    const format = type === 'application/yaml' ? 'yaml' : 'json'
    if (as === undefined) return { format, as: 'object' }
    const known = META_KINDS.find((kind) => kind === as)
    const version = parameters.get('v')
    if (known !== undefined && parameters.get('g') === 'meta.k8s.io' && (version === 'v1' || version === 'v1beta1')) {
      return { format, as: known }
    }
  }
  if (readable.length > 0) throw new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${AVAILABLE}`)
  throw new ApiError(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${AVAILABLE}`, {})
}

function parseClause(text: string): Clause {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim())
  const parameters = new Map(rest.map((part) => {
    const equals = part.indexOf('=')
    return [part.slice(0, equals), part.slice(equals + 1)] as const
  }))
  return { type: type.toLowerCase(), parameters, quality: Number(parameters.get('q') ?? 1) }
}
