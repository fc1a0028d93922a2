import { ApiError } from '../client/api-error.js'
import { badRequest } from '../errors.js'
import type { PatchBody } from '../request.js'
import { JsonSyntaxError, parseJson } from './go-json.js'
import { parseYaml, YamlSyntaxError } from './go-yaml.js'

/** Largest body that is read, in bytes. */
const MOST_BYTES = 3 * 1024 * 1024
const ACCEPTED = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'
const SHOWN_BYTES = 30

/** A body as the registry wants it. */
export interface ParsedBody {
  readonly value: unknown
  /** What only strict decoding minds: `duplicate field "x"`. */
  readonly strictFaults: readonly string[]
}

/** Throws 413 when a body is larger than the server reads. */
export function checkSize(body: string): void {
  // a character is at most three bytes, so that most bodies need not be encoded to know
  if (body.length > MOST_BYTES / 3 && new TextEncoder().encode(body).length > MOST_BYTES) {
    throw new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${MOST_BYTES}`)
  }
}

/** Parses the body of a create or update by its content type. Throws 400 and 415. */
export function parseBody(body: string, contentType: string | undefined, kind: string): ParsedBody {
  const type = (contentType ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? ''
  try {
    if (type === 'application/json' || (type === '' && contentType === undefined)) return readJson(body)
    if (type === 'application/yaml') return parseYaml(body)
  } catch (error) {
    if (error instanceof JsonSyntaxError) {
      throw unrecognized(kind, `couldn't get version/kind; json parse error: ${error.message} (${shown(body)})`)
    }
    if (error instanceof YamlSyntaxError) throw unrecognized(kind, `yaml: ${error.message} (${shown(body)})`)
    throw error
  }
  const text = `the body of the request was in an unknown format - accepted media types include: ${ACCEPTED}`
  throw new ApiError(415, 'UnsupportedMediaType', text)
}

function readJson(body: string): ParsedBody {
  const parsed = parseJson(body)
  if (parsed.value === null) return { value: {}, strictFaults: [] }
  if (typeof parsed.value !== 'object' || Array.isArray(parsed.value)) {
    const found = Array.isArray(parsed.value) ? 'array' : typeof parsed.value === 'boolean' ? 'bool' : typeof parsed.value
    const fields = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`
    throw new JsonSyntaxError(`json: cannot unmarshal ${found} into Go value of type ${fields}`)
  }
  return { value: parsed.value, strictFaults: parsed.duplicateFields.map((field) => `duplicate field "${field}"`) }
}

const unrecognized = (kind: string, why: string): Error =>
  badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why}`)

/** The beginning of a body as error texts show it: JSON objects as they are, all else as hexadecimal digits. */
function shown(body: string): string {
  if (body === '') return '<empty>'
  if (!body.startsWith('{')) return hex(body)
  return body.length > SHOWN_BYTES ? `${body.slice(0, SHOWN_BYTES)} ...` : body
}

function hex(body: string): string {
  const bytes = new TextEncoder().encode(body)
  const digits = [...bytes.slice(0, SHOWN_BYTES)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return bytes.length > SHOWN_BYTES ? `${digits} ...` : digits
}

const PATCH_TYPES: Readonly<Record<string, PatchBody['type']>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
}

/** Parses the body of a patch by its content type. Throws 400 and 415. */
export function parsePatch(body: string, contentType: string | undefined): PatchBody {
  const type = PATCH_TYPES[contentType?.split(';')[0]?.trim().toLowerCase() ?? '']
  if (type === undefined) throw new ApiError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {})
  try {
    return { type, body: parseJson(body).value }
  } catch (error) {
    throw error instanceof JsonSyntaxError ? badRequest(`error decoding patch: ${error.message}`) : error
  }
}
