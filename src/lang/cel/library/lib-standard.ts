import { parseBool } from '../../go/bool.js'
import { compileGoRegExp, isFault } from '../../go/regexp.js'
import type { FunctionTable } from './functions.js'
import {
  addTimes,
  CelDuration,
  parseDuration,
  parseTimestamp,
  subtractTimes,
  timePart,
  Timestamp,
  timestampOfSeconds,
  type TimePart,
} from '../time-values.js'
import {
  CelError,
  compare,
  goDouble,
  isComparable,
  isError,
  isNumber,
  lengthOf,
  ListValue,
  MapValue,
  NO_OVERLOAD,
  PlainMap,
  TypeValue,
  typeNameOf,
  Uint,
  type Value,
} from '../values.js'

const MOST_INT = 2n ** 63n - 1n
const LEAST_INT = -(2n ** 63n)
const MOST_UINT = 2n ** 64n - 1n

const INT_OVERFLOW = new CelError('integer overflow')
const UINT_OVERFLOW = new CelError('unsigned integer overflow')
const BY_ZERO = new CelError('division by zero')
const MODULUS_BY_ZERO = new CelError('modulus by zero')

/** Returns an int, or an overflow. */
export const intOf = (value: bigint): Value => (value > MOST_INT || value < LEAST_INT ? INT_OVERFLOW : value)
const uintOf = (value: bigint): Value => (value > MOST_UINT || value < 0n ? UINT_OVERFLOW : new Uint(value))

type Operation = (a: Value, b: Value) => Value

/** An operation on two ints, two uints or two doubles. */
function arithmetic(
  whole: (a: bigint, b: bigint) => bigint | CelError,
  double: ((a: number, b: number) => number) | undefined,
): Operation {
  return (a, b) => {
    if (typeof a === 'bigint' && typeof b === 'bigint') {
      const result = whole(a, b)
      return typeof result === 'bigint' ? intOf(result) : result
    }
    if (a instanceof Uint && b instanceof Uint) {
      const result = whole(a.value, b.value)
      return typeof result === 'bigint' ? uintOf(result) : result
    }
    if (double !== undefined && typeof a === 'number' && typeof b === 'number') return double(a, b)
    return NO_OVERLOAD
  }
}

const sums = arithmetic(
  (a, b) => a + b,
  (a, b) => a + b,
)
const differences = arithmetic(
  (a, b) => a - b,
  (a, b) => a - b,
)
const times = arithmetic(
  (a, b) => a * b,
  (a, b) => a * b,
)
const divided = arithmetic(
  (a, b) => (b === 0n ? BY_ZERO : a / b),
  (a, b) => a / b,
)
const modulo = arithmetic(
  (a, b) => (b === 0n ? MODULUS_BY_ZERO : a === LEAST_INT && b === -1n ? INT_OVERFLOW : a % b),
  undefined,
)

/** `a + b`. Source: the Add of each type in cel-go common/types. */
export function plus(a: Value, b: Value): Value {
  if (typeof a === 'string' && typeof b === 'string') return a + b
  if (a instanceof ListValue) return a.plus(b)
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Uint8Array.from([...a, ...b])
  return addTimes(a, b) ?? sums(a, b)
}

const minus: Operation = (a, b) => subtractTimes(a, b) ?? differences(a, b)

function negated(value: Value): Value {
  if (typeof value === 'bigint') return intOf(-value)
  if (typeof value === 'number') return -value
  return NO_OVERLOAD
}

const isNumeric = (value: Value): boolean => isNumber(value)
const isAddable = (value: Value): boolean =>
  isNumber(value) ||
  typeof value === 'string' ||
  value instanceof Uint8Array ||
  value instanceof ListValue ||
  value instanceof CelDuration ||
  value instanceof Timestamp
const isSubtractable = (value: Value): boolean =>
  isNumber(value) || value instanceof CelDuration || value instanceof Timestamp

const KINDS = ['int', 'uint', 'double'] as const

