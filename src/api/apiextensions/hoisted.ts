import { semanticEqual } from '../equal.js'
import type { CustomResourceDefinitionSpec, CustomResourceDefinitionVersion } from './generated.js'

const PER_VERSION = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'] as const

/** What a version may say of its own, as far as all versions say the same. */
export type Hoisted = Pick<CustomResourceDefinitionVersion, typeof PER_VERSION[number]>

/**
 * The internal form of a spec: what all versions have alike stands once beside them (`spec.validation`), as upstream's conversion
 * of v1 to the internal type does; error paths and the printed values of versions show it.
 */
export function hoist({ versions }: CustomResourceDefinitionSpec): {
  readonly shared: Hoisted
  readonly versions: readonly CustomResourceDefinitionVersion[]
} {
  const [first] = versions
  if (first === undefined) return { shared: {}, versions }
  const alike = PER_VERSION.filter((name) => versions.every((version) => semanticEqual(version[name], first[name])))
  const shared = Object.fromEntries(alike.flatMap((name) => (first[name] === undefined ? [] : [[name, first[name]]]))) as Hoisted
  const own = versions.map((version) => {
    const copy: Record<string, unknown> = { ...version }
    for (const name of alike) delete copy[name]
    return copy as unknown as CustomResourceDefinitionVersion
  })
  return { shared, versions: own }
}

/** Versions as Go prints the internal type in `Invalid value`. */
export function internalVersions(versions: readonly CustomResourceDefinitionVersion[]): unknown {
  return versions.map(({ name, served, storage, deprecated = false, deprecationWarning, schema, subresources, ...rest }) => ({
    Name: name, Served: served, Storage: storage, Deprecated: deprecated, DeprecationWarning: deprecationWarning ?? null,
    Schema: schema === undefined ? null : { OpenAPIV3Schema: goNames(schema.openAPIV3Schema) },
    Subresources: goNames(subresources), AdditionalPrinterColumns: goNames(rest.additionalPrinterColumns),
    SelectableFields: goNames(rest.selectableFields),
  }))
}

/** Field names in Go's spelling, values as they are. */
function goNames(value: unknown): unknown {
  if (value === undefined || value === null) return null
  if (Array.isArray(value)) return value.map(goNames)
  if (typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [`${name.charAt(0).toUpperCase()}${name.slice(1)}`, goNames(member)]))
}
