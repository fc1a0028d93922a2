/**
 * Field tables: the fields of each API message, as plain data. The tables are generated from the apiserver's
 * OpenAPI v3 documents (scripts/generate-api.ts); decoding, strategic merge patch, server-side apply, OpenAPI
 * and `kubectl explain` read them.
 */

/**
 * Leaf types. `json` is free-form JSON that is an object (RawExtension, FieldsV1); the decoder takes
 * any value, and validation refuses others. `anyJson` is any JSON value. `bytes` is base64 text.
 */
export type ScalarType =
  | 'string'
  | 'boolean'
  | 'int32'
  | 'int64'
  | 'double'
  | 'quantity'
  | 'intOrString'
  | 'time'
  | 'microTime'
  | 'bytes'
  | 'json'
  | 'anyJson'

/**
 * How Go's encoder treats an empty value: `omitempty` drops it, `pointer` keeps it if a client sent it
 * (including 0, '' and false), `always` writes it even if absent (`status: {}`, `restartCount: 0`, `rules:
 * null`), `nullable` is a pointer that is written as null if absent (`boundObjectRef: null`).
 */
export type Presence = 'omitempty' | 'pointer' | 'always' | 'nullable'

interface FieldBase {
  readonly presence: Presence
  /** In the OpenAPI `required` list. The decoder does not enforce it; validation does. */
  readonly required?: boolean
  /** `merge`, `replace`, `retainKeys` or `merge,retainKeys`: x-kubernetes-patch-strategy. */
  readonly patchStrategy?: string
}

/** A leaf field. */
export interface ScalarField extends FieldBase {
  readonly type: ScalarType
  /** Go's name of the type for decoding errors, if it is a named type: `v1.PullPolicy`. */
  readonly goType?: string
  readonly enum?: readonly string[]
  /** Default of the OpenAPI document, other than Go's zero value. */
  readonly default?: string | number | boolean
}

/** A field that holds another message, named within the group's tables or those it imports. */
export interface MessageField extends FieldBase {
  readonly type: 'message'
  readonly message: string
}

/**
 * A list. `listType` and `keys` are x-kubernetes-list-type and -list-map-keys; absent means atomic, as
 * upstream does.
 */
export interface ListField extends FieldBase {
  readonly type: 'list'
  readonly items: Field
  readonly listType?: 'atomic' | 'set' | 'map'
  readonly keys?: readonly string[]
  /** Go's name of the type for decoding errors, if it is a named type: `v1.ExtraValue`. */
  readonly goType?: string
  /** x-kubernetes-patch-merge-key: the key by which strategic merge patch finds an item. */
  readonly mergeKey?: string
}

/** A map from strings; `mapType` is x-kubernetes-map-type. */
export interface MapField extends FieldBase {
  readonly type: 'map'
  readonly values: Field
  /** Go's name of the type for decoding errors, if it or its keys have a named type. */
  readonly goType?: string
  readonly mapType?: 'atomic' | 'granular'
}

export type Field = ScalarField | MessageField | ListField | MapField

/** The fields of a message by name, in Go's (and OpenAPI's) alphabetical order. */
export type Fields = Readonly<Record<string, Field>>

/**
 * A message table as the generator writes it. `atomic` is x-kubernetes-map-type: apply treats the message as
 * one value.
 */
export interface MessageTable {
  readonly fields: Fields
  readonly atomic?: boolean
}

/**
 * One message type with its table resolved. Identity matters: two lookups of one name give the same object.
 */
export interface Message {
  /** `PodSpec` */
  readonly name: string
  /** Go's name in decoding errors: `v1.PodSpec`. */
  readonly goType: string
  /** Full OpenAPI schema name: `io.k8s.api.core.v1.PodSpec`. */
  readonly schemaName: string
  readonly fields: Fields
  readonly atomic: boolean
  readonly group: SchemaGroup
  /**
   * Decoder of the type's objects, for custom resources, whose table lacks details. Default: by the table.
   */
  readonly read?: MessageReader
  /**
   * Whether it is the type of a custom resource, which has no Go type with fields that are always present.
   */
  readonly isCustom?: boolean
  /**
   * Whether fields that the table lacks are kept (custom resources). Server-side apply deduces their types.
   * Default false.
   */
  readonly preservesUnknown?: boolean
}

/**
 * Decodes parsed JSON to a fresh object, and returns it with the paths of the dropped unknown fields. Throws
 * DecodeError.
 */
export type MessageReader = (input: unknown) => {
  readonly object: unknown
  readonly unknownFields: readonly string[]
}

/**
 * The field tables of one group version. Tables are built on first use, so that importing a group is cheap.
 */
export interface SchemaGroup {
  /** `io.k8s.api.core.v1` */
  readonly package: string
  /** Returns the message of that name in this or an imported group, or undefined. */
  readonly find: (name: string) => Message | undefined
  /** As `find`, but throws if the message is missing, which is a bug in this library. */
  readonly message: (name: string) => Message
  /** Names of the group's own messages. */
  readonly names: () => readonly string[]
}
