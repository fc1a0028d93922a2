import { exactJson } from '../../lang/json/exact-json.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { joinBytes } from '../../lang/bytes/join-bytes.js'

/** JSON texts of frozen objects, kept as long as the objects. */
const texts = new WeakMap<object, string>()

/**
 * Returns the JSON of an object. The text of a frozen object, such as every stored object, is cached: a list
 * of a thousand pods, or one event for a hundred watchers, is joined from cached texts.
 */
export function jsonText(object: object): string {
  const known = texts.get(object)
  if (known !== undefined) return known
  if (!Object.isFrozen(object)) return hasItems(object) ? listText(object) : kindFirst(exactJson(object))
  const text = kindFirst(exactJson(object))
  texts.set(object, text)
  return text
}

const TYPE_META = /^\{("apiVersion":"(?:(?:[a-z]+|[a-z.]+\.k8s\.io)\/)?v\w+"),("kind":"\w+")/

/** Go's structs have the kind first. Custom resources are maps, which are sorted. */
const kindFirst = (text: string): string => text.replace(TYPE_META, '{$2,$1')

interface WithItems {
  readonly items: readonly object[]
}

const hasItems = (object: object): object is WithItems => {
  const { items } = object as { items?: unknown }
  return (
    Array.isArray(items) &&
    items.length > 0 &&
    items.every((item) => typeof item === 'object' && item !== null)
  )
}

/** Writes a list with its items last, as the server does. */
function listText(list: WithItems): string {
  const { items, ...rest } = list
  // concatenated, because V8 then copies the texts only once, when the whole is written as bytes
  let text = `${exactJson(rest).slice(0, -1)},"items":[`
  for (const [at, item] of items.entries()) text += at === 0 ? jsonText(item) : `,${jsonText(item)}`
  return `${text}]}`
}

const encoder = new TextEncoder()

/** UTF-8 of the texts of frozen objects. */
const encoded = new WeakMap<object, Uint8Array>()

function bytesOf(object: object): Uint8Array {
  let bytes = encoded.get(object)
  if (bytes === undefined) {
    bytes = encoder.encode(jsonText(object))
    if (Object.isFrozen(object)) encoded.set(object, bytes)
  }
  return bytes
}

/** Whether the object is a list, which {@link listBytes} can write. */
export const isList = (object: object): object is WithItems => !Object.isFrozen(object) && hasItems(object)

/**
 * Returns {@link jsonText} of a list and a line end as UTF-8. Items that were encoded before are only copied.
 */
export function listBytes(list: WithItems): Uint8Array {
  const { items, ...rest } = list
  const parts: Uint8Array[] = [encoder.encode(`${exactJson(rest).slice(0, -1)},"items":[`)]
  for (const [at, item] of items.entries()) {
    if (at > 0) parts.push(COMMA)
    parts.push(bytesOf(item))
  }
  parts.push(encoder.encode(']}\n'))
  return joinBytes(parts)
}

const COMMA = encoder.encode(',')

const bareForms = new WeakMap<KubeObject, object>()

/**
 * Returns an item of a list, without kind and apiVersion. The result for a frozen item is always the same
 * object.
 */
export function bareItem(item: KubeObject): object {
  let bare = bareForms.get(item)
  if (bare === undefined) {
    const { kind: _kind, apiVersion: _apiVersion, ...rest } = item
    if (!Object.isFrozen(item)) return rest
    bareForms.set(item, (bare = Object.freeze(rest)))
  }
  return bare
}
