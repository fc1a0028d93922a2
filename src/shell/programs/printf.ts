import { reserve } from '../../lang/bounds/budget.js'
import { unescaped } from './output.js'
import type { Program } from './command.js'

/**
 * `printf FORMAT [ARG...]`: `%s %c %b %d %i %u %o %x %X %f %e %E %g %G %%` with the flags `- + 0 # ` and
 * blank, widths and precisions, also as `*`. The format repeats while arguments are left. Source: busybox
 * printf.
 */
export const printf: Program = {
  name: 'printf',
  run: ({ args, write, error }) => {
    const [format, ...values] = args
    if (format === undefined) {
      error('printf: usage: printf FORMAT [ARGUMENT...]\n')
      return 2
    }
    const directives = directivesOf(format)
    const faults: string[] = []
    const next = (): string | undefined => values.shift()
    do {
      const before = values.length
      for (const directive of directives) {
        if (typeof directive === 'string') write(directive)
        else if ('invalid' in directive) {
          error(`printf: ${directive.invalid}: invalid format\n`)
          return 1
        } else write(printed(directive, next, faults))
      }
      if (values.length === before) break
    } while (values.length > 0)
    for (const fault of faults) error(`printf: invalid number '${fault}'\n`)
    return faults.length > 0 ? 1 : 0
  },
}

interface Directive {
  readonly flags: string
  /** Digits, or `*` for the next argument. */
  readonly width: string
  readonly precision: string | undefined
  readonly kind: string
}

