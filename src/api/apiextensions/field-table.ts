import { metaSchema } from '../meta/generated.js'
import type { Field, Fields, Message, MessageReader, ScalarType, SchemaGroup } from '../schema/types.js'
import { additionalOf, itemsOf, preservesUnknown, propertyNames } from './schema.js'
import type { Schema } from './schema.js'

const scalar = (type: ScalarType): Field => ({ type, presence: 'pointer' })
const leaf: Readonly<Record<string, ScalarType>> = {
  string: 'string',
  integer: 'int64',
  number: 'double',
  boolean: 'boolean',
}

/**
 * Makes the field tables of a custom resource, for apply, explain and OpenAPI. The root message is named
 * `kind`. Objects are decoded by `read`, because the tables lack nullable, pruning and defaults.
 */
export function fieldTables(
  packageName: string,
  kind: string,
  schema: Schema,
  read: MessageReader,
): SchemaGroup {
  const messages = new Map<string, Message>()
  const group: SchemaGroup = {
    package: packageName,
    find: (name) => messages.get(name) ?? metaSchema.find(name),
    message: (name) => {
      const found = group.find(name)
      if (found === undefined)
        throw new Error(`bug: no message ${name} in the field tables of ${packageName}`)
      return found
    },
    names: () => [...messages.keys()],
  }
  const add = (name: string, of: Schema, isResource: boolean, reader?: MessageReader): void => {
    const fields: Record<string, Field> = isResource
      ? {
          apiVersion: scalar('string'),
          kind: scalar('string'),
          metadata: { type: 'message', message: 'ObjectMeta', presence: 'pointer' },
        }
      : {}
    messages.set(name, {
      name,
      goType: `v1.${name}`,
      schemaName: `${packageName}.${name}`,
      fields: fields as Fields,
      atomic: of['x-kubernetes-map-type'] === 'atomic',
      group,
      ...(reader === undefined ? {} : { read: reader, isCustom: true }),
      ...(preservesUnknown(of) || additionalOf(of) === true ? { preservesUnknown: true } : {}),
    })
    for (const property of propertyNames(of)) {
      if (isResource && Object.hasOwn(fields, property)) continue
      const required = of.required?.includes(property) === true ? { required: true } : {}
      const { default: fallback } = of.properties?.[property] ?? {}
      // apply needs the defaults of keys
      const isScalar =
        typeof fallback === 'string' ||
        typeof fallback === 'number' ||
        typeof fallback === 'bigint' ||
        typeof fallback === 'boolean'
      const field = {
        ...fieldFor(of.properties?.[property] ?? {}, `${name}.${property}`),
        ...required,
        ...(isScalar ? { default: fallback } : {}),
      } as Field
      Object.defineProperty(fields, property, {
        value: field,
        enumerable: true,
        configurable: true,
        writable: true,
      })
    }
  }
  const fieldFor = (of: Schema, name: string): Field => {
    if (of['x-kubernetes-int-or-string'] === true) return scalar('intOrString')
    if (of.type === 'array') return listField(of, name)
    if (of.type !== 'object')
      return leaf[of.type ?? ''] === undefined ? scalar('anyJson') : scalar(leaf[of.type ?? ''] ?? 'anyJson')
    const additional = additionalOf(of)
    if (typeof additional === 'object') {
      const mapType = of['x-kubernetes-map-type'] === 'atomic' ? { mapType: 'atomic' as const } : {}
      return { type: 'map', values: fieldFor(additional, `${name}.*`), presence: 'pointer', ...mapType }
    }
    const isEmbedded = of['x-kubernetes-embedded-resource'] === true
    if (!isEmbedded && propertyNames(of).length === 0 && (preservesUnknown(of) || additional === true))
      return scalar('anyJson')
    add(name, of, isEmbedded)
    return { type: 'message', message: name, presence: 'pointer' }
  }
  const listField = (of: Schema, name: string): Field => {
    const items = itemsOf(of)
    const listType = of['x-kubernetes-list-type']
    const keys = of['x-kubernetes-list-map-keys']
    return {
      type: 'list',
      items: items === undefined ? scalar('anyJson') : fieldFor(items, `${name}[]`),
      presence: 'pointer',
      ...(listType === 'set' || listType === 'map' || listType === 'atomic' ? { listType } : {}),
      ...(keys === undefined ? {} : { keys }),
    }
  }
  add(kind, schema, true, read)
  return group
}
