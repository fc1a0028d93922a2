import type {
  Field,
  Fields,
  ListField,
  MapField,
  Message,
  MessageField,
  MessageTable,
  ScalarField,
  ScalarType,
  SchemaGroup,
} from './types.js'

/**
 * The functions in which the generated field tables are written. A plain scalar is dropped if empty, as with
 * Go's `omitempty`.
 */
const scalar = (type: ScalarType): ScalarField => ({ type, presence: 'omitempty' })

export const string: ScalarField = scalar('string')
export const boolean: ScalarField = scalar('boolean')
export const int32: ScalarField = scalar('int32')
export const int64: ScalarField = scalar('int64')
export const double: ScalarField = scalar('double')
export const bytes: ScalarField = scalar('bytes')
/** Types whose empty value is kept if the client sent it. */
export const quantity: ScalarField = { type: 'quantity', presence: 'pointer' }
export const intOrString: ScalarField = { type: 'intOrString', presence: 'pointer' }
export const time: ScalarField = { type: 'time', presence: 'pointer' }
export const microTime: ScalarField = { type: 'microTime', presence: 'pointer' }
export const json: ScalarField = { type: 'json', presence: 'pointer' }
/** A Go type without fields. */
export const subresourceStatus: ScalarField = { ...json, goType: 'v1.CustomResourceSubresourceStatus' }
export const anyJson: ScalarField = { type: 'anyJson', presence: 'pointer' }

/** A string of a named Go type, optionally with its allowed values. */
export function named(goType: string, values?: readonly string[]): ScalarField {
  return values === undefined ? { ...string, goType } : { ...string, goType, enum: values }
}

/** A list or map of a named Go type, or a map whose keys have one. */
export function typed<F extends ListField | MapField>(goType: string, field: F): F {
  return { ...field, goType }
}

/** The values of an enum whose Go type is a plain string. */
export function oneOf(...values: readonly string[]): ScalarField {
  return { ...string, enum: values }
}

/** The field keeps an explicit zero value, because it is a pointer in Go. */
export function pointer<F extends Field>(field: F): F {
  return { ...field, presence: 'pointer' }
}

/** The field is written even if it is empty. */
export function always<F extends Field>(field: F): F {
  return { ...field, presence: 'always' }
}

/** The field is a pointer that is written as null if absent. */
export function nullable<F extends Field>(field: F): F {
  return { ...field, presence: 'nullable' }
}

/** The field is in OpenAPI's `required` list. */
export function required<F extends Field>(field: F): F {
  return { ...field, required: true }
}

/** A default of the OpenAPI document that is not Go's zero value. */
export function withDefault(field: ScalarField, value: string | number | boolean): ScalarField {
  return { ...field, default: value }
}

/** Adds x-kubernetes-patch-strategy. */
export function patch<F extends Field>(strategy: string, field: F): F {
  return { ...field, patchStrategy: strategy }
}

/** Another message, kept if a client sent it, even if empty (a Go pointer). */
export function ref(message: string): MessageField {
  return { type: 'message', message, presence: 'pointer' }
}

/** A list without list-type: replaced as a whole by patches and apply. */
export function list(items: Field): ListField {
  return { type: 'list', items, presence: 'omitempty' }
}

/** A list declared atomic. */
export function atomicList(items: Field): ListField {
  return { type: 'list', items, listType: 'atomic', presence: 'omitempty' }
}

/** A list of distinct scalars. */
export function setList(items: Field): ListField {
  return { type: 'list', items, listType: 'set', presence: 'omitempty' }
}

/** A list whose items are identified by the values of `keys`. */
export function mapList(items: Field, ...keys: readonly string[]): ListField {
  return { type: 'list', items, listType: 'map', keys, presence: 'omitempty' }
}

/** Strategic merge patch merges the list's items by `key` (or as a set of scalars when no key is given). */
export function merge(strategy: string, field: ListField, key?: string): ListField {
  return key === undefined
    ? { ...field, patchStrategy: strategy }
    : { ...field, patchStrategy: strategy, mergeKey: key }
}

/** A map from strings to `values`. Lists are the values only of a user's extra attributes. */
export function map(items: Field, mapType?: 'atomic' | 'granular'): MapField {
  const values = items.type === 'list' ? { ...items, goType: 'v1.ExtraValue' } : items
  return mapType === undefined
    ? { type: 'map', values, presence: 'omitempty' }
    : { type: 'map', values, mapType, presence: 'omitempty' }
}

/** A message that apply treats as one value. */
export function atomic(fields: Fields): MessageTable {
  return { fields, atomic: true }
}

/** A message whose fields are applied one by one. */
export function message(fields: Fields): MessageTable {
  return { fields }
}

/**
 * Defines a group of lazy message tables. Names that the group lacks are looked up in `imports`, in order.
 * `goPackage` is the prefix in Go's error texts (`v1`).
 */
export function defineGroup(
  packageName: string,
  goPackage: string,
  imports: readonly SchemaGroup[],
  tables: Readonly<Record<string, () => MessageTable>>,
): SchemaGroup {
  const known = new Map<string, Message>()
  const build = (name: string): Message | undefined => {
    const table = Object.hasOwn(tables, name) ? tables[name]?.() : undefined
    if (table === undefined) return undefined
    const { fields, atomic: isAtomic = false } = table
    const built: Message = {
      name,
      goType: `${goPackage}.${name}`,
      schemaName: `${packageName}.${name}`,
      fields,
      atomic: isAtomic,
      group,
    }
    known.set(name, built)
    return built
  }
  const find = (name: string): Message | undefined => {
    const own = known.get(name) ?? build(name)
    if (own !== undefined) return own
    for (const imported of imports) {
      const found = imported.find(name)
      if (found !== undefined) return found
    }
    return undefined
  }
  const group: SchemaGroup = {
    package: packageName,
    find,
    message: (name) => {
      const found = find(name)
      if (found === undefined)
        throw new Error(`bug: no message ${name} in the field tables of ${packageName}`)
      return found
    },
    names: () => Object.keys(tables),
  }
  return group
}
