import { GoNumber, plainNumber } from '../go/number.js'
import { textOf } from '../go/utf8.js'
import { YamlError } from './yaml-error.js'

const TAGS = 'tag:yaml.org,2002:'

/** The type and value of a scalar. */
interface Resolved {
  readonly type: 'null' | 'bool' | 'int' | 'float' | 'timestamp' | 'str'
  readonly value: unknown
}

const WORDS: ReadonlyMap<string, Resolved> = new Map(
  (
    [
      ['bool', true, 'y Y yes Yes YES true True TRUE on On ON'],
      ['bool', false, 'n N no No NO false False FALSE off Off OFF'],
      ['null', null, '~ null Null NULL'],
      ['float', NaN, '.nan .NaN .NAN'],
      ['float', Infinity, '.inf .Inf .INF +.inf +.Inf +.INF'],
      ['float', -Infinity, '-.inf -.Inf -.INF'],
    ] as const
  ).flatMap(([type, value, words]) => words.split(' ').map((word) => [word, { type, value }] as const)),
)

const NULL: Resolved = { type: 'null', value: null }
/** The longest word of {@link WORDS}. */
const LONGEST_WORD = 5
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/
/** A number that begins with its point: here `_` stands between digits only. */
const FRACTION = /^\.(?:\d_?)*\d(?:[eE][-+]?(?:\d_?)*\d)?$/
const DATE = /^\d{4}-\d{1,2}-\d{1,2}(?:$|[Tt ]\d)/

/**
 * Returns the value of a scalar without a tag, by its text. Dates stay texts; an int64 that a double cannot
 * hold is a bigint. Source: go-yaml resolve.go.
 */
function resolvePlain(text: string): Resolved {
  if (text === '') return NULL
  const word = text.length <= LONGEST_WORD ? WORDS.get(text) : undefined
  if (word !== undefined) return word
  const code = text.charCodeAt(0)
  const mayBeNumber = code <= 57 && (code >= 48 || code === 43 || code === 45 || code === 46)
  return (mayBeNumber ? resolveNumber(text) : undefined) ?? { type: 'str', value: text }
}

function resolveNumber(text: string): Resolved | undefined {
  if (DATE.test(text)) return { type: 'timestamp', value: text }
  if (text.startsWith('.') && !FRACTION.test(text)) return undefined
  const plain = text.replaceAll('_', '')
  const whole = wholeNumber(plain)
  if (whole !== undefined) return { type: 'int', value: whole }
  if (!FLOAT.test(plain)) return undefined
  const value = Number(plain)
  return Number.isFinite(value) ? { type: 'float', value } : undefined
}

/** Returns an int64 or uint64, as Go's ParseInt reads it with base 0; undefined if it is none. */
function wholeNumber(text: string): number | bigint | undefined {
  const [, sign = '', prefix = '', digits = ''] =
    /^([-+]?)(0[xX]|0[bB]|0[oO]?|)([\dA-Fa-f]+)$/.exec(text) ?? []
  if (digits === '') return /^[-+]?0$/.test(text) ? 0 : undefined
  const base = prefix === '' ? '' : `0${prefix.charAt(1).toLowerCase() || 'o'}`
  const isOfBase = { '': /^\d+$/, '0x': /./, '0o': /^[0-7]+$/, '0b': /^[01]+$/ }[base]
  if (isOfBase?.test(digits) !== true) return undefined
  const value = Number(base + digits)
  if (Number.isSafeInteger(value)) return sign === '-' && value !== 0 ? -value : value
  const exact = BigInt(base + digits)
  if (exact >= (sign === '' ? 2n ** 64n : 2n ** 63n + (sign === '-' ? 1n : 0n))) return undefined
  return plainNumber(new GoNumber(`${sign === '-' ? '-' : ''}${exact}`))
}

const OF_TAGS: ReadonlySet<string> = new Set(
  ['str', 'bool', 'int', 'float', 'null', 'timestamp'].map((name) => TAGS + name),
)

/**
 * Returns the value of a scalar with a tag. Throws YamlError if its text is of another type. Source: go-yaml
 * resolve.go, decode.go.
 */
function resolveTagged(tag: string, text: string): unknown {
  if (tag === `${TAGS}binary`) return binary(text)
  if (!OF_TAGS.has(tag) || tag === `${TAGS}str`) return text
  const resolved = resolvePlain(text)
  const { value } = resolved
  if (tag === TAGS + resolved.type) return value
  const type = resolved.type === 'timestamp' ? 'str' : resolved.type
  if (tag === `${TAGS}float` && type === 'int') return Number(value)
  throw new YamlError(`cannot decode !!${type} \`${text}\` as a !!${tag.slice(TAGS.length)}`)
}

function binary(text: string): string {
  const digits = text.replaceAll(/[\r\n]/g, '')
  if (digits.length % 4 !== 0 || !/^[A-Za-z\d+/]*={0,2}$/.test(digits))
    throw new YamlError('!!binary value contains invalid base64 data')
  return textOf(Uint8Array.from(atob(digits), (unit) => unit.charCodeAt(0)))
}

/** Returns the value of a scalar. Throws YamlError if its tag does not fit. */
export function valueOfScalar(text: string, isPlain: boolean, tag: string): unknown {
  if (tag !== '') return resolveTagged(tag, text)
  return isPlain ? resolvePlain(text).value : text
}

/** Whether a scalar is the key `<<`, which adds the members of its value. */
export const isMergeKey = (text: string, isPlain: boolean, tag: string): boolean =>
  text === '<<' && (isPlain || tag === `${TAGS}merge`)
