import type { KubeObject } from '../../api/kind/definition.js'
import type { Field, Message } from '../../api/schema/types.js'
import type { Scheme } from '../../api/scheme.js'
import { nearest } from '../../lang/text/nearest.js'
import type { ObjectPath } from './source-lines.js'

/** Levels of fields that are searched for one that was written at another place. */
const LEVELS = 6

function messageIn(field: Field, { group }: Message): Message | undefined {
  if (field.type === 'message') return group.find(field.message)
  if (field.type === 'list') return messageIn(field.items, { group } as Message)
  return field.type === 'map' ? messageIn(field.values, { group } as Message) : undefined
}

/** Returns the message at a path; undefined where there is none. */
function messageAt(root: Message, path: ObjectPath): Message | undefined {
  let at: Message | undefined = root
  for (const segment of path) {
    if (typeof segment === 'number') continue
    const field: Field | undefined = at && Object.hasOwn(at.fields, segment) ? at.fields[segment] : undefined
    at = field && at && messageIn(field, at)
  }
  return at
}

/** Returns the shortest path of a field of that name below a message. */
function placeOf(root: Message, name: string): string | undefined {
  let level: readonly (readonly [path: string, message: Message])[] = [['', root]]
  const seen = new Set<Message>()
  for (let depth = 0; depth < LEVELS; depth++) {
    const next: (readonly [string, Message])[] = []
    for (const [path, message] of level) {
      if (seen.has(message)) continue
      seen.add(message)
      if (path !== '' && Object.hasOwn(message.fields, name)) return path
      for (const [key, field] of Object.entries(message.fields)) {
        const below = key === 'metadata' || key === 'status' ? undefined : messageIn(field, message)
        if (below !== undefined) next.push([path === '' ? key : `${path}.${key}`, below])
      }
    }
    level = next
  }
  return undefined
}

/** Returns what may have been meant by an unknown field, such as `; did you mean imagePullPolicy?`, or ''. */
export function fieldHint(
  scheme: Scheme,
  { apiVersion = '', kind = '' }: KubeObject,
  path: ObjectPath,
): string {
  const definition = scheme.ofObject(apiVersion, kind)
  const name = path.at(-1)
  if (definition === undefined || typeof name !== 'string') return ''
  const root = scheme.messageOf(definition)
  const parent = messageAt(root, path.slice(0, -1))
  const near = parent && nearest(name, Object.keys(parent.fields))
  if (near !== undefined) return `; did you mean ${near}?`
  const place = placeOf(root, name)
  return place === undefined ? '' : `; ${name} is a field of ${place}`
}
