import { goString } from './json.js'

/** A JSON value as Go source text (`%#v`): `map[string]interface {}{"a":"b", "n":1}`. */
export function goSyntax(value: unknown): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (typeof value === 'string') return goQuoted(value)
  if (typeof value !== 'object') return String(value as number | boolean)
  const entries = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return (
    'map[string]interface ' +
    `{}{${entries.map(([key, one]) => `${goQuoted(key)}:${goSyntax(one)}`).join(', ')}}`
  )
}

/** A text in double quotes as strconv.Quote writes it. */
const goQuoted = (text: string): string =>
  goString(text).replaceAll(/\\u00(3c|3e|26)/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
