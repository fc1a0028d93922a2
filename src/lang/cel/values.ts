/**
 * Values of expressions: null, booleans, strings, bigint for int, number for double, Uint8Array for bytes,
 * and the classes of this file. Errors are values, too, because `&&`, `||` and the quantifiers absorb them.
 * Source: cel-go common/types.
 */
export type Value = null | boolean | string | bigint | number | Uint8Array | CelValue

/** Values with a class of their own. */
export abstract class CelValue {
  /** Returns the name of the type: `list`, `net.IP`. */
  abstract get typeName(): string
  /** Whether it equals another value, or an error. */
  abstract equals(other: Value): boolean | CelError
  /** What `size` returns and costs are counted by; undefined for values without a size. */
  get size(): number | undefined {
    return undefined
  }
  /** Orders two values of one type; undefined if the type has no order. */
  compare?(other: Value): number | CelError
}

/** An error of an evaluation, with cel-go's text. */
export class CelError extends CelValue {
  readonly message: string

  constructor(message: string) {
    super()
    this.message = message
  }

  get typeName(): string {
    return 'error'
  }

  equals(): CelError {
    return this
  }
}

/** The arguments do not fit any overload. */
export const NO_OVERLOAD: CelError = new CelError('no such overload')

/** `no such overload: min(list)`; an error among the arguments stays itself. */
export function noSuchOverload(name: string, values: readonly Value[]): CelError {
  const error = values.find(isError)
  return error ?? new CelError(`no such overload: ${name}(${values.map(typeNameOf).join(', ')})`)
}

/** Whether a value is an error. */
export function isError(value: Value): value is CelError {
  return value instanceof CelError
}

/** An unsigned integer of 64 bits. */
export class Uint extends CelValue {
  readonly value: bigint

  constructor(value: bigint) {
    super()
    this.value = value
  }

  get typeName(): string {
    return 'uint'
  }

  equals(other: Value): boolean {
    return isNumber(other) && compareNumbers(this, other) === 0
  }
}

/** The value of an optional expression; without a value if `value` is undefined. */
export class Optional extends CelValue {
  readonly value: Value | undefined

  constructor(value: Value | undefined) {
    super()
    this.value = value
  }

  get typeName(): string {
    return 'optional_type'
  }

  equals(other: Value): boolean | CelError {
    if (!(other instanceof Optional)) return false
    if (this.value === undefined || other.value === undefined) return this.value === other.value
    return equal(this.value, other.value)
  }
}

/** `optional.none()` */
export const NONE: Optional = new Optional(undefined)

/** A type as a value: the result of `type(1)`, and names like `int`. */
export class TypeValue extends CelValue {
  readonly name: string

  constructor(name: string) {
    super()
    this.name = name
  }

  get typeName(): string {
    return 'type'
  }

  equals(other: Value): boolean {
    return other instanceof TypeValue && other.name === this.name
  }
}

/** Lists. */
export abstract class ListValue extends CelValue {
  abstract override get size(): number
  abstract at(index: number): Value

  get typeName(): string {
    return 'list'
  }

  *[Symbol.iterator](): Iterator<Value> {
    for (let at = 0; at < this.size; at++) yield this.at(at)
  }

  equals(other: Value): boolean | CelError {
    if (!(other instanceof ListValue) || other.size !== this.size) return false
    for (let at = 0; at < this.size; at++) {
      const same = equal(this.at(at), other.at(at))
      if (same === false) return false
    }
    return true
  }

  /** `this + other` */
  plus(other: Value): Value {
    if (!(other instanceof ListValue)) return isError(other) ? other : NO_OVERLOAD
    return new PlainList([...this, ...other])
  }

  /** `value in this`. Source: list.go Contains. */
  contains(value: Value): boolean | CelError {
    for (const item of this) if (equal(item, value) === true) return true
    return false
  }
}

/** A list of values. */
export class PlainList extends ListValue {
  readonly items: readonly Value[]

  constructor(items: readonly Value[]) {
    super()
    this.items = items
  }

  get size(): number {
    return this.items.length
  }

  at(index: number): Value {
    return this.items[index] ?? null
  }
}

