import { readFileSync } from 'node:fs'
import type { KindDefinition, KubeObject } from '../../src/api/kind/definition.js'
import type { Draft } from '../../src/api/kind/draft.js'
import type { FieldError } from '../../src/api/field-error.js'
import { validateObjectMeta } from '../../src/api/meta/validation.js'
import { subdomainName } from '../../src/api/validation/names.js'
import { formatApiVersion } from '../../src/api/api-version.js'
import { createScheme, type Scheme } from '../../src/api/scheme.js'
import { decode } from '../../src/api/schema/decode.js'

/** The recordings are of v1.34. */
export const scheme: Scheme = createScheme('v1.34')

/** Where a recorded request went and what it carried. */
export interface Recorded {
  readonly id: string
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly namespace?: string
  readonly body: Readonly<Record<string, unknown>>
}

/** A file of test/fixtures/api. */
export function fixture<T>(name: string): readonly T[] {
  return JSON.parse(readFileSync(new URL(`../fixtures/api/${name}`, import.meta.url), 'utf8')) as T[]
}

export function definitionOf({
  group,
  version,
  resource,
}: Pick<Recorded, 'group' | 'version' | 'resource'>): KindDefinition {
  const definition = scheme.byResource(group, version, resource)
  if (definition === undefined) throw new Error(`no definition of ${resource} in ${group}/${version}`)
  return definition
}

/** What a registry does with a create before admission: decode, namespace, defaults, strategy. */
export function prepared(recorded: Recorded, creationTimestamp = '2026-01-02T03:04:05Z'): Draft<KubeObject> {
  const definition = definitionOf(recorded)
  const { object } = decode<Draft<KubeObject>>(scheme.messageOf(definition), recorded.body)
  object.apiVersion = formatApiVersion(recorded)
  object.kind = definition.kind
  object.metadata.creationTimestamp = creationTimestamp
  if (recorded.namespace !== undefined) object.metadata.namespace = recorded.namespace
  definition.setDefaults?.(object)
  definition.strategy.prepareForCreate?.(object)
  return object
}

/** All that validation finds, in Kubernetes' order. */
export function faultsOf(definition: KindDefinition, object: KubeObject): readonly FieldError[] {
  const { namespaced, validateName = subdomainName } = definition
  const rules = {
    namespaced,
    validateName: (name: string, prefix: boolean) => validateName(name, prefix, object),
    anyFinalizer: () => false,
  }
  return [...validateObjectMeta(object.metadata, rules), ...(definition.validate?.(object) ?? [])]
}
