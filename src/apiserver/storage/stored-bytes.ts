import type { KubeObject } from '../../api/kind/definition.js'
import type { Draft } from '../../api/kind/draft.js'
import { JsonSyntaxError, parseJson } from '../../lang/go/json.js'
import { textOf } from '../../lang/go/utf8.js'
import { ProtobufError } from '../../lang/protobuf/protobuf-error.js'
import { DecodeError, jsonKind } from '../../lang/json/decode-error.js'
import { decode } from '../../api/schema/decode.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import { isPlainObject } from '../../lang/json/plain-json.js'
import type { KeyValue } from '../../etcd/version.js'
import { ApiError } from '../../client/api-error.js'
import { internalError, untypedError } from '../errors.js'
import { firstYamlDocument, YamlError } from '../../lang/yaml/read.js'
import type { ProtobufDecoder } from '../../api/protobuf/protobuf-codec.js'
import { NO_KIND_SCHEME } from '../registry/decode-body.js'
import type { Resource, Resources } from '../registry/resources.js'

const PROTOBUF = 'k8s\0'
const ENCRYPTED = 'k8s:enc:'
const TYPE_META: string =
  String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; ` +
  String.raw`Kind string "json:\"kind,omitempty\"" }`

/** What decoding of values of other etcd clients needs. */
export interface StoredBytesDependencies {
  readonly resources: Resources
  /** Decodes protobuf; without it such values cannot be read. */
  readonly protobuf: () => ProtobufDecoder | undefined
}

/**
 * Decodes a value that another client has written to etcd, as upstream does: JSON or protobuf in any version
 * of the kind. Drops unknown fields, sets defaults, and takes the resourceVersion from the key. Throws
 * ApiError 500 with the decoder's text. Source: apimachinery pkg/runtime/serializer/recognizer, apiserver
 * pkg/storage/etcd3/store.go.
 */
export function decodeStored(
  { resources, protobuf }: StoredBytesDependencies,
  { key, value, modRevision }: KeyValue,
): KubeObject {
  try {
    const expected = resources.ofKey(key)
    const parsed = parse(value as Uint8Array, expected, protobuf())
    const object =
      expected === undefined ? (parsed as unknown as Draft<KubeObject>) : typed(resources, expected, parsed)
    if (!isPlainObject(object.metadata)) throw new DecodeError("Object 'metadata' is missing")
    object.metadata.resourceVersion = String(modRevision)
    return expected === undefined ? (object as KubeObject) : deepFreeze(object as KubeObject)
  } catch (error) {
    if (error instanceof JsonSyntaxError)
      throw untypedError(`couldn't get version/kind; json parse error: ${error.message}`)
    if (error instanceof YamlError) throw untypedError(error.message)
    if (error instanceof DecodeError || error instanceof ProtobufError) throw untypedError(error.message)
    throw error
  }
}

function parse(
  bytes: Uint8Array,
  expected: Resource | undefined,
  protobuf: ProtobufDecoder | undefined,
): Record<string, unknown> {
  if (startsWith(bytes, ENCRYPTED)) throw internalError('identity transformer tried to read encrypted data')
  if (startsWith(bytes, PROTOBUF)) {
    if (protobuf === undefined) throw new DecodeError('no serialization format matched the provided data')
    return protobuf.decode(bytes, { apiVersion: expected?.apiVersion ?? '', kind: expected?.kind ?? '' })
  }
  const text = textOf(bytes)
  // upstream's recognizer takes everything that does not begin as a JSON object for YAML
  const isJson = text.trimStart().startsWith('{')
  const { value } = isJson
    ? parseJson(text, { literalNumbers: expected?.definition.custom === undefined })
    : firstYamlDocument(text)
  if (value === null) return {}
  if (!isPlainObject(value))
    throw new JsonSyntaxError(`json: cannot unmarshal ${jsonKind(value)} into Go value of type ${TYPE_META}`)
  return value
}

/** Returns the object in the stored version. */
function typed(resources: Resources, expected: Resource, parsed: Record<string, unknown>): Draft<KubeObject> {
  const apiVersion = textMember(parsed, 'apiVersion') ?? expected.apiVersion
  const kind = textMember(parsed, 'kind') ?? expected.kind
  const resource = resources.ofStoredKind(apiVersion, kind)
  if (resource === undefined)
    throw new DecodeError(
      `no kind "${kind}" is registered for version "${apiVersion}" in scheme "${NO_KIND_SCHEME}"`,
    )
  if (resource.prefix !== expected.prefix) {
    const short = apiVersion.split('/').at(-1) as string
    const group = expected.group === '' ? 'core' : (expected.group.split('.')[0] as string)
    throw new DecodeError(`converting (${short}.${kind}) to (${group}.${expected.kind}): unknown conversion`)
  }
  const { definition, message } = resource
  const { object } = decode<Draft<KubeObject>>(message, parsed)
  object.apiVersion = resource.apiVersion
  object.kind = kind
  object.metadata ??= {}
  definition.setDefaults?.(object)
  return definition.stored === undefined
    ? object
    : ({ ...definition.stored.encode(object as KubeObject) } as Draft<KubeObject>)
}

function textMember(parsed: Record<string, unknown>, name: string): string | undefined {
  const value = parsed[name]
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string')
    throw new JsonSyntaxError(
      `json: cannot unmarshal ${jsonKind(value)} into Go struct field .${name} of type string`,
    )
  return value
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  for (let at = 0; at < text.length; at++) if (bytes[at] !== text.charCodeAt(at)) return false
  return true
}

/** Whether an error reports an unreadable stored value. */
export function isUnreadable(error: unknown): error is ApiError {
  return error instanceof ApiError && error.code === 500
}
