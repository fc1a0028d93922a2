import { createDraft, finishDraft } from 'immer'
import type { KindDefinition, KubeObject } from '../../src/api/kind/definition.js'
import { decode } from '../../src/api/schema/decode.js'
import type { Field, Message } from '../../src/api/schema/types.js'
import { formatApiVersion } from '../../src/api/api-version.js'
import type { Scheme } from '../../src/api/scheme.js'

/**
 * How much of an object there is. `empty`: its name; `minimal`: what its table requires; `hollow`: every
 * field of the first levels, with nothing inside; `full`: every field at every depth.
 */
export type Extent = (typeof extents)[number]

export const extents = ['empty', 'minimal', 'hollow', 'full'] as const

/** Levels of messages that are filled; schemas of CRDs contain themselves. */
const DEPTH: Readonly<Record<Extent, number>> = { empty: 0, minimal: 9, hollow: 3, full: 9 }

/**
 * An object of a kind made from its field table, as the apiserver reads it: with Go's null lists and the
 * kind's defaults. Its values need not be valid.
 */
export function shapeOf(scheme: Scheme, definition: KindDefinition, extent: Extent): KubeObject {
  const message = scheme.messageOf(definition)
  const head = {
    apiVersion: formatApiVersion(definition),
    kind: definition.kind,
    metadata: { name: 'x', ...(definition.namespaced ? { namespace: 'default' } : {}) },
  }
  const filled = extent === 'empty' ? {} : (valueOf(message, extent, DEPTH[extent], []) as object)
  const { object } = decode<KubeObject>(message, { ...filled, ...head })
  if (!definition.setDefaults) return object
  const draft = createDraft(object)
  definition.setDefaults(draft)
  return finishDraft(draft) as KubeObject
}

function valueOf(message: Message, extent: Extent, depth: number, above: readonly string[]): unknown {
  if (depth === 0 || above.includes(message.schemaName)) return {}
  const fields = Object.entries(message.fields).filter(
    ([, { required }]) => extent !== 'minimal' || required === true,
  )
  const path = [...above, message.schemaName]
  return Object.fromEntries(
    fields.map(([name, field]) => [name, fieldValue(field, message, extent, depth - 1, path)]),
  )
}

function fieldValue(
  field: Field,
  within: Message,
  extent: Extent,
  depth: number,
  path: readonly string[],
): unknown {
  const inner = (one: Field): unknown => fieldValue(one, within, extent, depth, path)
  switch (field.type) {
    case 'message':
      return valueOf(within.group.message(field.message), extent, depth, path)
    case 'list':
      return [inner(field.items)]
    case 'map':
      return { cpu: inner(field.values) }
    default:
      return field.enum?.[0] ?? SCALARS[field.type]
  }
}

const SCALARS = {
  string: 'a',
  boolean: true,
  int32: 1,
  int64: 1,
  double: 1,
  quantity: '1',
  intOrString: 1,
  time: '2026-01-01T00:00:00Z',
  microTime: '2026-01-01T00:00:00.000000Z',
  bytes: 'YQ==',
  json: {},
  anyJson: {},
} as const