/** Maps, and objects with a schema. */
export abstract class MapValue extends CelValue {
  abstract override get size(): number
  /** Returns the value of a key, or an error; undefined if there is none. */
  abstract find(key: Value): Value | undefined
  abstract keys(): readonly Value[]

  /** `key in this` */
  has(key: Value): boolean {
    return this.find(key) !== undefined
  }

  get typeName(): string {
    return 'map'
  }

  equals(other: Value): boolean | CelError {
    if (!(other instanceof MapValue) || other.size !== this.size) return false
    for (const key of this.keys()) {
      const [mine, theirs] = [this.find(key) ?? null, other.find(key)]
      if (theirs === undefined || equal(mine, theirs) === false) return false
    }
    return true
  }
}

/** A map of values. Numbers of different types that are equal are one key. */
export class PlainMap extends MapValue {
  readonly #entries: ReadonlyMap<string, readonly [key: Value, value: Value]>

  constructor(entries: Iterable<readonly [Value, Value]>) {
    super()
    const known = new Map<string, readonly [Value, Value]>()
    for (const entry of entries) known.set(keyText(entry[0]) ?? '', entry)
    this.#entries = known
  }

  get size(): number {
    return this.#entries.size
  }

  find(key: Value): Value | undefined {
    const text = keyText(key)
    return text === undefined ? undefined : this.#entries.get(text)?.[1]
  }

  keys(): readonly Value[] {
    return Array.from(this.#entries.values(), ([key]) => key)
  }
}

/** Returns a text that equal keys share; undefined if the value cannot be a key. */
function keyText(key: Value): string | undefined {
  if (typeof key === 'string') return `s${key}`
  if (typeof key === 'boolean') return `b${String(key)}`
  if (typeof key === 'bigint') return `n${key}`
  if (key instanceof Uint) return `n${key.value}`
  if (typeof key === 'number') return Number.isInteger(key) ? `n${BigInt(key)}` : `d${key}`
  return undefined
}

/** A map with the keys of a JSON object; values are converted when they are read. */
export class JsonMapValue extends MapValue {
  readonly #json: Readonly<Record<string, unknown>>

  constructor(json: Readonly<Record<string, unknown>>) {
    super()
    this.#json = json
  }

  get size(): number {
    return this.keys().length
  }

  find(key: Value): Value | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.#json, key)) return undefined
    const member = this.#json[key]
    return member === undefined ? undefined : fromJson(member)
  }

  keys(): readonly string[] {
    return Object.keys(this.#json).filter((key) => this.#json[key] !== undefined)
  }
}

/** A list of JSON; items are converted when they are read. */
export class JsonList extends ListValue {
  readonly #json: readonly unknown[]

  constructor(json: readonly unknown[]) {
    super()
    this.#json = json
  }

  get size(): number {
    return this.#json.length
  }

  at(index: number): Value {
    return fromJson(this.#json[index])
  }
}

/** Converts JSON to a value without a schema: whole numbers are ints. Values stay as they are. */
export function fromJson(json: unknown): Value {
  if (json === undefined || json === null) return null
  switch (typeof json) {
    case 'number':
      return Number.isInteger(json) ? BigInt(json) : json
    case 'object':
      if (json instanceof CelValue || json instanceof Uint8Array) return json
      return Array.isArray(json)
        ? new JsonList(json)
        : new JsonMapValue(json as Readonly<Record<string, unknown>>)
    default:
      return json as Value
  }
}

/** Returns the name of a value's type. */
export function typeNameOf(value: Value): string {
  if (value === null) return 'null_type'
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'string':
      return 'string'
    case 'bigint':
      return 'int'
    case 'number':
      return 'double'
    default:
      return value instanceof Uint8Array ? 'bytes' : value.typeName
  }
}

/** Whether a value is an int, uint or double. */
export function isNumber(value: Value): value is bigint | number | Uint {
  return typeof value === 'bigint' || typeof value === 'number' || value instanceof Uint
}

/** Orders numbers by value whatever their types; NaN has no order. */
export function compareNumbers(a: bigint | number | Uint, b: bigint | number | Uint): number | undefined {
  const [left, right] = [a instanceof Uint ? a.value : a, b instanceof Uint ? b.value : b]
  if (left < right) return -1
  if (left > right) return 1
  return typeof left === 'number' && Number.isNaN(left) ? undefined : rightOrder(right)
}

/** Numbers that are neither less nor greater are equal, but for NaN. */
const rightOrder = (right: bigint | number): number | undefined =>
  typeof right === 'number' && Number.isNaN(right) ? undefined : 0

/** `a == b`: an error if the types of maps or lists with a schema cannot be compared. */
export function equal(a: Value, b: Value): boolean | CelError {
  if (a === null || b === null) return a === b
  if (isNumber(a)) return isNumber(b) && compareNumbers(a, b) === 0
  if (a instanceof Uint8Array) return b instanceof Uint8Array && compareBytes(a, b) === 0
  return typeof a === 'object' ? a.equals(b) : a === b
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const order = (a[at] ?? 0) - (b[at] ?? 0)
    if (order !== 0) return Math.sign(order)
  }
  return Math.sign(a.length - b.length)
}

