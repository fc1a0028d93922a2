import type { KubeObject } from '../../api/definition.js'
import type { FieldTerm } from '../../api/fields.js'
import { FieldSelectorError, parseFieldSelector } from '../../api/fields.js'
import type { LabelMatcher } from '../../api/labels.js'
import { compileSelectorText, SelectorSyntaxError } from '../../api/label-parser.js'
import { badRequest } from '../errors.js'
import type { Resource } from '../registry/resources.js'

/** Which objects of a resource a list, watch or deletecollection is about. */
export interface Selection {
  readonly namespace: string | undefined
  /** Whether label and field selectors leave everything in. */
  readonly all: boolean
  /** Whether the selectors (not the namespace) take the object. */
  readonly matches: (object: KubeObject) => boolean
  /** Fields that must have exactly one value, by field: what indexes can serve. */
  readonly equals: ReadonlyMap<string, string>
}

/** What selects: the parts of a request's options. */
export interface Selectors {
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
}

const NO_FIELDS: ReadonlyMap<string, string> = new Map<string, string>()
const everything = (): boolean => true
/**
 * Kinds whose field labels have a conversion function of their own refuse others in another way than the
 * rest.
 */
const OWN_CONVERSION = new Set([
  'Pod',
  'Node',
  'Event',
  'Namespace',
  'Secret',
  'Service',
  'ReplicationController',
  'ReplicaSet',
  'Job',
])

/**
 * Parses the selectors of a request. Throws ApiError 400 with the parser's text, or for a field that the kind
 * does not offer.
 */
export function selectionOf(
  resource: Resource,
  namespace: string | undefined,
  selectors: Selectors,
): Selection {
  const { labelSelector = '', fieldSelector = '' } = selectors
  const scope = namespace === '' ? undefined : namespace
  if (labelSelector === '' && fieldSelector === '') {
    return { namespace: scope, all: true, matches: everything, equals: NO_FIELDS }
  }
  const labels = labelSelector === '' ? undefined : readLabels(labelSelector)
  const fields = readFields(resource, fieldSelector)
  return {
    namespace: scope,
    all: labels === undefined && fields.length === 0,
    matches: (object) =>
      (labels === undefined || labels(object.metadata.labels)) && fields.every((field) => field(object)),
    equals: equalities(fieldSelector),
  }
}

function readLabels(text: string): LabelMatcher {
  try {
    return compileSelectorText(text)
  } catch (error) {
    throw error instanceof SelectorSyntaxError ? badRequest(error.message) : error
  }
}

type FieldMatcher = (object: KubeObject) => boolean

function readFields(resource: Resource, text: string): readonly FieldMatcher[] {
  return parse(text).map(({ field, operator, value }): FieldMatcher => {
    const valueOf = fieldReader(resource, field)
    return (object) => (valueOf(object) === value) === (operator === '=')
  })
}

function parse(text: string): readonly FieldTerm[] {
  if (text === '') return []
  try {
    // a term without a field, as in `=`, selects nothing away
    return parseFieldSelector(text).filter(({ field }) => field !== '')
  } catch (error) {
    throw error instanceof FieldSelectorError ? badRequest(error.message) : error
  }
}

function fieldReader(resource: Resource, field: string): (object: KubeObject) => string {
  if (field === 'metadata.name') return (object) => object.metadata.name ?? ''
  if (field === 'metadata.namespace') return (object) => object.metadata.namespace ?? ''
  const { selectableFields } = resource.definition
  const valueOf = Object.hasOwn(selectableFields, field) ? selectableFields[field] : undefined
  if (valueOf !== undefined) return valueOf
  throw badRequest(unsupportedField(resource, field))
}

function unsupportedField({ kind, apiVersion, definition }: Resource, field: string): string {
  if (
    definition.custom !== undefined ||
    (OWN_CONVERSION.has(kind) && !(kind === 'ReplicaSet' && apiVersion.startsWith('apps/')))
  ) {
    return `field label not supported: ${field}`
  }
  return `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
}

function equalities(text: string): ReadonlyMap<string, string> {
  const terms = parse(text).filter(({ operator }) => operator === '=')
  return terms.length === 0 ? NO_FIELDS : new Map(terms.map(({ field, value }) => [field, value]))
}

/** Reads one field of an object for routing: any selectable field, or the name. */
export function routedField(resource: Resource, field: string): (object: KubeObject) => string {
  return fieldReader(resource, field)
}
