import type { Duration } from '@marcbachmann/cel-js/evaluator'
import { formatTime } from '../time.js'
import { compileGoRegExp, isFault, type GoRegExp } from '../regexp.js'
import type { Library, LibraryFunction } from './library.js'
import { CelFault, fn } from './library.js'

const known = (...check: readonly string[]): LibraryFunction => ({ check })

const numeric = ['int', 'uint', 'double'] as const
const crossNumeric = numeric.flatMap((a) => numeric.map((b) => `(${a}, ${b}): bool`))
const sameTyped = ['bool', 'string', 'bytes', 'timestamp', 'duration'].map(
  (type) => `(${type}, ${type}): bool`,
)

const operators: readonly LibraryFunction[] = [
  known('_==_(A, A): bool'),
  known('_!=_(A, A): bool'),
  known('_&&_(bool, bool): bool'),
  known('_||_(bool, bool): bool'),
  known('!_(bool): bool'),
  known('-_(int): int', '-_(double): double'),
  known('_?_:_(bool, A, A): A'),
  known('@in(A, list<A>): bool', '@in(A, map<A, B>): bool'),
  known(
    '_[_](list<A>, int): A',
    '_[_](map<A, B>, A): B',
    '_[_](optional<list<A>>, int): optional<A>',
    '_[_](optional<map<A, B>>, A): optional<B>',
  ),
  ...['_<_', '_<=_', '_>_', '_>=_'].map((name) =>
    known(...[...crossNumeric, ...sameTyped].map((rest) => name + rest)),
  ),
  known(
    '_+_(int, int): int',
    '_+_(uint, uint): uint',
    '_+_(double, double): double',
    '_+_(string, string): string',
    '_+_(bytes, bytes): bytes',
    '_+_(list<A>, list<A>): list<A>',
    '_+_(timestamp, duration): timestamp',
    '_+_(duration, timestamp): timestamp',
    '_+_(duration, duration): duration',
  ),
  known(
    '_-_(int, int): int',
    '_-_(uint, uint): uint',
    '_-_(double, double): double',
    '_-_(timestamp, timestamp): duration',
    '_-_(timestamp, duration): timestamp',
    '_-_(duration, duration): duration',
  ),
  ...['_*_', '_/_'].map((name) => known(...numeric.map((type) => `${name}(${type}, ${type}): ${type}`))),
  known('_%_(int, int): int', '_%_(uint, uint): uint'),
]

const getters = [
  'FullYear',
  'Month',
  'DayOfYear',
  'DayOfMonth',
  'Date',
  'DayOfWeek',
  'Hours',
  'Minutes',
  'Seconds',
  'Milliseconds',
]

const conversions: readonly LibraryFunction[] = [
  known('dyn(A): dyn'),
  known('type(A): type'),
  known('bool(bool): bool', 'bool(string): bool'),
  known(
    'int(int): int',
    'int(uint): int',
    'int(double): int',
    'int(string): int',
    'int(timestamp): int',
    'int(duration): int',
  ),
  known('uint(uint): uint', 'uint(int): uint', 'uint(double): uint', 'uint(string): uint'),
  known('double(double): double', 'double(int): double', 'double(uint): double', 'double(string): double'),
  known('bytes(bytes): bytes', 'bytes(string): bytes'),
  known(
    'string(string): string',
    'string(bool): string',
    'string(int): string',
    'string(uint): string',
    'string(double): string',
    'string(bytes): string',
    'string(timestamp): string',
    'string(duration): string',
  ),
  known('timestamp(string): timestamp', 'timestamp(timestamp): timestamp', 'timestamp(int): timestamp'),
  known('duration(string): duration', 'duration(duration): duration', 'duration(int): duration'),
  known(...['string', 'bytes', 'list<A>', 'map<A, B>'].map((type) => `size(${type}): int`)),
  known(...['string', 'bytes', 'list<A>', 'map<A, B>'].map((type) => `${type}.size(): int`)),
  ...getters.map((name) => known(`timestamp.get${name}(): int`, `timestamp.get${name}(string): int`)),
  ...['Hours', 'Minutes', 'Seconds', 'Milliseconds'].map((name) => known(`duration.get${name}(): int`)),
  {
    check: [],
    run: ['string(google.protobuf.Duration): string'],
    handler: (value: Duration) => durationText(value),
  },
  {
    check: [],
    run: ['string(google.protobuf.Timestamp): string'],
    handler: (value: Date) => timestampText(value),
  },
  {
    check: [],
    run: ['int(google.protobuf.Timestamp): int'],
    handler: (value: Date) => BigInt(Math.floor(value.getTime() / 1000)),
  },
  {
    check: [],
    run: ['duration(google.protobuf.Duration): google.protobuf.Duration'],
    handler: (value: Duration) => value,
  },
  {
    check: [],
    run: ['timestamp(google.protobuf.Timestamp): google.protobuf.Timestamp'],
    handler: (value: Date) => value,
  },
]

