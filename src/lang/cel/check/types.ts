/** Types of CEL expressions, as the checker sees them. */
export type CelType =
  | { readonly kind: SimpleKind }
  | { readonly kind: 'list' | 'optional' | 'type'; readonly item: CelType }
  | { readonly kind: 'map'; readonly key: CelType; readonly item: CelType }
  /** A type parameter of a function, or a type that is not known yet: `A` of `list<A>.indexOf(A)`. */
  | { readonly kind: 'param'; readonly name: string }
  /** A type of a library, without fields: `kubernetes.Quantity`. */
  | { readonly kind: 'opaque'; readonly name: string }
  | ObjectType

/** An object with declared fields. */
export interface ObjectType {
  readonly kind: 'object'
  readonly name: string
  readonly fields: Pick<ReadonlyMap<string, CelType>, 'get'>
}

/** The types without parameters. */
export type SimpleKind =
  | 'dyn'
  | 'error'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'null'
  | 'timestamp'
  | 'duration'

const simple = (kind: SimpleKind): CelType => ({ kind })

export const DYN: CelType = simple('dyn')
export const ERROR: CelType = simple('error')
export const BOOL: CelType = simple('bool')
export const INT: CelType = simple('int')
export const STRING: CelType = simple('string')

/** `list(int)` */
export function listOf(item: CelType): CelType {
  return { kind: 'list', item }
}

/** `map(string, int)` */
export function mapOf(key: CelType, item: CelType): CelType {
  return { kind: 'map', key, item }
}

/** An object type with these fields. */
export function objectOf(name: string, fields: Readonly<Record<string, CelType>>): ObjectType {
  return { kind: 'object', name, fields: new Map(Object.entries(fields)) }
}

/** Returns the name of a type at run time: `list`, `null_type`, `google.protobuf.Timestamp`. */
export function typeName(type: CelType): string {
  switch (type.kind) {
    case 'null':
      return 'null_type'
    case 'optional':
      return 'optional_type'
    case 'timestamp':
      return 'google.protobuf.Timestamp'
    case 'duration':
      return 'google.protobuf.Duration'
    case 'error':
      return '!error!'
    case 'param':
    case 'opaque':
    case 'object':
      return type.name
    default:
      return type.kind
  }
}

/** Formats a type as faults do: `list(int)`, `map(string, dyn)`, `timestamp`. Source: checker/format.go. */
export function typeText(type: CelType): string {
  return type.kind === 'timestamp' || type.kind === 'duration' || type.kind === 'null'
    ? type.kind
    : formatted(type, typeText)
}

/** Formats a type with its names at run time: `list(google.protobuf.Timestamp)`. Source: Type.String. */
export function fullTypeText(type: CelType): string {
  return formatted(type, fullTypeText)
}

function formatted(type: CelType, show: (type: CelType) => string): string {
  switch (type.kind) {
    case 'list':
    case 'optional':
    case 'type':
      return `${typeName(type)}(${show(type.item)})`
    case 'map':
      return `map(${show(type.key)}, ${show(type.item)})`
    default:
      return typeName(type)
  }
}

/** Returns the types that a type is made of. */
export function parametersOf(type: CelType): readonly CelType[] {
  switch (type.kind) {
    case 'list':
    case 'optional':
    case 'type':
      return [type.item]
    case 'map':
      return [type.key, type.item]
    default:
      return []
  }
}

/** Whether a type has no type parameter in it. */
export function isGround(type: CelType): boolean {
  switch (type.kind) {
    case 'param':
      return false
    case 'map':
      return isGround(type.key) && isGround(type.item)
    case 'list':
    case 'optional':
    case 'type':
      return isGround(type.item)
    default:
      return true
  }
}

/** Whether two types are the same, parameters included. */
export function isSameType(a: CelType, b: CelType): boolean {
  if (a === b) return true
  if (a.kind !== b.kind || typeName(a) !== typeName(b)) return false
  const [left, right] = [parametersOf(a), parametersOf(b)]
  return left.every((one, at) => isSameType(one, right[at] ?? ERROR))
}
