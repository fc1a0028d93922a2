import { schemaGroupOf } from '../../api/schemas.js'
import { ProtobufError } from '../../lang/protobuf/protobuf-error.js'
import { jsonKind } from '../../lang/json/decode-error.js'
import { isPlainObject } from '../../lang/json/plain-json.js'
import { ApiError } from '../../client/api-error.js'
import { badRequest } from '../errors.js'
import type { ProtobufCodec, ProtobufDecoder } from '../../api/protobuf/protobuf-codec.js'
import { cannotHandle } from '../registry/decode-body.js'
import type { PatchBody } from '../request.js'
import { bytesOf, textOf } from '../../lang/go/utf8.js'
import { checkValues, mostValues, TooManyValuesError } from '../../lang/json/too-many-values.js'
import type { JsonOptions } from '../../lang/go/json.js'
import { JsonSyntaxError, parseJson } from '../../lang/go/json.js'
import { firstYamlDocument, YamlError } from '../../lang/yaml/read.js'

/** A raw body: text or arbitrary bytes. */
export type RawBody = string | Uint8Array

/** Codecs of bodies other than JSON and YAML. Types without one are refused with 415 and 406. */
export interface HttpCodecs {
  readonly protobuf?: ProtobufCodec
}

/** Largest size of a body, in bytes. */
const MOST_BYTES = 3 * 1024 * 1024
const ACCEPTED = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'
const SHOWN_BYTES = 30

/** A parsed body. */
export interface ParsedBody {
  readonly value: unknown
  /** Faults that only strict decoding reports: `duplicate field "x"`. */
  readonly strictFaults: readonly string[]
}

/** The body of a create, update or delete, and the kind that the URL implies. */
export interface BodyContent {
  readonly body: RawBody
  readonly contentType: string | undefined
  readonly expected: {
    readonly group: string
    readonly version: string
    readonly kind: string
    /** Present for a custom resource, which must say of what kind it is. */
    readonly custom?: unknown
  }
  readonly codecs: HttpCodecs
}

/** Throws 413 if a body is too large. */
export function checkSize(body: RawBody): void {
  // a UTF-16 unit is at most three bytes, so that most bodies need not be encoded to find their size
  const isLarge =
    typeof body === 'string'
      ? body.length > MOST_BYTES / 3 && bytesOf(body).length > MOST_BYTES
      : body.length > MOST_BYTES
  if (isLarge) throw tooLarge(`limit is ${MOST_BYTES}`)
}

const tooLarge = (limit: string): Error =>
  new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: ${limit}`)

/** Reads a body. Throws 413 if it holds too many values. */
function bounded<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof TooManyValuesError ? tooLarge(error.message) : error
  }
}

/** Parses a body by its content type. Throws 400, 413 and 415. */
export function parseBody(content: BodyContent): ParsedBody {
  return bounded(() => readBody(content))
}

function readBody({ body, contentType, expected, codecs }: BodyContent): ParsedBody {
  switch (mediaType(contentType)) {
    case 'application/json': {
      // Go decodes bodies of built-in kinds into typed fields, for which 1.0 is not an integer
      const literalNumbers =
        schemaGroupOf(expected.group, expected.version)?.find(expected.kind) !== undefined
      return typed(
        textual(body, expected.kind, (text) => readJson(text, { literalNumbers, mostValues })),
        expected,
        body,
      )
    }
    case 'application/yaml':
      return typed(textual(body, expected.kind, readYaml), expected, body)
    case 'application/vnd.kubernetes.protobuf': {
      if (codecs.protobuf?.knows(expected) === true) return readProtobuf(codecs.protobuf, body, expected)
      break
    }
    default:
      break
  }
  const text = `the body of the request was in an unknown format - accepted media types include: ${ACCEPTED}`
  throw new ApiError(415, 'UnsupportedMediaType', text)
}

/** Returns the media type of a body; the default is JSON. Source: negotiation.NegotiateInputSerializer. */
function mediaType(contentType: string | undefined): string {
  if (contentType === undefined || contentType === '') return 'application/json'
  return contentType.split(';')[0]?.trim().toLowerCase() ?? ''
}

function textual(body: RawBody, kind: string, read: (text: string) => ParsedBody): ParsedBody {
  try {
    return read(textOf(body))
  } catch (error) {
    if (error instanceof JsonSyntaxError)
      throw unrecognized(kind, `couldn't get version/kind; json parse error: ${error.message}`, body)
    if (error instanceof YamlError) throw unrecognized(kind, error.message, body)
    throw error
  }
}

