import type { KindDefinition, KubeObject } from './definition.js'
import type { Field, Message } from '../schema/types.js'
import type { JsonMap } from '../../lang/json/maps.js'

/** The minor since which a time that is not set is left out of metadata. */
export const OMITS_UNSET_TIMES = 34

/** The way to the metadata in a value of some type; undefined where there is none. */
type Rewrite = ((value: unknown) => unknown) | undefined

const rewrites = new WeakMap<Message, Rewrite>()
const shown = new WeakMap<object, KubeObject>()

/**
 * Returns an object as servers before v1.34 write it, and kubectl what it has made itself: with a
 * creationTimestamp that is not set as null, in the metadata of templates, of reviews and of bookmarks. The
 * result for a frozen object is always the same. Custom resources, which are no structs in Go, stay as they
 * are. Source: apimachinery pkg/apis/meta/v1 ObjectMeta, whose field became `omitzero` in v1.34.
 */
export function withUnsetTimes(
  definition: Pick<KindDefinition, 'kind' | 'custom'>,
  message: Message,
  object: KubeObject,
): KubeObject {
  if (definition.custom !== undefined) return object
  const known = shown.get(object)
  if (known !== undefined) return known
  // the object of a subresource, such as Scale, is of another kind
  const rewrite = object.kind === definition.kind ? rewriteOf(message, new Set()) : metadataOnly
  const written = (rewrite?.(object) ?? object) as KubeObject
  if (!Object.isFrozen(object)) return written
  shown.set(object, Object.freeze(written))
  return written
}

const metadataOnly: Rewrite = (object) => memberRewritten(object, 'metadata', unset)

const unset = (metadata: unknown): unknown =>
  isValues(metadata) && metadata['creationTimestamp'] === undefined
    ? { creationTimestamp: null, ...metadata }
    : metadata

const isValues = (value: unknown): value is JsonMap => typeof value === 'object' && value !== null

/** `above` are the types around it: those that contain themselves have no metadata further in. */
function rewriteOf(message: Message, above: ReadonlySet<Message>): Rewrite {
  if (message.name === 'ObjectMeta') return unset
  if (above.has(message)) return undefined
  if (rewrites.has(message)) return rewrites.get(message)
  const members = Object.entries(message.fields).flatMap(([name, field]) => {
    const rewrite = fieldRewrite(field, message, new Set([...above, message]))
    return rewrite === undefined ? [] : [[name, rewrite] as const]
  })
  const rewrite: Rewrite =
    members.length === 0
      ? undefined
      : (value) => members.reduce((one, [name, change]) => memberRewritten(one, name, change), value)
  rewrites.set(message, rewrite)
  return rewrite
}

function fieldRewrite(field: Field, owner: Message, above: ReadonlySet<Message>): Rewrite {
  if (field.type === 'message') return rewriteOf(owner.group.message(field.message), above)
  if (field.type !== 'list') return undefined
  const change = fieldRewrite(field.items, owner, above)
  if (change === undefined) return undefined
  return (list) => {
    if (!Array.isArray(list)) return list
    const items: readonly unknown[] = list
    const changed = items.map(change)
    return changed.some((item, at) => item !== items[at]) ? changed : items
  }
}

/** Returns the value with a changed member, or the value itself if the member stays as it is. */
function memberRewritten(value: unknown, name: string, change: (member: unknown) => unknown): unknown {
  if (!isValues(value) || value[name] === undefined) return value
  const changed = change(value[name])
  return changed === value[name] ? value : { ...value, [name]: changed }
}