function addOperators(table: FunctionTable): void {
  table
    .share(['_?_:_(bool, A, A): A'], undefined)
    .share(['_&&_(bool, bool): bool'], undefined)
    .share(['_||_(bool, bool): bool'], undefined)
    .share(['!_(bool): bool'], (value: boolean) => !value, { accepts: (value) => typeof value === 'boolean' })
    .share(
      ['@not_strictly_false(bool): bool'],
      (value: Value) => (typeof value === 'boolean' ? value : true),
      { takesErrors: true },
    )
    .share(['_==_(A, A): bool'], undefined)
    .share(['_!=_(A, A): bool'], undefined)
    .share(
      [
        'add_bytes= _+_(bytes, bytes): bytes',
        '_+_(double, double): double',
        '_+_(duration, duration): duration',
        '_+_(duration, timestamp): timestamp',
        '_+_(timestamp, duration): timestamp',
        '_+_(int, int): int',
        'add_list= _+_(list<A>, list<A>): list<A>',
        'add_string= _+_(string, string): string',
        '_+_(uint, uint): uint',
      ],
      plus,
      { accepts: isAddable },
    )
    .share(['_/_(double, double): double', '_/_(int, int): int', '_/_(uint, uint): uint'], divided, {
      accepts: isNumeric,
    })
    .share(['_%_(int, int): int', '_%_(uint, uint): uint'], modulo, {
      accepts: (value) => typeof value === 'bigint' || value instanceof Uint,
    })
    .share(['_*_(double, double): double', '_*_(int, int): int', '_*_(uint, uint): uint'], times, {
      accepts: isNumeric,
    })
    .share(['-_(double): double', '-_(int): int'], negated, {
      accepts: (value) => typeof value === 'bigint' || typeof value === 'number',
    })
    .share(
      [
        '_-_(double, double): double',
        '_-_(duration, duration): duration',
        '_-_(int, int): int',
        '_-_(timestamp, duration): timestamp',
        '_-_(timestamp, timestamp): duration',
        '_-_(uint, uint): uint',
      ],
      minus,
      { accepts: isSubtractable },
    )
    .share(['in_list= @in(A, list<A>): bool', '@in(A, map<A, B>): bool'], isIn)
    .share(['index_list= _[_](list<A>, int): A', 'index_map= _[_](map<A, B>, A): B'], undefined)
}

function isIn(value: Value, within: Value): Value {
  if (within instanceof ListValue) return within.contains(value)
  if (!(within instanceof MapValue)) return NO_OVERLOAD
  if (!within.has(value)) return false
  const found = within.find(value)
  return found !== undefined && isError(found) ? found : true
}

const ORDERS = {
  '<': ['less', (order: number) => order < 0],
  '<=': ['less_equals', (order: number) => order <= 0],
  '>': ['greater', (order: number) => order > 0],
  '>=': ['greater_equals', (order: number) => order >= 0],
} as const

function addOrders(table: FunctionTable): void {
  for (const [operator, [id, holds]] of Object.entries(ORDERS)) {
    const name = `_${operator}_`
    const numbers = KINDS.flatMap((a) => KINDS.map((b) => `${name}(${a}, ${b}): bool`))
    table.share(
      [
        `${name}(bool, bool): bool`,
        ...numbers,
        `${id}_string= ${name}(string, string): bool`,
        `${id}_bytes= ${name}(bytes, bytes): bool`,
        `${name}(timestamp, timestamp): bool`,
        `${name}(duration, duration): bool`,
      ],
      (a: Value, b: Value) => {
        const order = compare(a, b)
        return typeof order === 'number' ? holds(order) : order
      },
      { accepts: isComparable },
    )
  }
}

function sizeValue(value: Value): Value {
  if (typeof value === 'string') return BigInt(lengthOf(value))
  if (value instanceof Uint8Array) return BigInt(value.length)
  const size = value instanceof ListValue || value instanceof MapValue ? value.size : undefined
  return size === undefined ? NO_OVERLOAD : BigInt(size)
}

const isSized = (value: Value): boolean =>
  typeof value === 'string' ||
  value instanceof Uint8Array ||
  value instanceof ListValue ||
  value instanceof MapValue

/** A function of two texts; other arguments are no overload of it. */
const onTexts =
  (run: (text: string, part: string) => Value): Operation =>
  (text, part) =>
    typeof text === 'string' && typeof part === 'string' ? run(text, part) : NO_OVERLOAD