/** Whether values of this type can be ordered. */
export function isComparable(value: Value): boolean {
  if (value === null) return false
  return (
    typeof value !== 'object' || value instanceof Uint8Array || value instanceof Uint || 'compare' in value
  )
}

/** Orders two values: -1, 0, 1, or an error. Strings are ordered by code point, as their UTF-8 is. */
export function compare(a: Value, b: Value): number | CelError {
  if (isError(b)) return b
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b) ?? new CelError('NaN values cannot be ordered')
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b)
  if (a instanceof CelValue && a.compare !== undefined) return a.compare(b)
  return NO_OVERLOAD
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  let at = 0
  while (at < a.length && at < b.length && a[at] === b[at]) at++
  // a surrogate that differs belongs to the code point that begins before it
  if (at > 0 && (a.charCodeAt(at) & 0xfc00) === 0xdc00 && (b.charCodeAt(at) & 0xfc00) === 0xdc00) at--
  return (a.codePointAt(at) ?? -1) < (b.codePointAt(at) ?? -1) ? -1 : 1
}

/** Whether a text has characters beyond 16 bits, so that units and code points differ. */
export function hasSurrogates(text: string): boolean {
  return /[\uD800-\uDFFF]/.test(text)
}

/** Returns the number of code points. */
export function lengthOf(text: string): number {
  return hasSurrogates(text) ? Array.from(text).length : text.length
}

/** Returns what `size` returns, 1 for values without a size: the measure of costs. */
export function sizeOf(value: Value): number {
  if (typeof value === 'string') return lengthOf(value)
  if (value instanceof Uint8Array) return value.length
  if (value instanceof Optional && value.value !== undefined) return sizeOf(value.value)
  return (value instanceof CelValue ? value.size : undefined) ?? 1
}

/** Shows a value in an error, as Go's %v does. */
export function shown(value: Value): string {
  if (value === null) return 'null'
  if (value instanceof Uint) return String(value.value)
  if (value instanceof ListValue) return `[${Array.from(value, shown).join(', ')}]`
  if (typeof value === 'object') return typeNameOf(value)
  return typeof value === 'number' ? goDouble(value) : String(value)
}

/** Formats a double as Go's strconv.FormatFloat(x, 'g', -1, 64). */
export function goDouble(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [digits = '', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < 6) return plainDecimal(value)
  const size = String(Math.abs(exponent)).padStart(2, '0')
  return `${digits}e${exponent < 0 ? '-' : '+'}${size}`
}

/** Formats a double without exponent, with as many digits as needed: Go's FormatFloat(x, 'f', -1, 64). */
export function plainDecimal(value: number): string {
  const text = String(value)
  const [digits = '', power] = text.split('e')
  if (power === undefined) return text
  const sign = digits.startsWith('-') ? '-' : ''
  const [whole = '', fraction = ''] = digits.replace('-', '').split('.')
  const all = whole + fraction
  const point = whole.length + Number(power)
  // bounded: the exponent of a double
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${all}`
  return point >= all.length
    ? // bounded: the exponent of a double
      sign + all + '0'.repeat(point - all.length)
    : `${sign}${all.slice(0, point)}.${all.slice(point)}`
}

/** Thrown by programs that fail. */
export class CelFault extends Error {
  override readonly name = 'CelFault'
}
