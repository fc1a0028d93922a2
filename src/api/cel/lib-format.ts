import type { Library } from './library.js'
import { CelFault } from './library.js'

/** `'%s has %d'.format([name, count])`. Source: cel-go ext/formatting.go. */
export const formatLibrary: Library = {
  functions: [
    {
      check: ['string.format(list<dyn>): string'],
      run: ['string.format(list): string'],
      handler: (template: string, values: readonly unknown[]) => format(template, values),
    },
  ],
}

function format(template: string, values: readonly unknown[]): string {
  let next = 0
  return template.replace(
    /%(%|(?:\.(\d+))?([sdfexXob])|$|.)/g,
    (whole, rest: string, precision: string | undefined, clause: string | undefined) => {
      if (rest === '%') return '%'
      if (clause === undefined)
        throw new CelFault(
          `could not parse formatting clause: unrecognized formatting clause "${whole.slice(1)}"`,
        )
      if (next >= values.length) throw new CelFault(`index ${next} out of range`)
      return clauseText(clause, values[next++], precision === undefined ? 6 : Number(precision))
    },
  )
}

function clauseText(clause: string, value: unknown, precision: number): string {
  switch (clause) {
    case 's':
      return shown(value)
    case 'd':
      return whole(value, 10)
    case 'b':
      return typeof value === 'boolean' ? (value ? '1' : '0') : whole(value, 2)
    case 'o':
      return whole(value, 8)
    case 'x':
      return typeof value === 'string' ? hex(value) : whole(value, 16)
    case 'X':
      return (typeof value === 'string' ? hex(value) : whole(value, 16)).toUpperCase()
    case 'f':
      return Number(value).toFixed(precision)
    default:
      return Number(value)
        .toExponential(precision)
        .replace(/e([-+])(\d)$/, 'e$10$2')
  }
}

function whole(value: unknown, base: number): string {
  if (typeof value === 'bigint') return value.toString(base)
  if (typeof value === 'object' && value !== null && typeof value.valueOf() === 'bigint')
    return (value.valueOf() as bigint).toString(base)
  throw new CelFault('error during formatting: decimal clause can only be used on integers')
}

const hex = (text: string): string =>
  Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, '0')).join('')

/** Formats a value for `%s`: lists as `[a, b]`, maps as `{k: v}`. */
function shown(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`
  if (value instanceof Date) return value.toISOString().replace(/\.000Z$/, 'Z')
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([key, one]) => `${key}: ${shown(one)}`).join(', ')}}`
  }
  return `${value as string}`
}
