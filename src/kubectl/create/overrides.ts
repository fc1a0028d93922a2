import { parse, YAMLParseError } from 'yaml'
import type { KindDefinition, KubeObject } from '../../api/definition.js'
import type { Call } from '../call.js'
import { KubectlError } from '../errors.js'
import { applyJsonPatch, JsonPatchError } from '../../api/patch/json-patch.js'
import type { JsonMap } from '../../api/patch/json.js'
import { isMap } from '../../api/patch/json.js'
import { applyMergePatch } from '../../api/patch/merge-patch.js'
import { applyStrategicPatch } from '../../api/patch/strategic.js'
import { patchTableOf } from '../kinds.js'

/** A generated object with what `--overrides` says of it. Throws KubectlError. Source: cmdutil.Merge. */
export function overridden(call: Call, definition: KindDefinition, object: KubeObject): KubeObject {
  const text = call.flags.string('overrides', '')
  if (text === '') return object
  const kind = call.flags.string('override-type')
  if (kind !== 'merge' && kind !== 'json' && kind !== 'strategic')
    throw new KubectlError(`invalid override type: ${kind}`)
  const value = valueOf(text)
  if (kind === 'json') {
    if (!Array.isArray(value)) throw new KubectlError('Invalid JSON Patch')
    return patched(object, value)
  }
  if (!isMap(value)) throw new KubectlError('Invalid JSON Patch')
  if (kind === 'merge') return applyMergePatch(object, value) as KubeObject
  const message = patchTableOf(call.env.scheme, definition)
  return (
    message === undefined
      ? applyMergePatch(object, value)
      : applyStrategicPatch(message, object as unknown as JsonMap, value)
  ) as KubeObject
}

function valueOf(text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof YAMLParseError) throw new KubectlError('Invalid JSON Patch')
    throw error
  }
}

function patched(object: KubeObject, operations: readonly unknown[]): KubeObject {
  try {
    return applyJsonPatch(object, operations) as KubeObject
  } catch (error) {
    throw error instanceof JsonPatchError ? new KubectlError(error.message) : error
  }
}
