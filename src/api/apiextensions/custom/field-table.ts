import { metaSchema } from '../../meta/generated.js'
import type { Field, Fields, Message, MessageReader, ScalarType, SchemaGroup } from '../../schema/types.js'
import { additionalOf, itemsOf, preservesUnknown, propertyNames } from '../schema/schema.js'
import type { Schema } from '../schema/schema.js'

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
  const tables = new CustomTables(packageName)
  tables.add(kind, schema, true, read)
  return tables
}

class CustomTables implements SchemaGroup {
  readonly package: string
  readonly #messages = new Map<string, Message>()

  constructor(packageName: string) {
    this.package = packageName
  }

  find(name: string): Message | undefined {
    return this.#messages.get(name) ?? metaSchema.find(name)
  }

  message(name: string): Message {
    const found = this.find(name)
    if (found === undefined) throw new Error(`bug: no message ${name} in the field tables of ${this.package}`)
    return found
  }

  names(): readonly string[] {
    return [...this.#messages.keys()]
  }

  /** Adds the message of a schema, and those of its fields. A resource has a type and metadata. */
  add(name: string, of: Schema, isResource: boolean, reader?: MessageReader): void {
    const fields: Record<string, Field> = isResource ? resourceFields() : {}
    this.#messages.set(name, {
      name,
      goType: `v1.${name}`,
      schemaName: `${this.package}.${name}`,
      fields: fields as Fields,
      atomic: of['x-kubernetes-map-type'] === 'atomic',
      group: this,
      ...(reader === undefined ? {} : { read: reader, isCustom: true }),
      ...(preservesUnknown(of) || additionalOf(of) === true ? { preservesUnknown: true } : {}),
    })
    for (const property of propertyNames(of)) {
      if (isResource && Object.hasOwn(fields, property)) continue
      const value = this.#property(name, of, property)
      Object.defineProperty(fields, property, { value, enumerable: true, configurable: true, writable: true })
    }
  }

  #property(name: string, of: Schema, property: string): Field {
    const schema = of.properties?.[property] ?? {}
    const required = of.required?.includes(property) === true ? { required: true } : {}
    // apply needs the defaults of keys
    const { default: fallback } = schema
    const isScalar = ['string', 'number', 'bigint', 'boolean'].includes(typeof fallback)
    return {
      ...this.#field(schema, `${name}.${property}`),
      ...required,
      ...(isScalar ? { default: fallback } : {}),
    } as Field
  }

  #field(of: Schema, name: string): Field {
    if (of['x-kubernetes-int-or-string'] === true) return scalar('intOrString')
    if (of.type === 'array') return this.#list(of, name)
    if (of.type !== 'object') return scalar(leaf[of.type ?? ''] ?? 'anyJson')
    const additional = additionalOf(of)
    if (typeof additional === 'object') {
      const mapType = of['x-kubernetes-map-type'] === 'atomic' ? { mapType: 'atomic' as const } : {}
      return { type: 'map', values: this.#field(additional, `${name}.*`), presence: 'pointer', ...mapType }
    }
    const isEmbedded = of['x-kubernetes-embedded-resource'] === true
    if (!isEmbedded && propertyNames(of).length === 0 && (preservesUnknown(of) || additional === true))
      return scalar('anyJson')
    this.add(name, of, isEmbedded)
    return { type: 'message', message: name, presence: 'pointer' }
  }

  #list(of: Schema, name: string): Field {
    const items = itemsOf(of)
    const listType = of['x-kubernetes-list-type']
    const keys = of['x-kubernetes-list-map-keys']
    return {
      type: 'list',
      items: items === undefined ? scalar('anyJson') : this.#field(items, `${name}[]`),
      presence: 'pointer',
      ...(listType === 'set' || listType === 'map' || listType === 'atomic' ? { listType } : {}),
      ...(keys === undefined ? {} : { keys }),
    }
  }
}

const resourceFields = (): Record<string, Field> => ({
  apiVersion: scalar('string'),
  kind: scalar('string'),
  metadata: { type: 'message', message: 'ObjectMeta', presence: 'pointer' },
})
