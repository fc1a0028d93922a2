import { quote } from '../../lang/go/quote.js'
import { DurationError, parseGoDuration } from '../../lang/go/duration.js'
import { forbidden, notSupported, required, type FieldError } from '../../api/field-error.js'
import { managerNameFaults } from '../apply/managers.js'
import { badRequest, invalid } from '../errors.js'
import type { PatchBody, RequestOptions, RequestVerb } from '../request.js'

type Mutable = { -readonly [K in keyof RequestOptions]: RequestOptions[K] }

const TEXTS = [
  'labelSelector',
  'fieldSelector',
  'continue',
  'resourceVersion',
  'resourceVersionMatch',
  'propagationPolicy',
] as const
const INTEGERS = ['limit', 'timeoutSeconds', 'gracePeriodSeconds'] as const
const BOOLEANS = ['allowWatchBookmarks', 'sendInitialEvents', 'orphanDependents', 'force'] as const
/** Kind of a verb's options, for error texts. */
const OPTIONS_KIND: Partial<Record<RequestVerb, string>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
  delete: 'DeleteOptions',
  deletecollection: 'DeleteOptions',
}

/** Parses the query of a request. Throws 400 for invalid numbers and 422 for invalid values of an option. */
export function parseQuery(
  query: URLSearchParams,
  verb: RequestVerb,
  patchType?: PatchBody['type'],
): RequestOptions {
  const options: Mutable = {}
  for (const name of TEXTS) if (query.has(name)) options[name] = query.get(name) ?? ''
  for (const name of INTEGERS)
    if ((query.get(name) ?? '') !== '') options[name] = integer(query.get(name) as string)
  for (const name of BOOLEANS) if (query.has(name)) options[name] = boolean(query.get(name) ?? '')
  if (verb === 'watch' || verb === 'list' || verb === 'get') return options
  Object.assign(options, writeOptions(query, verb, patchType))
  return options
}

function integer(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${quote(text)}: invalid syntax`)
  return Number(text)
}

function writeOptions(
  query: URLSearchParams,
  verb: RequestVerb,
  patchType: PatchBody['type'] | undefined,
): Mutable {
  const errors: FieldError[] = []
  const options: Mutable = {}
  const manager = query.get('fieldManager') ?? ''
  if (patchType === 'apply') {
    if (manager === '') errors.push(required('fieldManager', 'is required for apply patch'))
  } else if (query.has('force')) errors.push(forbidden('force', 'may not be specified for non-apply patch'))
  errors.push(...managerNameFaults(manager, 'fieldManager'))
  if (manager !== '') options.fieldManager = manager
  const dryRun = query.getAll('dryRun')
  if (dryRun.some((value) => value !== 'All')) errors.push(notSupported('dryRun', dryRun, ['All']))
  if (dryRun.length > 0) options.dryRun = true
  const validation = query.get('fieldValidation') ?? ''
  if (validation !== '') {
    if (validation === 'Ignore' || validation === 'Warn' || validation === 'Strict')
      options.fieldValidation = validation
    else errors.push(notSupported('fieldValidation', validation, ['', 'Ignore', 'Strict', 'Warn']))
  }
  if (errors.length > 0)
    throw invalid({ group: 'meta.k8s.io', kind: OPTIONS_KIND[verb] ?? 'ListOptions' }, '', errors)
  return options
}

/** Converts a boolean of a query as upstream does: only `false` and `0` are false. */
export function boolean(text: string): boolean {
  return !['false', '0'].includes(text.toLowerCase())
}

/**
 * Checks that the `timeout` of a query is a duration. Requests take no virtual time, so it is never exceeded.
 * Throws 400. Source: apiserver pkg/endpoints/filters/request_deadline.go, Go's time.ParseDuration.
 */
export function checkDeadline(query: URLSearchParams): void {
  const text = query.get('timeout') ?? ''
  try {
    if (text !== '') parseGoDuration(text)
  } catch (error) {
    if (!(error instanceof DurationError)) throw error
    throw badRequest(`invalid timeout specified in the request URL - ${error.message}`)
  }
}
