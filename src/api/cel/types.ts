/** Types of CEL expressions, as the checker sees them. */
export type CelType =
  | { readonly kind: SimpleKind }
  | { readonly kind: 'list' | 'optional' | 'type'; readonly item: CelType }
  | { readonly kind: 'map'; readonly key: CelType; readonly item: CelType }
  /** A type parameter of a function: `A` of `list<A>.indexOf(A)`. */
  | { readonly kind: 'param'; readonly name: string }
  /** A type of a library, without fields: `kubernetes.Quantity`. */
  | { readonly kind: 'opaque'; readonly name: string }
  /** An object with declared fields. */
  | { readonly kind: 'object'; readonly name: string; readonly fields: ReadonlyMap<string, CelType> }

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
export function objectOf(name: string, fields: Readonly<Record<string, CelType>>): CelType {
  return { kind: 'object', name, fields: new Map(Object.entries(fields)) }
}

/** Formats a type as cel-go does: `list(int)`, `map(string, dyn)`, `timestamp`. */
export function typeText(type: CelType): string {
  switch (type.kind) {
    case 'list':
      return `list(${typeText(type.item)})`
    case 'optional':
      return `optional_type(${typeText(type.item)})`
    case 'type':
      return `type(${typeText(type.item)})`
    case 'map':
      return `map(${typeText(type.key)}, ${typeText(type.item)})`
    case 'param':
    case 'opaque':
    case 'object':
      return type.name
    case 'error':
      return '!error!'
    case 'timestamp':
      return 'google.protobuf.Timestamp'
    case 'duration':
      return 'google.protobuf.Duration'
    default:
      return type.kind
  }
}

/** Bindings of type parameters, by name. */
export type Bindings = Map<string, CelType>

/**
 * Whether a value of type `actual` is assignable to `wanted`. Binds type parameters. Source: cel-go
 * checker/types.go.
 */
export function isAssignable(wanted: CelType, actual: CelType, bindings: Bindings): boolean {
  if (wanted.kind === 'param') return isBindable(wanted.name, actual, bindings)
  if (actual.kind === 'param' || isLoose(wanted) || isLoose(actual)) return true
  if (actual.kind === 'null') {
    return (
      wanted.kind === 'null' ||
      wanted.kind === 'object' ||
      wanted.kind === 'opaque' ||
      wanted.kind === 'timestamp' ||
      wanted.kind === 'duration'
    )
  }
  if (wanted.kind === 'null')
    return (
      actual.kind === 'object' ||
      actual.kind === 'opaque' ||
      actual.kind === 'timestamp' ||
      actual.kind === 'duration'
    )
  // a variable of a library's opaque type may have fields
  if (wanted.kind === 'opaque' && actual.kind === 'object') return wanted.name === actual.name
  if (wanted.kind !== actual.kind) return false
  switch (wanted.kind) {
    case 'list':
    case 'optional':
      return isAssignable(wanted.item, (actual as typeof wanted).item, bindings)
    case 'map': {
      const other = actual as typeof wanted
      return isAssignable(wanted.key, other.key, bindings) && isAssignable(wanted.item, other.item, bindings)
    }
    case 'opaque':
    case 'object':
      return wanted.name === (actual as typeof wanted).name
    default:
      return true
  }
}

const isLoose = ({ kind }: CelType): boolean => kind === 'dyn' || kind === 'error'

function isBindable(name: string, actual: CelType, bindings: Bindings): boolean {
  const bound = bindings.get(name)
  if (bound === undefined || bound.kind === 'dyn') {
    if (bound === undefined) bindings.set(name, actual)
    return true
  }
  if (isAssignable(bound, actual, new Map())) {
    if (actual.kind === 'dyn') bindings.set(name, DYN)
    return true
  }
  return false
}

/** Returns a type with its bound parameters replaced. */
export function bound(type: CelType, bindings: Bindings): CelType {
  switch (type.kind) {
    case 'param':
      return bindings.get(type.name) ?? DYN
    case 'list':
    case 'optional':
    case 'type':
      return { kind: type.kind, item: bound(type.item, bindings) }
    case 'map':
      return mapOf(bound(type.key, bindings), bound(type.item, bindings))
    default:
      return type
  }
}

/** Returns the common type of two types: dyn if they differ. */
export function joined(a: CelType, b: CelType): CelType {
  return isAssignable(a, b, new Map()) && isAssignable(b, a, new Map())
    ? isLoose(a)
      ? a
      : isLoose(b)
        ? b
        : a
    : DYN
}
