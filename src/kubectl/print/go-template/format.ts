import { reserve } from '../../../lang/bounds/budget.js'
import { goType } from '../../../lang/go/number.js'
import { exactJson } from '../../../lang/json/exact-json.js'
import { byKey } from '../../../lang/text/order.js'

/** Formats JSON data like Go's `%v`: `map[a:1 b:2]`, `[x y]`, `<no value>`. */
export function goText(value: unknown, absent: string = '<no value>'): string {
  if (value === undefined) return absent
  if (value === null) return '<nil>'
  if (typeof value === 'number') return numberText(value)
  if (typeof value !== 'object') return String(value as string | boolean)
  if (Array.isArray(value)) return `[${value.map((item) => goText(item, '<nil>')).join(' ')}]`
  return `map[${Object.entries(value)
    .sort(byKey)
    .map(([key, one]) => `${key}:${goText(one, '<nil>')}`)
    .join(' ')}]`
}

/**
 * Formats integers as int64 and others as float64: the shortest digits, with an exponent below 1e-4 and from
 * 1e6 on.
 */
function numberText(value: number): string {
  if (Number.isInteger(value))
    return Math.abs(value) < 1e21 ? BigInt(value).toString() : exponentText(value.toExponential())
  const exponent = Math.floor(Math.log10(Math.abs(value)))
  if (exponent >= 6) return exponentText(value.toExponential())
  return exponent >= -4 ? String(value) : exponentText(value.toExponential())
}

/** Pads exponents to two digits like Go: `1e+06`. */
function exponentText(text: string): string {
  const [digits = '', power = '0'] = text.split('e')
  return `${digits}e${power.startsWith('-') ? '-' : '+'}${String(Math.abs(Number(power))).padStart(2, '0')}`
}

const VERB = /%([-+# 0]*)([1-9]\d*)?(?:\.(\d+))?([a-zA-Z%])/g

/** Larger widths and precisions are none. Source: Go fmt tooLarge. */
const WIDEST = 1_000_000

/** fmt.Sprintf for JSON data. */
export function formatGo(format: string, values: readonly unknown[]): string {
  let next = 0
  const text = format.replaceAll(
    VERB,
    (_, flags: string, width: string | undefined, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%'
      if (Number(width ?? 0) > WIDEST || Number(precision ?? 0) > WIDEST) return '%!(NOVERB)'
      if (next >= values.length) return `%!${verb}(MISSING)`
      const shown = verbText(
        verb,
        values[next++],
        flags,
        precision === undefined ? undefined : Number(precision),
      )
      const size = Number(width ?? 0)
      reserve(size)
      if (flags.includes('-')) return shown.padEnd(size)
      return flags.includes('0') && /^[-+]?\d/.test(shown) ? shown.padStart(size, '0') : shown.padStart(size)
    },
  )
  if (next >= values.length) return text
  return `${text}%!(EXTRA ${values
    .slice(next)
    .map((value) => `${goType(value)}=${goText(value)}`)
    .join(', ')})`
}

function verbText(verb: string, value: unknown, flags: string, precision: number | undefined): string {
  const sign =
    flags.includes('+') && (typeof value === 'number' || typeof value === 'bigint') && value >= 0 ? '+' : ''
  switch (verb) {
    case 'v':
      return flags.includes('#') ? exactJson(value) : goText(value, '<nil>')
    case 's': {
      if (typeof value === 'string')
        return precision === undefined ? value : Array.from(value).slice(0, precision).join('')
      return typeof value === 'object' && value !== null ? goText(value) : wrong(verb, value)
    }
    case 'q':
      return typeof value === 'string' ? JSON.stringify(value) : wrong(verb, value)
    case 't':
      return typeof value === 'boolean' ? String(value) : wrong(verb, value)
    case 'd':
      return isWhole(value) ? sign + BigInt(value).toString() : wrong(verb, value)
    case 'f':
    case 'F':
      return isFloat(value) ? sign + value.toFixed(precision ?? 6) : wrong(verb, value)
    case 'g':
      return isFloat(value) ? sign + goText(value) : wrong(verb, value)
    case 'e':
      return isFloat(value) ? sign + exponentText(value.toExponential(precision ?? 6)) : wrong(verb, value)
    case 'T':
      return goType(value)
    case 'x':
      return isWhole(value)
        ? value.toString(16)
        : typeof value === 'string'
          ? Array.from(new TextEncoder().encode(value), (byte) => byte.toString(16).padStart(2, '0')).join('')
          : wrong(verb, value)
    default:
      return wrong(verb, value)
  }
}

const isWhole = (value: unknown): value is number | bigint =>
  typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
const isFloat = (value: unknown): value is number => typeof value === 'number' && !Number.isInteger(value)

function wrong(verb: string, value: unknown): string {
  return value === undefined || value === null
    ? `%!${verb}(<nil>)`
    : `%!${verb}(${goType(value)}=${goText(value)})`
}
