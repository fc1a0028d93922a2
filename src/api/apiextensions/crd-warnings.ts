import type { CustomResourceDefinition } from './generated.js'
import { isKnownFormat } from './formats.js'
import type { Schema } from './schema.js'
import { nestedSchemas } from './schema.js'

/**
 * Warnings of a CRD: formats of strings that the server does not know, and that the CRD did not have before.
 * Source: apiextensions pkg/registry/customresourcedefinition/strategy.go WarningsOnCreate, WarningsOnUpdate.
 */
export function definitionWarnings(
  crd: CustomResourceDefinition,
  old: CustomResourceDefinition | undefined,
): readonly string[] {
  if (crd.spec === old?.spec) return []
  const found = unknownFormats(crd)
  if (found.size === 0) return []
  const before = old === undefined ? new Set() : unknownFormats(old)
  return [...found]
    .filter((format) => !before.has(format))
    .map((format) => `unrecognized format ${JSON.stringify(format)}`)
}

function unknownFormats({ spec: { versions } }: CustomResourceDefinition): ReadonlySet<string> {
  const found = new Set<string>()
  const look = (schema: Schema): void => {
    const { type, format = '' } = schema
    if (type === 'string' && format !== '' && !isKnownFormat(format)) found.add(format)
    for (const nested of nestedSchemas(schema)) look(nested)
  }
  for (const { schema } of versions) if (schema?.openAPIV3Schema !== undefined) look(schema.openAPIV3Schema)
  return found
}