function matches(text: string, pattern: string): Value {
  const expression = compileGoRegExp(pattern)
  return isFault(expression) ? new CelError(expression.fault) : expression.test(text)
}

const PARTS: Readonly<Record<string, readonly [part: TimePart, plus: bigint]>> = {
  getFullYear: ['year', 0n],
  getMonth: ['month', 0n],
  getDayOfYear: ['yearDay', 0n],
  getDayOfMonth: ['day', 0n],
  getDate: ['day', 1n],
  getDayOfWeek: ['weekDay', 0n],
  getHours: ['hour', 0n],
  getMinutes: ['minute', 0n],
  getSeconds: ['second', 0n],
  getMilliseconds: ['ms', 0n],
}

/** Nanoseconds of the units that a duration is told in. */
const DURATION_PARTS: Readonly<Record<string, bigint>> = {
  getHours: 3_600_000_000_000n,
  getMinutes: 60_000_000_000n,
  getSeconds: 1_000_000_000n,
  getMilliseconds: 1_000_000n,
}

function addTimeParts(table: FunctionTable): void {
  for (const [name, [part, more]] of Object.entries(PARTS)) {
    const read = (value: Timestamp, zone = 'UTC'): Value => {
      const found = timePart(value, part, zone)
      return typeof found === 'bigint' ? found + more : found
    }
    const unit = DURATION_PARTS[name]
    table.define({
      [`timestamp.${name}(): int`]: (value: Timestamp) => read(value),
      [`timestamp.${name}(string): int`]: read,
      ...(unit === undefined
        ? {}
        : { [`duration.${name}(): int`]: ({ nanos }: CelDuration) => nanos / unit }),
    })
  }
}

/** CEL's own operators and functions. Source: cel-go common/stdlib/standard.go. */
export function addStandard(table: FunctionTable): void {
  addOperators(table)
  addOrders(table)
  addConversions(table)
  addTimeParts(table)
  table
    .share(
      [
        'size(bytes): int',
        'bytes.size(): int',
        'size(list<A>): int',
        'list<A>.size(): int',
        'size(map<A, B>): int',
        'map<A, B>.size(): int',
        'size(string): int',
        'string.size(): int',
      ],
      sizeValue,
      { accepts: isSized },
    )
    .share(
      ['contains_string= string.contains(string): bool'],
      onTexts((text, part) => text.includes(part)),
    )
    .share(
      ['ends_with_string= string.endsWith(string): bool'],
      onTexts((text, part) => text.endsWith(part)),
    )
    .share(
      ['starts_with_string= string.startsWith(string): bool'],
      onTexts((text, part) => text.startsWith(part)),
    )
    .share(
      ['matches(string, string): bool', 'matches_string= string.matches(string): bool'],
      onTexts(matches),
    )
    .define({
      '::cel.@mapInsert(map<K, V>, K, V): map<K, V>': insert,
      '::cel.@mapInsert(map<K, V>, map<K, V>): map<K, V>': insertAll,
    })
}

function insert(map: MapValue, key: Value, value: Value): Value {
  if (map.find(key) !== undefined) return new CelError(`insert failed: key ${keyText(key)} already exists`)
  return new PlainMap([...entriesOf(map), [key, value]])
}

function insertAll(map: MapValue, other: MapValue): Value {
  let result: Value = map
  for (const [key, value] of entriesOf(other)) {
    result = insert(result as MapValue, key, value)
    if (isError(result)) return result
  }
  return result
}

const keyText = (key: Value): string => (key instanceof Uint ? String(key.value) : `${key as string}`)

/** Returns the entries of a map. */
export function entriesOf(map: MapValue): readonly (readonly [Value, Value])[] {
  return map.keys().map((key) => [key, map.find(key) ?? null] as const)
}

const conversion = (from: Value, to: string): CelError =>
  new CelError(`type conversion error from '${typeNameOf(from)}' to '${to}'`)

