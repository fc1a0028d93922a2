import { isPlainObject } from '../../../lang/json/plain-json.js'
import { additionalOf, itemsOf, preservesUnknown } from '../schema/schema.js'
import type { Schema } from '../schema/schema.js'

const META = new Set(['apiVersion', 'kind', 'metadata'])

/**
 * Removes unknown fields from a fresh draft, and returns their paths (`spec.items[0].x`). Source:
 * apiextensions pkg/apiserver/schema/pruning/algorithm.go PruneWithOptions.
 */
export function prune(value: unknown, schema: Schema, isResourceRoot: boolean): readonly string[] {
  const pruned: string[] = []
  walk(value, schema, isResourceRoot, '', pruned)
  return pruned
}

/** `keeps`: a list around the value preserves unknown fields, also those of its items. */
function walk(
  value: unknown,
  schema: Schema,
  isRoot: boolean,
  path: string,
  pruned: string[],
  keeps = false,
): void {
  const preserves = keeps || preservesUnknown(schema)
  if (Array.isArray(value)) {
    const items = itemsOf(schema)
    if (items === undefined && preserves) return
    value.forEach((item: unknown, at) =>
      walk(item, items ?? {}, isEmbedded(items), `${path}[${at}]`, pruned, preserves),
    )
  } else if (isPlainObject(value))
    walkObject(value as Record<string, unknown>, schema, isRoot, path, pruned, preserves)
}

function walkObject(
  value: Record<string, unknown>,
  schema: Schema,
  isRoot: boolean,
  path: string,
  pruned: string[],
  keeps: boolean,
): void {
  const additional = additionalOf(schema)
  const preserves = keeps || additional === true
  for (const name of Object.keys(value).sort()) {
    if (isRoot && META.has(name)) continue
    const at = path === '' ? name : `${path}.${name}`
    const own =
      schema.properties !== undefined && Object.hasOwn(schema.properties, name)
        ? schema.properties[name]
        : undefined
    const field = own ?? (typeof additional === 'object' ? additional : undefined)
    if (field !== undefined) walk(value[name], field, isEmbedded(field), at, pruned)
    else if (!preserves) {
      delete value[name]
      pruned.push(at)
    }
  }
}

const isEmbedded = (schema: Schema | undefined): boolean =>
  schema?.['x-kubernetes-embedded-resource'] === true
