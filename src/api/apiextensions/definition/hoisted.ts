import { semanticEqual } from '../../kind/equal.js'
import type {
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionVersion,
  CustomResourceSubresources,
} from '../generated.js'
import { internalSchema } from '../schema/internal-schema.js'

const PER_VERSION = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'] as const

/** Fields of versions that all versions have in common. */
export type Hoisted = Pick<CustomResourceDefinitionVersion, (typeof PER_VERSION)[number]>

/**
 * Returns the internal form of a spec: fields that are equal in all versions move to the top
 * (`spec.validation`), as in upstream's conversion of v1 to the internal type. Error paths and the printed
 * values of versions depend on it.
 */
export function hoist({ versions }: CustomResourceDefinitionSpec): {
  readonly shared: Hoisted
  readonly versions: readonly CustomResourceDefinitionVersion[]
} {
  const [first] = versions
  if (first === undefined) return { shared: {}, versions }
  const alike = PER_VERSION.filter((name) =>
    versions.every((version) => semanticEqual(version[name], first[name])),
  )
  const shared = Object.fromEntries(
    alike.flatMap((name) => (first[name] === undefined ? [] : [[name, first[name]]])),
  ) as Hoisted
  const own = versions.map((version) => {
    const copy: Record<string, unknown> = { ...version }
    for (const name of alike) delete copy[name]
    return copy as unknown as CustomResourceDefinitionVersion
  })
  return { shared, versions: own }
}

/** Returns versions as Go prints the internal type in `Invalid value`. */
export function internalVersions(versions: readonly CustomResourceDefinitionVersion[]): unknown {
  return versions.map(
    ({ name, served, storage, deprecated = false, deprecationWarning, schema, subresources, ...rest }) => ({
      Name: name,
      Served: served,
      Storage: storage,
      Deprecated: deprecated,
      DeprecationWarning: deprecationWarning ?? null,
      Schema:
        schema === undefined
          ? null
          : {
              OpenAPIV3Schema:
                schema.openAPIV3Schema === undefined ? null : internalSchema(schema.openAPIV3Schema),
            },
      Subresources: subresources === undefined ? null : internalSubresources(subresources),
      AdditionalPrinterColumns:
        rest.additionalPrinterColumns?.map(
          ({ name: title, type, format = '', description = '', priority = 0, jsonPath }) => ({
            Name: title,
            Type: type,
            Format: format,
            Description: description,
            Priority: priority,
            JSONPath: jsonPath,
          }),
        ) ?? null,
      SelectableFields: rest.selectableFields?.map(({ jsonPath }) => ({ JSONPath: jsonPath })) ?? null,
    }),
  )
}

function internalSubresources({ status, scale }: CustomResourceSubresources): object {
  return {
    Status: status === undefined ? null : {},
    Scale:
      scale === undefined
        ? null
        : {
            SpecReplicasPath: scale.specReplicasPath,
            StatusReplicasPath: scale.statusReplicasPath,
            LabelSelectorPath: scale.labelSelectorPath ?? null,
          },
  }
}
