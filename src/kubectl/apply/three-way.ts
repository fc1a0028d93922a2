import { semanticEqual } from '../../api/equal.js'
import type { Field, ListField, Message } from '../../api/schema/types.js'

type Json = unknown
type JsonMap = Readonly<Record<string, Json>>

const isMap = (value: Json): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Which differences a comparison collects. */
interface Wanted {
  readonly additions: boolean
  readonly deletions: boolean
}

const ADDITIONS: Wanted = { additions: true, deletions: false }
const DELETIONS: Wanted = { additions: false, deletions: true }

/**
 * Computes the patch from `current` to `modified`: it contains what `modified` adds or changes, and removes
 * what `modified` lacks of `original` (the last applied configuration), so that fields set by others stay.
 * With a field table it is a strategic merge patch (lists merged by key, `$patch: delete`,
 * `$setElementOrder`), without one a JSON merge patch. Source: apimachinery
 * strategicpatch.CreateThreeWayMergePatch and jsonmergepatch.CreateThreeWayJSONMergePatch.
 */
export function threeWayPatch(
  original: object,
  modified: object,
  current: object,
  message: Message | undefined,
): object {
  const changes = diffMaps(current as JsonMap, modified as JsonMap, message, ADDITIONS)
  const deletions = diffMaps(original as JsonMap, modified as JsonMap, message, DELETIONS)
  return mergePatches(changes, deletions, message)
}

function diffMaps(from: JsonMap, to: JsonMap, message: Message | undefined, wanted: Wanted): JsonMap {
  const patch: Record<string, Json> = {}
  for (const key of Object.keys(to).sort()) {
    if (to[key] === undefined) continue
    if (!Object.hasOwn(from, key)) {
      if (wanted.additions) patch[key] = to[key]
    } else diffField(key, from[key], to[key], message, wanted, patch)
  }
  if (wanted.deletions) for (const key of Object.keys(from)) if (to[key] === undefined) patch[key] = null
  return patch
}

function diffField(
  key: string,
  from: Json,
  to: Json,
  message: Message | undefined,
  wanted: Wanted,
  patch: Record<string, Json>,
): void {
  const field = message === undefined ? undefined : fieldOf(message, key)
  if (isMap(from) && isMap(to)) {
    if (field?.patchStrategy === 'replace') {
      // kubectl sends it even if it is equal, which is why a PodDisruptionBudget is always `configured`
      if (wanted.additions) patch[key] = to
      return
    }
    const inner = diffMaps(from, to, message === undefined ? undefined : messageOf(message, field), wanted)
    if (Object.keys(inner).length === 0) return
    patch[key] =
      field?.patchStrategy?.includes('retainKeys') === true
        ? { ...inner, $retainKeys: Object.keys(to).sort() }
        : inner
  } else if (
    Array.isArray(from) &&
    Array.isArray(to) &&
    field?.type === 'list' &&
    field.patchStrategy?.includes('merge') === true
  ) {
    diffList(key, from, to, { field, message: message as Message, wanted }, patch)
  } else if (wanted.additions && !semanticEqual(from, to)) patch[key] = to
}

interface ListContext {
  readonly field: ListField
  readonly message: Message
  readonly wanted: Wanted
}

function diffList(
  key: string,
  from: readonly Json[],
  to: readonly Json[],
  context: ListContext,
  patch: Record<string, Json>,
): void {
  const { mergeKey } = context.field
  const added =
    mergeKey === undefined ? newScalars(from, to, context.wanted) : diffItems(from, to, mergeKey, context)
  const gone =
    mergeKey === undefined && context.wanted.deletions ? from.filter((item) => !to.includes(item)) : []
  if (added.length > 0) patch[key] = added
  if (gone.length > 0) patch[`$deleteFromPrimitiveList/${key}`] = gone
  if (added.length > 0 || gone.length > 0 || (context.wanted.additions && !sameOrder(from, to, mergeKey))) {
    patch[`$setElementOrder/${key}`] =
      mergeKey === undefined ? to : to.map((item) => ({ [mergeKey]: keyValue(item, mergeKey) }))
  }
}

const newScalars = (from: readonly Json[], to: readonly Json[], { additions }: Wanted): readonly Json[] =>
  additions ? to.filter((item) => !from.includes(item)) : []

const keyValue = (item: Json, mergeKey: string): Json => (isMap(item) ? item[mergeKey] : undefined)

function diffItems(
  from: readonly Json[],
  to: readonly Json[],
  mergeKey: string,
  { field, message, wanted }: ListContext,
): readonly Json[] {
  const before = new Map(from.map((item) => [keyValue(item, mergeKey), item]))
  const after = new Set(to.map((item) => keyValue(item, mergeKey)))
  const inner = messageOf(message, field.items)
  const changed = to.flatMap((item): readonly Json[] => {
    const old = before.get(keyValue(item, mergeKey))
    if (!isMap(old) || !isMap(item)) return wanted.additions ? [item] : []
    const patch = diffMaps(old, item, inner, wanted)
    return Object.keys(patch).length === 0 ? [] : [{ ...patch, [mergeKey]: item[mergeKey] }]
  })
  const gone = wanted.deletions ? [...before.keys()].filter((value) => !after.has(value)) : []
  return [...changed, ...gone.map((value) => ({ $patch: 'delete', [mergeKey]: value }))]
}

/** Whether the common elements of both lists have the same order. */
function sameOrder(from: readonly Json[], to: readonly Json[], mergeKey: string | undefined): boolean {
  const keyOf = (item: Json): Json => (mergeKey === undefined ? item : keyValue(item, mergeKey))
  const inFrom = from.map(keyOf)
  const inTo = to.map(keyOf)
  const commonFrom = inFrom.filter((value) => inTo.includes(value))
  const commonTo = inTo.filter((value) => inFrom.includes(value))
  return commonFrom.every((value, at) => value === commonTo[at])
}

/** Merges two patches; where both change a list by key, entries of the same key are merged. */
function mergePatches(a: JsonMap, b: JsonMap, message: Message | undefined): JsonMap {
  const merged: Record<string, Json> = { ...a }
  for (const [key, value] of Object.entries(b)) {
    const known = merged[key]
    const field = message === undefined ? undefined : fieldOf(message, key)
    if (isMap(known) && isMap(value))
      merged[key] = mergePatches(known, value, message === undefined ? undefined : messageOf(message, field))
    else if (
      Array.isArray(known) &&
      Array.isArray(value) &&
      field?.type === 'list' &&
      field.mergeKey !== undefined
    ) {
      merged[key] = mergeEntries(known, value, field.mergeKey, messageOf(message as Message, field.items))
    } else if (known === undefined) merged[key] = value
  }
  return merged
}

function mergeEntries(
  a: readonly Json[],
  b: readonly Json[],
  mergeKey: string,
  message: Message | undefined,
): readonly Json[] {
  const entries = new Map(a.map((entry) => [keyValue(entry, mergeKey), entry]))
  for (const entry of b) {
    const known = entries.get(keyValue(entry, mergeKey))
    entries.set(
      keyValue(entry, mergeKey),
      isMap(known) && isMap(entry) ? mergePatches(known, entry, message) : entry,
    )
  }
  return [...entries.values()]
}

const fieldOf = (message: Message, name: string): Field | undefined =>
  Object.hasOwn(message.fields, name) ? message.fields[name] : undefined

function messageOf(message: Message, field: Field | undefined): Message | undefined {
  if (field?.type === 'message') return message.group.find(field.message)
  return undefined
}
