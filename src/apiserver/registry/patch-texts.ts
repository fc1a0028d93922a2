import { decode } from '../../api/schema/decode.js'
import { DecodeError } from '../../api/schema/decode-error.js'
import { isMap } from '../../api/patch/json.js'
import { NO_KIND_SCHEME } from './decode-body.js'
import type { Resources } from './resources.js'

/**
 * The text of a decoding error where upstream reads an object without JSON in between (strategic patches,
 * apply), by a converter with texts of its own. Source: apimachinery pkg/runtime/converter.go.
 */
export function restoreText(why: string): string {
  const match = /^json: cannot unmarshal (\S+).* of type (\S+)$/.exec(why)
  if (match === null) return why
  const found = match[1] === 'object' ? 'map' : match[1] === 'number' ? 'int64' : (match[1] as string)
  const wanted = match[2] as string
  if (wanted.startsWith('[]')) return `cannot restore slice from ${found}`
  if (wanted.startsWith('map[')) return `cannot restore map from ${found}`
  return /^v1\.[A-Z]/.test(wanted)
    ? `cannot restore struct from: ${found}`
    : `cannot convert ${found} to ${wanted}`
}

/** Object metadata in the order of Go's struct. */
const METADATA = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
]

/**
 * A patched object as error texts show it: the patch library writes members sorted, but for what the patch
 * did not touch, which keeps the order of Go's structs. We know that order for the metadata.
 */
export function patchedText(patched: unknown): string {
  if (!isMap(patched)) return JSON.stringify(patched)
  return JSON.stringify(
    Object.fromEntries(
      Object.keys(patched)
        .sort()
        .map((name) => [name, shownMember(name, patched[name])]),
    ),
  )
}

function shownMember(name: string, value: unknown): unknown {
  if (!isMap(value)) return value
  const names = Object.keys(value)
  const place = (member: string): number =>
    METADATA.includes(member) ? METADATA.indexOf(member) : METADATA.length
  if (name === 'metadata') names.sort((a, b) => place(a) - place(b))
  else if (name === 'data' || name === 'stringData' || name === 'binaryData') names.sort()
  return Object.fromEntries(names.map((member) => [member, value[member]]))
}

/**
 * Why a patched object that says that it is of another kind cannot be taken: it is read as what it says, then
 * converted.
 */
export function otherKindText(
  resources: Resources,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  expected: string,
  patched: unknown,
): string {
  const other = resources.ofKind(apiVersion, kind)
  if (other === undefined)
    return `no kind "${kind}" is registered for version "${apiVersion}" in scheme "${NO_KIND_SCHEME}"`
  try {
    decode(other.message, patched)
  } catch (error) {
    if (error instanceof DecodeError) return error.message
    throw error
  }
  const {
    group,
    definition: { version },
  } = other
  return (
    `converting (${version}.${kind}) to ` +
    `(${group === '' ? 'core' : (group.split('.')[0] as string)}.${expected}): unknown conversion`
  )
}
