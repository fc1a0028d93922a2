import { quote } from '../../lang/go/quote.js'
import { forbidden, notSupported, type FieldError } from '../../api/field-error.js'
import { invalid, badRequest, tooLargeResourceVersion, untypedError } from '../errors.js'
import type { RequestOptions } from '../request.js'

const FIELD = 'resourceVersionMatch'

/**
 * Throws 422 for invalid combinations of options of a list or watch. Source:
 * internalversion/validation/validation.go.
 */
export function checkListOptions(options: RequestOptions, isWatch: boolean): void {
  const errors = isWatch ? watchFaults(options) : listFaults(options)
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors)
}

function listFaults({
  resourceVersionMatch = '',
  resourceVersion = '',
  sendInitialEvents,
  ...options
}: RequestOptions): FieldError[] {
  const errors: FieldError[] = []
  if (resourceVersionMatch !== '') {
    if (resourceVersion === '')
      errors.push(forbidden(FIELD, 'resourceVersionMatch is forbidden unless resourceVersion is provided'))
    if ((options.continue ?? '') !== '')
      errors.push(forbidden(FIELD, 'resourceVersionMatch is forbidden when continue is provided'))
    if (resourceVersionMatch !== 'Exact' && resourceVersionMatch !== 'NotOlderThan') {
      errors.push(notSupported(FIELD, resourceVersionMatch, ['Exact', 'NotOlderThan', '']))
    }
    if (resourceVersionMatch === 'Exact' && resourceVersion === '0') {
      errors.push(forbidden(FIELD, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
    }
  }
  if (sendInitialEvents !== undefined)
    errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
  return errors
}

function watchFaults({
  resourceVersionMatch = '',
  sendInitialEvents,
  ...options
}: RequestOptions): FieldError[] {
  const errors: FieldError[] = []
  if (resourceVersionMatch !== '') {
    if (sendInitialEvents === undefined) {
      errors.push(
        forbidden(FIELD, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'),
      )
    }
    if (sendInitialEvents === true && resourceVersionMatch !== 'NotOlderThan') {
      errors.push(forbidden(FIELD, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'))
    }
    if (resourceVersionMatch !== 'NotOlderThan')
      errors.push(notSupported(FIELD, resourceVersionMatch, ['NotOlderThan']))
    if ((options.continue ?? '') !== '')
      errors.push(forbidden(FIELD, 'resourceVersionMatch is forbidden when continue is provided'))
  } else if (sendInitialEvents === true) {
    errors.push(forbidden(FIELD, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'))
  }
  return errors
}

/**
 * Where a chunked list continues: a key relative to the list's prefix, and the revision of the first chunk
 * (-1 for the current one).
 */
export interface ContinueToken {
  readonly start: string
  readonly revision: number
}

interface Encoded {
  readonly v?: unknown
  readonly rv?: unknown
  readonly start?: unknown
}

/** Encodes a token as base64url JSON. Source: apiserver pkg/storage/continue.go. */
export function encodeContinue({ start, revision }: ContinueToken): string {
  const json = JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start })
  let binary = ''
  for (const byte of new TextEncoder().encode(json)) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Decodes a token. Throws 400 `invalid continue token: continue key is not valid: ...`. */
export function decodeContinue(token: string): ContinueToken {
  const { v, rv, start } = parse(token)
  if (v !== 'meta.k8s.io/v1')
    throw broken(`server does not recognize this encoded version ${JSON.stringify(v ?? '')}`)
  if (rv === undefined || rv === 0)
    throw broken('incorrect encoded start resourceVersion (version meta.k8s.io/v1)')
  if (typeof start !== 'string' || start === '')
    throw broken('encoded start key empty (version meta.k8s.io/v1)')
  // upstream cleans the path and refuses keys outside the prefix
  if (start.split('/').includes('..')) throw badRequest(`invalid continue token: ${start}`)
  return { start, revision: Number(rv) }
}

const broken = (why: string): Error => badRequest(`invalid continue token: continue key is not valid: ${why}`)

function parse(token: string): Encoded {
  let text: string
  try {
    text = decodeBase64Url(token)
  } catch {
    throw broken(`illegal base64 data at input byte ${faultAt(token)}`)
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    throw broken(`invalid character '${text.charAt(0)}' looking for beginning of value`)
  }
  throw broken('json: cannot unmarshal into Go value of type storage.continueToken')
}

function decodeBase64Url(token: string): string {
  if (token.length % 4 === 1) throw new Error('length')
  const binary = atob(token.replaceAll('-', '+').replaceAll('_', '/'))
  return new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)))
}

function faultAt(token: string): number {
  const bad = token.search(/[^A-Za-z0-9_-]/)
  return bad >= 0 ? bad : token.length - (token.length % 4)
}

const malformed = (text: string): string =>
  `resourceVersion: Invalid value: ${quote(text)}: strconv.ParseUint: parsing ` +
  `${quote(text)}: invalid syntax`

/** Parses the resourceVersion of a get or list; returns undefined for '' and undefined. Throws 400. */
export function parseResourceVersion(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  if (!/^\d+$/.test(text)) throw badRequest(`invalid resource version: ${malformed(text)}`)
  return Number(text)
}

/** As {@link parseResourceVersion}, for a watch: upstream does not turn its error into a 400. */
export function parseWatchResourceVersion(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  if (!/^\d+$/.test(text)) throw untypedError(malformed(text))
  return Number(text)
}

/**
 * Throws 504 if the store has not reached the revision. Virtual time does not pass during a request, so
 * waiting would not help.
 */
export function checkReached(asked: number | undefined, current: number): void {
  if (asked !== undefined && asked > current) throw tooLargeResourceVersion(asked, current)
}