/** Throws 400 if a custom resource lacks its kind or version, which are defaulted for built-in kinds. */
function typed(
  parsed: ParsedBody,
  { custom, group, version, kind }: BodyContent['expected'],
  body: RawBody,
): ParsedBody {
  if (custom === undefined) return parsed
  const given = parsed.value as { readonly kind?: string; readonly apiVersion?: string }
  if ((given.kind ?? '') === '')
    throw unrecognized(kind, `Object 'Kind' is missing in '${textOf(body)}'`, body)
  if ((given.apiVersion ?? '') === '')
    throw badRequest(
      `the API version in the data () does not match the expected API version (${group}/${version})`,
    )
  return parsed
}

function readJson(text: string, options: JsonOptions): ParsedBody {
  const { value, duplicateFields } = parseJson(text, options)
  return {
    value: objectOf(value),
    strictFaults: duplicateFields.map((field) => `duplicate field "${field}"`),
  }
}

function readYaml(text: string): ParsedBody {
  const { value, repeatedKeys } = firstYamlDocument(text, { mostValues })
  return { value: objectOf(value), strictFaults: faultsOf(repeatedKeys) }
}

/** Source: go-yaml yaml.go TypeError. */
const faultsOf = (repeatedKeys: readonly string[]): readonly string[] =>
  repeatedKeys.length === 0 ? [] : [`yaml: unmarshal errors:\n  ${repeatedKeys.join('\n  ')}`]

/**
 * Returns the object of a body. null is an object without members. As upstream, the kind is checked before
 * anything else is decoded.
 */
function objectOf(value: unknown): object {
  if (value === null) return {}
  if (isPlainObject(value)) {
    for (const name of Object.keys(value)) {
      const member = value[name]
      if ((name !== 'apiVersion' && name !== 'kind') || typeof member === 'string' || member === null)
        continue
      throw new JsonSyntaxError(
        `json: cannot unmarshal ${jsonKind(member)} into Go struct field .${name} of type string`,
      )
    }
    return value
  }
  const fields =
    String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; ` +
    String.raw`Kind string "json:\"kind,omitempty\"" }`
  throw new JsonSyntaxError(`json: cannot unmarshal ${jsonKind(value)} into Go value of type ${fields}`)
}

function readProtobuf(
  decoder: ProtobufDecoder,
  body: RawBody,
  expected: BodyContent['expected'],
): ParsedBody {
  const { group, version, kind } = expected
  const fallback = { apiVersion: group === '' ? version : `${group}/${version}`, kind }
  try {
    const value = decoder.decode(bytesOf(body), fallback)
    checkValues(value, mostValues)
    return { value, strictFaults: [] }
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error
    const { typeMeta, message } = error
    if (typeMeta === undefined) throw unrecognized(kind, message, body)
    throw badRequest(
      cannotHandle(typeMeta.kind, typeMeta.apiVersion.split('/').at(-1) as string, kind, message),
    )
  }
}

const unrecognized = (kind: string, why: string, body: RawBody): Error =>
  badRequest(
    `the object provided is unrecognized (must be of type ${kind}): ${why} (${shown(bytesOf(body))})`,
  )

/**
 * Returns the beginning of a body as error texts show it: JSON objects as text, everything else as
 * hexadecimal digits.
 */
function shown(bytes: Uint8Array): string {
  if (bytes.length === 0) return '<empty>'
  const start = bytes.subarray(0, SHOWN_BYTES)
  const text =
    start[0] === 0x7b ? textOf(start) : [...start].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return bytes.length > SHOWN_BYTES ? `${text} ...` : text
}

const PATCH_TYPES: Readonly<Record<string, PatchBody['type']>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
}

/** Parses the body of a patch by its content type. Throws 400, 413 and 415. */
export function parsePatch(body: RawBody, contentType: string | undefined): PatchBody {
  return bounded(() => readPatch(body, contentType))
}

function readPatch(body: RawBody, contentType: string | undefined): PatchBody {
  const type = PATCH_TYPES[contentType?.split(';')[0]?.trim().toLowerCase() ?? '']
  if (type === undefined) throw new ApiError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {})
  if (type === 'apply') return parseApply(textOf(body))
  try {
    const { value, duplicateFields } = parseJson(textOf(body), { mostValues })
    return { type, body: value, strictFaults: duplicateFields.map((field) => `duplicate field "${field}"`) }
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    // the server's three patchers have different texts
    throw badRequest(type === 'strategic' ? error.message : `error decoding patch: ${error.message}`)
  }
}

/** Parses an apply patch: YAML, which includes JSON. */
function parseApply(text: string): PatchBody {
  try {
    const { value, repeatedKeys } = firstYamlDocument(text, { mostValues })
    return {
      type: 'apply',
      body: value ?? {},
      strictFaults: faultsOf(repeatedKeys).map((fault) => `error converting YAML to JSON: ${fault}`),
    }
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    throw badRequest(`error decoding YAML: error converting YAML to JSON: ${error.message}`)
  }
}