function toInt(value: Value): Value {
  if (typeof value === 'bigint') return value
  if (value instanceof Uint) return value.value > MOST_INT ? INT_OVERFLOW : value.value
  if (value instanceof Timestamp) return value.seconds
  if (value instanceof CelDuration) return value.nanos
  if (typeof value === 'number') {
    // doubles that round to the limits count as beyond them
    const fits = value > -(2 ** 63) && value < 2 ** 63
    return fits ? BigInt(Math.trunc(value)) : INT_OVERFLOW
  }
  if (typeof value === 'string' && /^[+-]?\d+$/.test(value)) {
    const parsed = BigInt(value.replace('+', ''))
    if (!isError(intOf(parsed))) return parsed
  }
  return conversion(value, 'int')
}

function toUint(value: Value): Value {
  if (value instanceof Uint) return value
  if (typeof value === 'bigint') return value < 0n ? UINT_OVERFLOW : new Uint(value)
  if (typeof value === 'number') {
    const fits = value >= 0 && value < 2 ** 64
    return fits ? new Uint(BigInt(Math.trunc(value))) : UINT_OVERFLOW
  }
  if (typeof value === 'string' && /^\d+$/.test(value)) {
    const parsed = uintOf(BigInt(value))
    if (!isError(parsed)) return parsed
  }
  return conversion(value, 'uint')
}

const DOUBLE = /^[+-]?(?:(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)$/i

function toDouble(value: Value): Value {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Uint) return Number(value.value)
  if (typeof value === 'string' && DOUBLE.test(value) && !value.includes('_')) {
    const sign = value.startsWith('-') ? -1 : 1
    if (/inf/i.test(value)) return sign * Number.POSITIVE_INFINITY
    if (/nan/i.test(value)) return Number.NaN
    const parsed = Number(value)
    if (Number.isFinite(parsed)) return parsed
  }
  return conversion(value, 'double')
}

function toBool(value: Value): Value {
  if (typeof value === 'boolean') return value
  const parsed = typeof value === 'string' ? parseBool(value) : undefined
  return parsed ?? conversion(value, 'bool')
}

/** `string(value)` */
export function toText(value: Value): Value {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return goDouble(value)
  if (value instanceof Uint) return String(value.value)
  if (value instanceof CelDuration || value instanceof Timestamp) return value.toString()
  if (value instanceof TypeValue) return value.name
  if (!(value instanceof Uint8Array)) return String(value as bigint | boolean)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value)
  } catch {
    return new CelError('invalid UTF-8 in bytes, cannot convert to string')
  }
}

function toTimestamp(value: Value): Value {
  if (value instanceof Timestamp) return value
  if (typeof value === 'bigint') return timestampOfSeconds(value)
  const parsed = parseTimestamp(value as string)
  if (parsed === undefined) return conversion(value, 'google.protobuf.Timestamp')
  const inRange = timestampOfSeconds(parsed.seconds)
  return isError(inRange) ? inRange : parsed
}

function toDuration(value: Value): Value {
  if (value instanceof CelDuration) return value
  const parsed = typeof value === 'string' ? parseDuration(value) : undefined
  return parsed ?? conversion(value, 'google.protobuf.Duration')
}

const same = (value: Value): Value => value

function addConversions(table: FunctionTable): void {
  const converts = (to: string, from: readonly string[], run: (value: Value) => Value): void => {
    table.define(Object.fromEntries(from.map((type) => [`${to}(${type}): ${to}`, run])))
  }
  converts('bool', ['bool', 'string'], toBool)
  table.define({
    'bytes(bytes): bytes': same,
    'bytes(string): bytes': ['string_to_bytes', (text: string) => new TextEncoder().encode(text)],
  })
  converts('double', ['double', 'int', 'string', 'uint'], toDouble)
  converts('duration', ['duration', 'int', 'string'], toDuration)
  table.define({ 'dyn(A): dyn': same })
  converts('int', ['int', 'double', 'duration', 'string', 'timestamp', 'uint'], toInt)
  table.define({
    'string(string): string': toText,
    'string(bool): string': toText,
    'string(bytes): string': ['bytes_to_string', toText],
    'string(double): string': toText,
    'string(duration): string': toText,
    'string(int): string': toText,
    'string(timestamp): string': toText,
    'string(uint): string': toText,
  })
  converts('timestamp', ['timestamp', 'int', 'string'], toTimestamp)
  table.define({ 'type(A): type<A>': (value: Value) => new TypeValue(typeNameOf(value)) })
  converts('uint', ['uint', 'double', 'int', 'string'], toUint)
}
