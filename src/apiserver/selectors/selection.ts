import { quote } from '../../lang/go/quote.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { FieldTerm } from '../../api/selectors/fields.js'
import { FieldSelectorError, parseFieldSelector } from '../../api/selectors/fields.js'
import type { LabelMatcher } from '../../api/selectors/labels.js'
import { compileSelectorText, SelectorSyntaxError } from '../../api/selectors/label-parser.js'
import { badRequest } from '../errors.js'
import type { Resource } from '../registry/resources.js'

/** The objects of a resource that a list, watch or deletecollection selects. */
export interface Selection {
  readonly namespace: string | undefined
  /** Whether the label and field selectors select everything. */
  readonly all: boolean
  /** Whether the selectors (not the namespace) select the object. */
  readonly matches: (object: KubeObject) => boolean
  /** Fields that must equal a value, for which indexes can be used. */
  readonly equals: ReadonlyMap<string, string>
}

/** The selectors in a request's options. */
export interface Selectors {
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
}

const NO_FIELDS: ReadonlyMap<string, string> = new Map<string, string>()
const everything = (): boolean => true
/**
 * How kinds with their own conversion of field labels refuse unknown ones. Source: their
 * AddFieldLabelConversionFunc.
 */
const OWN_CONVERSION: Readonly<Record<string, (field: string, kind: string) => string>> = {
  ...Object.fromEntries(
    [
      'Pod',
      'Node',
      'Event',
      'Namespace',
      'Secret',
      'Service',
      'ReplicationController',
      'CertificateSigningRequest',
    ].map((kind) => [kind, (field: string) => `field label not supported: ${field}`]),
  ),
  Job: (field) => `field label ${quote(field)} not supported for Job`,
  ResourceSlice: (field, kind) => `field label not supported for ${kind}: ${field}`,
}

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
    // a term without a field, as in `=`, excludes nothing
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
  if (definition.custom !== undefined) return `field label not supported: ${field}`
  return (
    OWN_CONVERSION[kind]?.(field, `${apiVersion}, Kind=${kind}`) ??
    `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
  )
}

function equalities(text: string): ReadonlyMap<string, string> {
  const terms = parse(text).filter(({ operator }) => operator === '=')
  return terms.length === 0 ? NO_FIELDS : new Map(terms.map(({ field, value }) => [field, value]))
}

/** Returns a selectable field of an object, or its name, for the routing of watches. */
export function routedField(resource: Resource, field: string): (object: KubeObject) => string {
  return fieldReader(resource, field)
}