const DIRECTIVE = /%([-+ 0#]*)(\*|[1-9]\d*|)(?:\.(\*|\d*))?[lLhz]*([diouxXfeEgGcsb%])/y

/** The parts of a format: texts, directives, and the rest at the first that is invalid. */
function directivesOf(format: string): readonly (string | Directive | { readonly invalid: string })[] {
  const parts: (string | Directive | { readonly invalid: string })[] = []
  let at = 0
  for (let from = format.indexOf('%'); from >= 0; from = format.indexOf('%', at)) {
    if (from > at) parts.push(unescaped(format.slice(at, from)))
    DIRECTIVE.lastIndex = from
    const found = DIRECTIVE.exec(format)
    if (found === null) return [...parts, { invalid: format.slice(from) }]
    const [all, flags = '', width = '', precision, kind = ''] = found
    parts.push(kind === '%' ? '%' : { flags, width, precision, kind })
    at = from + all.length
  }
  if (at < format.length) parts.push(unescaped(format.slice(at)))
  return parts
}

function printed(
  { flags, width, precision, kind }: Directive,
  next: () => string | undefined,
  faults: string[],
): string {
  const sizeOf = (text: string): number => Math.trunc(numberOf(text === '*' ? (next() ?? '') : text, faults))
  const size = sizeOf(width)
  const digits = precision === undefined ? undefined : sizeOf(precision)
  // a negative width is the flag `-`, and a negative precision is none
  const isLeft = flags.includes('-') || size < 0
  const places = digits === undefined || digits < 0 ? undefined : digits
  reserve(Math.abs(size) + (places ?? 0))
  const value = next() ?? ''
  const text = conversionOf(kind, value, { flags, places, faults })
  if (isLeft) return text.padEnd(Math.abs(size))
  const isNumber = !/[scb]/.test(kind)
  const isZero = flags.includes('0') && isNumber && (places === undefined || /[feg]/i.test(kind))
  if (!isZero) return text.padStart(size)
  const sign = /^[-+ ]?(?:0[xX])?/.exec(text)?.[0] ?? ''
  return `${sign}${text.slice(sign.length).padStart(size - sign.length, '0')}`
}

interface Conversion {
  readonly flags: string
  readonly places: number | undefined
  readonly faults: string[]
}

function conversionOf(kind: string, value: string, { flags, places, faults }: Conversion): string {
  switch (kind) {
    case 's':
      return value.slice(0, places)
    case 'b':
      return unescaped(value).slice(0, places)
    case 'c':
      return value.slice(0, 1)
    case 'd':
    case 'i': {
      const whole = integerOf(value, faults)
      const text = String(whole < 0n ? -whole : whole).padStart(places ?? 1, '0')
      return `${signOf(whole < 0n, flags)}${text}`
    }
    case 'u':
      return unsigned(value, faults)
        .toString()
        .padStart(places ?? 1, '0')
    case 'o': {
      const text = unsigned(value, faults)
        .toString(8)
        .padStart(places ?? 1, '0')
      return flags.includes('#') && !text.startsWith('0') ? `0${text}` : text
    }
    case 'x':
    case 'X': {
      const text = unsigned(value, faults)
        .toString(16)
        .padStart(places ?? 1, '0')
      const all = flags.includes('#') && /[^0]/.test(text) ? `0x${text}` : text
      return kind === 'X' ? all.toUpperCase() : all
    }
    default: {
      const number = numberOf(value, faults)
      const text = floatText(kind.toLowerCase(), Math.abs(number), places ?? 6, flags.includes('#'))
      const isNegative = number < 0 || Object.is(number, -0)
      return `${signOf(isNegative, flags)}${kind === kind.toLowerCase() ? text : text.toUpperCase()}`
    }
  }
}

const signOf = (isNegative: boolean, flags: string): string =>
  isNegative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''

/** Digits that the engine can print after the point. */
const MOST_PLACES = 100

/** A number that is not negative as C's `%f`, `%e` or `%g` prints it. */
function floatText(kind: string, value: number, places: number, keepsZeros: boolean): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : 'inf'
  if (kind === 'f') {
    // beyond this the engine prints an exponent; such numbers have nothing after the point
    if (value >= 1e21) {
      const whole = String(BigInt(value))
      return places === 0 ? whole : `${whole}.`.padEnd(whole.length + 1 + places, '0')
    }
    return rounded((digits) => value.toFixed(digits), places)
  }
  if (kind === 'e') return exponential(value, places)
  const digits = Math.max(places, 1)
  const exponent = Number(exponential(value, digits - 1).split('e')[1])
  const text =
    exponent < -4 || exponent >= digits
      ? exponential(value, digits - 1)
      : floatText('f', value, digits - 1 - exponent, true)
  if (keepsZeros || !text.includes('.')) return text
  const [mantissa = '', power] = text.split('e')
  return `${withoutZeros(mantissa)}${power === undefined ? '' : `e${power}`}`
}

/** Takes away zeros at the end of a fraction, and a point behind which nothing is left. */
function withoutZeros(text: string): string {
  let end = text.length
  while (text[end - 1] === '0') end--
  return text.slice(0, text[end - 1] === '.' ? end - 1 : end)
}

/** Rounds to so many digits after the point: half to even as C does, where the engine rounds up. */
function rounded(textOf: (digits: number) => string, places: number): string {
  if (places >= MOST_PLACES) return textOf(MOST_PLACES) + ''.padEnd(places - MOST_PLACES, '0')
  const [whole = '', fraction = ''] = textOf(MOST_PLACES).split('.')
  const isTie = /^50*$/.test(fraction.slice(places))
  const down = places === 0 ? whole : `${whole}.${fraction.slice(0, places)}`
  return isTie && /[02468]$/.test(down) ? down : textOf(places)
}

function exponential(value: number, places: number): string {
  const mantissaOf = (digits: number): string => value.toExponential(digits).split('e')[0] ?? ''
  const [, power = ''] = value.toExponential(Math.min(places, MOST_PLACES)).split('e')
  return `${rounded(mantissaOf, places)}e${power[0]}${power.slice(1).padStart(2, '0')}`
}

const WHOLE = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/
const LARGEST = 2n ** 63n

/** A 64-bit number as strtoll reads it: decimal, octal, hexadecimal, or the code of a quoted character. */
function integerOf(text: string, faults: string[]): bigint {
  if (/^['"]/.test(text)) return BigInt(text.codePointAt(1) ?? 0)
  if (text === '') return 0n
  const [, sign, digits = ''] = WHOLE.exec(text.slice(0, 64)) ?? []
  if (sign === undefined) {
    faults.push(text)
    return 0n
  }
  const size = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits)
  const value = sign === '-' ? -size : size
  if (value >= -LARGEST && value < 2n * LARGEST) return value
  faults.push(text)
  return value < 0n ? -LARGEST : LARGEST - 1n
}

const unsigned = (text: string, faults: string[]): bigint => BigInt.asUintN(64, integerOf(text, faults))

function numberOf(text: string, faults: string[]): number {
  if (/^['"]/.test(text)) return text.codePointAt(1) ?? 0
  if (text === '') return 0
  const value = /^\s*[-+]?inf(?:inity)?$/i.test(text)
    ? text.includes('-')
      ? -Infinity
      : Infinity
    : Number(text)
  if (!Number.isNaN(value)) return value
  faults.push(text)
  return 0
}
