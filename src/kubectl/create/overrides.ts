import type { KindDefinition, KubeObject } from '../../api/kind/definition.js'
import { JsonSyntaxError, parseJson } from '../../lang/go/json.js'
import { JsonPatchError, applyJsonPatch } from '../../lang/patch/json-patch.js'
import type { JsonMap } from '../../lang/json/maps.js'
import { isMap } from '../../lang/json/maps.js'
import { applyMergePatch } from '../../lang/patch/merge-patch.js'
import { applyStrategicPatch } from '../../api/schema/strategic.js'
import { DecodeError } from '../../lang/json/decode-error.js'
import { decode } from '../../api/schema/decode.js'
import type { CommandLine } from '../call/call.js'
import { KubectlError } from '../call/errors.js'
import { patchTableOf } from '../args/kinds.js'

/**
 * Applies `--overrides` to a generated object, by `--override-type`. Throws KubectlError. Source: kubectl
 * pkg/cmd/util/override_options.go, helpers.go Merge, JSONPatch, StrategicMerge.
 */
export function overridden(call: CommandLine, definition: KindDefinition, object: KubeObject): KubeObject {
  const text = call.flags.string('overrides', '')
  if (text === '') return object
  const kind = call.flags.string('override-type')
  if (kind !== 'merge' && kind !== 'json' && kind !== 'strategic')
    throw new KubectlError(`invalid override type: ${kind}`)
  const changed =
    kind === 'json'
      ? patched(object, operationsIn(text))
      : kind === 'merge'
        ? (applyMergePatch(object, mapIn(text, kind)) as KubeObject)
        : strategicallyMerged(call, definition, object, mapIn(text, kind))
  return decoded(call, changed)
}

function strategicallyMerged(
  call: CommandLine,
  definition: KindDefinition,
  object: KubeObject,
  patch: JsonMap,
): KubeObject {
  const message = patchTableOf(call.env.scheme, definition)
  return (
    message === undefined
      ? applyMergePatch(object, patch)
      : applyStrategicPatch(message, { ...object }, patch)
  ) as KubeObject
}

/** Reads the result into a Go type, which knows neither other fields nor other kinds. Throws KubectlError. */
function decoded({ env: { scheme } }: CommandLine, changed: KubeObject): KubeObject {
  const { apiVersion = '', kind = '' } = changed
  const definition = scheme.ofObject(apiVersion, kind)
  if (definition === undefined)
    throw new KubectlError(
      `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/scheme/scheme.go:28"`,
    )
  const message = scheme.messageOf(definition)
  try {
    return { apiVersion, kind, ...decode<KubeObject>(message, changed).object }
  } catch (error) {
    throw error instanceof DecodeError ? new KubectlError(error.message) : error
  }
}

/** Reads a JSON patch. Throws KubectlError with the text of Go's encoding/json. */
function operationsIn(text: string): readonly unknown[] {
  const value = jsonIn(text, (error) => error.message)
  if (!Array.isArray(value))
    throw new KubectlError(`json: cannot unmarshal ${goKind(value)} into Go value of type jsonpatch.Patch`)
  const wrong: unknown = value.find((one) => !isMap(one))
  if (wrong !== undefined)
    throw new KubectlError(
      `json: cannot unmarshal ${goKind(wrong)} into Go value of type jsonpatch.Operation`,
    )
  return value
}

/** Reads what is merged. Source: evanphx/json-patch MergePatch, apimachinery util/strategicpatch. */
function mapIn(text: string, kind: 'merge' | 'strategic'): JsonMap {
  const invalid = kind === 'merge' ? 'Invalid JSON Patch' : 'invalid JSON document'
  const value = jsonIn(text, () => invalid)
  if (isMap(value)) return value
  throw new KubectlError(
    kind === 'merge' && Array.isArray(value)
      ? "couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type " +
          'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; ' +
          'Kind string "json:\\"kind,omitempty\\"" }'
      : invalid,
  )
}

function jsonIn(text: string, messageOf: (error: JsonSyntaxError) => string): unknown {
  try {
    return parseJson(text).value
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    throw new KubectlError(messageOf(error))
  }
}

const goKind = (value: unknown): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value

function patched(object: KubeObject, operations: readonly unknown[]): KubeObject {
  try {
    return applyJsonPatch(object, operations) as KubeObject
  } catch (error) {
    throw error instanceof JsonPatchError ? new KubectlError(error.message) : error
  }
}
