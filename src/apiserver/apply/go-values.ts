/** How Go's fmt writes JSON values, as error texts show them. */

type Json = Readonly<Record<string, unknown>>

/** Go's `%v` of a float64: an exponent from 21 digits on or below 1e-4, as in `1e+06`. */
function goNumber(value: number): string {
  const digits = value.toExponential()
  const exponent = Number(digits.slice(digits.indexOf('e') + 1))
  if (value === 0 || (exponent >= -4 && exponent < 21))
    return Number.isInteger(value) ? BigInt(value).toString() : String(value)
  return digits.replace(/e([+-])(\d)$/, 'e$10$2')
}

/** `%v`: `map[a:1 b:[x y]]` */
export function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (value === null || value === undefined) return '<nil>'
  if (typeof value === 'number') return goNumber(value)
  if (typeof value === 'boolean') return String(value)
  if (typeof value !== 'object') return value as string
  const members = value as Json
  return `map[${Object.keys(members)
    .sort()
    .map((key) => `${key}:${goText(members[key])}`)
    .join(' ')}]`
}

/** `%#v`: `map[string]interface {}{"a":1}` */
export function goSyntax(value: unknown): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (typeof value === 'number') return goNumber(value)
  if (typeof value !== 'object') return JSON.stringify(value)
  const members = value as Json
  const shown = Object.keys(members)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${goSyntax(members[key])}`)
  return `map[string]interface {}{${shown.join(', ')}}`
}

/** `%T` */
export function goTypeName(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}'
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'boolean':
      return 'bool'
    case 'number':
      return 'float64'
    default:
      return value === null || value === undefined ? '<nil>' : 'map[string]interface {}'
  }
}
