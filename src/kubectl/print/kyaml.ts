import { quotedText } from './yaml-scalars.js'

/**
 * KYAML: YAML that is written as JSON is, keys without quotes where they may be, commas after the last one
 * too. Source: sigs.k8s.io/yaml/kyaml.
 */
export function printKyaml(value: unknown): string {
  return `---\n${text(value, '')}\n`
}

function text(value: unknown, indent: string): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string')
    return value.includes('\n') ? linesText(value, indent) : quotedText(value).replaceAll('\\t', '\t')
  if (typeof value !== 'object') return String(value as number | boolean)
  return Array.isArray(value) ? listText(value as readonly unknown[], indent) : mapText(value, indent)
}

function mapText(map: object, indent: string): string {
  const entries = Object.entries(map)
    .filter(([, one]) => one !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  if (entries.length === 0) return '{}'
  const lines = entries.map(([key, one]) => `${indent}  ${keyText(key)}: ${text(one, `${indent}  `)},\n`)
  return `{\n${lines.join('')}${indent}}`
}

/** Lists of maps stand with their brackets cuddled. */
function listText(list: readonly unknown[], indent: string): string {
  if (list.length === 0) return '[]'
  if (list.every((item) => typeof item === 'object' && item !== null))
    return `[${list.map((item) => text(item, indent)).join(', ')}]`
  return `[\n${list.map((item) => `${indent}  ${text(item, `${indent}  `)},\n`).join('')}${indent}]`
}

const keyText = (key: string): string =>
  /^[A-Za-z_][\w./-]*$/.test(key) && !/^(?:y|yes|n|no|on|off|true|false|null)$/i.test(key)
    ? key
    : quotedText(key)

/** A text of several lines: each on a line of its own, the line ends escaped. */
function linesText(value: string, indent: string): string {
  const lines = value.split('\n')
  const last = lines.pop() ?? ''
  const written = [...lines.map((line) => `${line}\n`), ...(last === '' ? [] : [last])]
  const shown = written.map(
    (line) => `${indent}  ${line.startsWith(' ') ? '\\' : ' '}${quotedText(line).slice(1, -1)}\\\n`,
  )
  return `"\\\n${shown.join('')}${indent}  "`
}