/** Formats a duration as protobuf does: `5400s`. */
function durationText(value: Duration): string {
  return value.toString()
}

function timestampText(value: Date): string {
  const ms = value.getTime() % 1000
  const text = formatTime(value.getTime())
  return ms === 0 ? text : text.replace('Z', `.${String(ms).padStart(3, '0').replace(/0+$/, '')}Z`)
}

const plain = ['contains', 'startsWith', 'endsWith']

/** Compiles a regular expression in RE2's syntax. Throws CelFault with cel-go's text. */
export function regularExpression(pattern: string): GoRegExp {
  const compiled = compileGoRegExp(pattern)
  if (isFault(compiled)) throw new CelFault(compiled.fault)
  return compiled
}

const strings: readonly LibraryFunction[] = [
  ...plain.map((name) => known(`string.${name}(string): bool`)),
  known('string.matches(string): bool'),
  fn('matches(string, string): bool', (text: string, pattern: string) =>
    regularExpression(pattern).test(text),
  ),
  ...['lowerAscii', 'upperAscii', 'trim'].map((name) => known(`string.${name}(): string`)),
  ...['indexOf', 'lastIndexOf'].map((name) =>
    known(`string.${name}(string): int`, `string.${name}(string, int): int`),
  ),
  known('string.substring(int): string', 'string.substring(int, int): string'),
  known('string.split(string): list<string>', 'string.split(string, int): list<string>'),
  known('list<string>.join(): string', 'list<string>.join(string): string'),
  fn('string.charAt(int): string', (text: string, at: bigint) => charAt(text, Number(at))),
  fn('string.replace(string, string): string', (text: string, from: string, to: string) =>
    text.replaceAll(from, () => to),
  ),
  fn('string.replace(string, string, int): string', (text: string, from: string, to: string, limit: bigint) =>
    replaceSome(text, from, to, Number(limit)),
  ),
  {
    check: ['strings.quote(string): string'],
    namespaced: true,
    run: ['StringsNamespace.quote(string): string'],
    handler: (_: unknown, text: string) => quote(text),
  },
]

/** The value of `strings` in `strings.quote`. */
export class StringsNamespace {
  readonly name = 'strings'
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
}

/** Source: cel-go ext/strings.go quote: invalid characters become U+FFFD. */
function quote(text: string): string {
  return `"${Array.from(text, (char) => ESCAPES[char] ?? (/^[\uD800-\uDFFF]$/.test(char) ? '\uFFFD' : char)).join('')}"`
}

function charAt(text: string, at: number): string {
  const chars = Array.from(text)
  if (at < 0 || at > chars.length) throw new CelFault(`index out of range: ${at}`)
  return chars[at] ?? ''
}

function replaceSome(text: string, from: string, to: string, limit: number): string {
  if (limit < 0) return text.replaceAll(from, () => to)
  const parts = text.split(from)
  const head = parts.slice(0, limit + 1).join(to)
  return parts.length > limit + 1 ? [head, ...parts.slice(limit + 1)].join(from) : head
}

const optionals: readonly LibraryFunction[] = [
  known('optional<A>.orValue(A): A'),
  known('optional<A>.or(optional<A>): optional<A>'),
  known('optional<A>.hasValue(): bool'),
  known('optional<A>.value(): A'),
  { check: ['optional.of(A): optional<A>', 'optional.ofNonZeroValue(A): optional<A>'], namespaced: true },
  { check: ['optional.none(): optional<A>'], namespaced: true },
]

/** CEL's own operators and functions, cel-go's strings and optional types. */
export const standardLibrary: Library = {
  types: { StringsNamespace },
  functions: [...operators, ...conversions, ...strings, ...optionals],
}
