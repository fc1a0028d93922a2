import { parse, YAMLParseError } from 'yaml'
import type { KindDefinition, KubeObject } from '../../api/definition.js'
import type { Call } from '../call.js'
import { KubectlError } from '../errors.js'
import { applyMergePatch } from '../../api/patch/merge-patch.js'

/** A generated object with what `--overrides` says of it. Throws KubectlError. Source: cmdutil.Merge. */
export function overridden(call: Call, _definition: KindDefinition, object: KubeObject): KubeObject {
  const text = call.flags.string('overrides', '')
  if (text === '') return object
  const kind = call.flags.string('override-type')
  if (kind !== 'merge' && kind !== 'json' && kind !== 'strategic') throw new KubectlError(`invalid override type: ${kind}`)
  let value: unknown
  try {
    value = parse(text)
  } catch (error) {
    if (error instanceof YAMLParseError) throw new KubectlError(`error parsing STDIN: ${error.message.split('\n')[0] ?? ''}`)
    throw error
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new KubectlError('Invalid JSON Patch')
  return applyMergePatch(object, value) as KubeObject
}
