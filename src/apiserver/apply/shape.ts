import { quote } from '../../lang/go/quote.js'
import type { Field, ListField, Message, ScalarField } from '../../api/schema/types.js'
import { fieldElement, keyElement, valueElement } from './path-element.js'
import type { JsonMap } from '../../lang/json/maps.js'

/** A leaf. `untyped` takes any scalar (quantities, times, int-or-string). */
export interface ScalarShape {
  readonly kind: 'scalar'
  readonly scalar: 'string' | 'numeric' | 'boolean' | 'untyped'
}

/** A declared field of a map. */
export interface ShapeMember {
  readonly element: string
  readonly shape: Shape
}

/** A struct or a map from strings. If `atomic`, it is owned as one value. */
export interface MapShape {
  readonly kind: 'map'
  readonly atomic: boolean
  /** Returns the declared field of that name. */
  readonly member: (name: string) => ShapeMember | undefined
  /** Shape of undeclared members (the values of a map). Undefined if they are not allowed. */
  readonly others: Shape | undefined
}

/** One key of a list's items, with the value used if an item lacks it. */
export interface ListKey {
  readonly name: string
  readonly fallback: unknown
}

/**
 * A list: one value (`atomic`), a set of scalars, or items identified by keys (`map`). Keys are sorted by
 * name.
 */
export interface ListShape {
  readonly kind: 'list'
  readonly type: 'atomic' | 'set' | 'map'
  readonly keys: readonly ListKey[]
  /** The keys in the schema's order, in which missing keys are reported. */
  readonly declaredKeys: readonly string[]
  readonly items: Shape
}

/**
 * A value without a schema, whose shape depends on the value. If `atomic`, it is owned as one value, else
 * field by field.
 */
export interface AnyShape {
  readonly kind: 'any'
  readonly atomic: boolean
}

/**
 * A type as server-side apply sees it: how its values merge, and which paths they have. It is derived from
 * the field tables of built-in and custom kinds, which the rest of this folder does not see. Source:
 * structured-merge-diff schema/elements.go, kube-openapi schemaconv.
 */
export type Shape = ScalarShape | MapShape | ListShape | AnyShape

const UNTYPED: ScalarShape = { kind: 'scalar', scalar: 'untyped' }
const STRING: ScalarShape = { kind: 'scalar', scalar: 'string' }
const NUMERIC: ScalarShape = { kind: 'scalar', scalar: 'numeric' }
const BOOLEAN: ScalarShape = { kind: 'scalar', scalar: 'boolean' }
const ATOMIC_ANY: AnyShape = { kind: 'any', atomic: true }
const DEDUCED: AnyShape = { kind: 'any', atomic: false }

const noMember = (): undefined => undefined
const ATOMIC_MAP: MapShape = { kind: 'map', atomic: true, member: noMember, others: ATOMIC_ANY }
const DEDUCED_MAP: MapShape = { kind: 'map', atomic: false, member: noMember, others: DEDUCED }
const ATOMIC_LIST: ListShape = { kind: 'list', type: 'atomic', keys: [], declaredKeys: [], items: ATOMIC_ANY }

/** Returns the shape itself, or for an {@link AnyShape} the shape that fits the value. */
export function shapeFor(shape: Shape, value: unknown): Exclude<Shape, AnyShape> {
  if (shape.kind !== 'any') return shape
  if (Array.isArray(value)) return ATOMIC_LIST
  // null fits any shape; upstream tries a map first
  if (typeof value === 'object' || value === undefined) return shape.atomic ? ATOMIC_MAP : DEDUCED_MAP
  return UNTYPED
}

const shapes = new WeakMap<Message, MapShape>()

/** Returns the shape of a message, made on first use. */
export function shapeOf(message: Message): MapShape {
  let shape = shapes.get(message)
  if (shape === undefined) shapes.set(message, (shape = makeShape(message)))
  return shape
}

/**
 * Whether the table belongs to a built-in kind, where free-form JSON is one value. In custom resources it is
 * owned field by field.
 */
const isBuiltIn = ({ schemaName }: Message): boolean => BUILT_IN.test(schemaName)
const BUILT_IN = /^io\.k8s\.(api|apimachinery|apiextensions-apiserver|kube-aggregator)\./

/** The field whose atomic message is owned field by field there (+structType=granular). */
const GRANULAR = 'io.k8s.api.core.v1.PersistentVolumeSpec.claimRef'

function makeShape(message: Message): MapShape {
  const members = new Map<string, ShapeMember>()
  const { fields } = message
  return {
    kind: 'map',
    atomic: message.atomic,
    others: message.preservesUnknown === true ? DEDUCED : undefined,
    member: (name) => {
      const known = members.get(name)
      if (known !== undefined) return known
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined
      if (field === undefined) return undefined
      const shape = fieldShape(message, field)
      const isGranular = shape.kind === 'map' && GRANULAR === `${message.schemaName}.${name}`
      const member: ShapeMember = {
        element: fieldElement(name),
        shape: isGranular ? { ...shape, atomic: false } : shape,
      }
      members.set(name, member)
      return member
    },
  }
}

function fieldShape(owner: Message, field: Field): Shape {
  switch (field.type) {
    case 'message':
      return shapeOf(owner.group.message(field.message))
    case 'map':
      return {
        kind: 'map',
        atomic: field.mapType === 'atomic',
        member: noMember,
        others: fieldShape(owner, field.values),
      }
    case 'list':
      return listShape(owner, field)
    case 'json':
    case 'anyJson':
      return isBuiltIn(owner) ? ATOMIC_ANY : DEDUCED
    case 'string':
    case 'bytes':
      return STRING
    case 'int32':
    case 'int64':
    case 'double':
      return NUMERIC
    case 'boolean':
      return BOOLEAN
    default:
      return UNTYPED
  }
}

function listShape(owner: Message, { items, listType = 'atomic', keys = [] }: ListField): ListShape {
  const message = items.type === 'message' ? owner.group.message(items.message) : undefined
  return {
    kind: 'list',
    type: listType,
    declaredKeys: keys,
    items: fieldShape(owner, items),
    keys: [...keys]
      .sort()
      .map((name) => ({ name, fallback: message === undefined ? undefined : keyFallback(message, name) })),
  }
}

/**
 * Returns the default of a key. The OpenAPI documents declare Go's zero value, which the tables omit, for
 * required fields that are not pointers (except those of metav1.Condition) and for the name of a
 * LocalObjectReference.
 */
function keyFallback(message: Message, name: string): unknown {
  const field = Object.hasOwn(message.fields, name) ? message.fields[name] : undefined
  if (field === undefined) return undefined
  const { default: declared, type, required } = field as ScalarField
  if (declared !== undefined) return declared
  const hasZero =
    (required === true && message.schemaName !== 'io.k8s.apimachinery.pkg.apis.meta.v1.Condition') ||
    message.name === 'LocalObjectReference'
  if (!isBuiltIn(message) || !hasZero) return undefined
  return type === 'string' ? '' : type === 'boolean' ? false : 0
}

/** An item that has no valid path element; the message is upstream's. */
export class ItemError extends Error {
  override readonly name = 'ItemError'
}

/**
 * Returns the path element of an item of a list map or set. Throws {@link ItemError}. Source:
 * structured-merge-diff typed/helpers.go listItemToPathElement.
 */
export function itemElement(shape: ListShape, item: unknown): string {
  return shape.keys.length > 0 ? keyedElement(shape, item) : setElement(item)
}

function keyedElement({ keys, declaredKeys }: ListShape, item: unknown): string {
  const [only] = keys
  // fast path: nearly all lists have one key, with a string as value
  if (
    keys.length === 1 &&
    typeof item === 'object' &&
    item !== null &&
    typeof (item as JsonMap)[(only as ListKey).name] === 'string'
  ) {
    return keyElement([(only as ListKey).name], (name) => (item as JsonMap)[name])
  }
  if (item === null || item === undefined)
    throw new ItemError('associative list with keys may not have a null element')
  if (typeof item !== 'object' || Array.isArray(item))
    throw new ItemError('associative list with keys may not have non-map elements')
  const fields = item as JsonMap
  const fallbackOf = (name: string): unknown => keys.find((key) => key.name === name)?.fallback
  const given = keys.filter(({ name, fallback }) => fields[name] !== undefined || fallback !== undefined)
  if (given.length === 0)
    throw new ItemError(
      `associative list with keys has an element that omits all key fields ` +
        `[${declaredKeys.map(quote).join(' ')}] ` +
        `(and doesn't have default values for any key fields)`,
    )
  return keyElement(
    given.map(({ name }) => name),
    (name) => (fields[name] === undefined ? fallbackOf(name) : fields[name]),
  )
}

function setElement(item: unknown): string {
  if (Array.isArray(item)) throw new ItemError('not supported: associative list with lists as elements')
  if (item === null || item === undefined)
    throw new ItemError("associative list without keys has an element that's an explicit null")
  if (typeof item === 'object')
    throw new ItemError("associative list without keys has an element that's a map type")
  return valueElement(item)
}

/**
 * Whether two items certainly have the same path element, found without building it. False may also mean
 * unknown.
 */
export function isSameItem({ keys }: ListShape, a: unknown, b: unknown): boolean {
  if (keys.length === 0) return a === b
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  for (const { name } of keys) {
    const value = (a as JsonMap)[name]
    if (value !== (b as JsonMap)[name] || typeof value === 'object') return false
  }
  return true
}

/**
 * Groups items by path element, in the order of first appearance. Items without a valid element are left out.
 */
export function groupItems(shape: ListShape, list: readonly unknown[]): Map<string, readonly unknown[]> {
  const groups = new Map<string, unknown[]>()
  for (const item of list) {
    const element = elementOrNone(shape, item)
    if (element === undefined) continue
    const group = groups.get(element)
    if (group === undefined) groups.set(element, [item])
    else group.push(item)
  }
  return groups
}

function elementOrNone(shape: ListShape, item: unknown): string | undefined {
  try {
    return itemElement(shape, item)
  } catch (error) {
    if (error instanceof ItemError) return undefined
    throw error
  }
}
