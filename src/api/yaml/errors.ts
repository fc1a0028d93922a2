import type { YAMLParseError } from 'yaml'

/**
 * The part of go-yaml that detects the error: its scanner counts lines from 1, its parser from 0; line 0 is
 * not printed.
 */
type Place = 'scanner' | 'parser'

interface Rule {
  readonly pattern: RegExp
  readonly place: Place
  readonly text: string
}

const rules: readonly Rule[] = [
  { pattern: /^RESOURCE_EXHAUSTION/, place: 'scanner', text: 'exceeded max depth of 10000' },
  { pattern: /^BAD_SCALAR_START/, place: 'scanner', text: 'found character that cannot start any token' },
  {
    pattern: /^TAB_AS_INDENT .*after a key/,
    place: 'scanner',
    text: 'found character that cannot start any token',
  },
  { pattern: /^TAB_AS_INDENT/, place: 'scanner', text: 'found a tab character that violates indentation' },
  {
    pattern: /^BLOCK_AS_IMPLICIT_KEY|^MULTILINE_IMPLICIT_KEY Implicit keys need/,
    place: 'scanner',
    text: 'mapping values are not allowed in this context',
  },
  { pattern: /Missing closing .quote/, place: 'scanner', text: 'found unexpected end of stream' },
  { pattern: /Implicit map keys need to be followed/, place: 'scanner', text: "could not find expected ':'" },
  { pattern: /^BAD_DQ_ESCAPE/, place: 'scanner', text: 'found unknown escape character' },
  {
    pattern: /All sequence items must start|Unexpected scalar at node end.*sequence/,
    place: 'parser',
    text: "did not find expected '-' indicator",
  },
  {
    pattern: /All mapping items must start|Unexpected scalar at node end/,
    place: 'parser',
    text: 'did not find expected key',
  },
  { pattern: /Flow map|flow map/, place: 'parser', text: "did not find expected ',' or '}'" },
  { pattern: /Flow sequence|flow sequence/, place: 'parser', text: "did not find expected ',' or ']'" },
]

/**
 * Returns go-yaml's error for a text that the YAML library refuses: `line 2: did not find expected key`.
 * Source: go-yaml decode.go, scannerc.go, parserc.go.
 */
export function goYamlFault(text: string, fault: YAMLParseError): string {
  const {
    code,
    message,
    pos: [at],
  } = fault
  const first = message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? ''
  if (code === 'BAD_ALIAS') return first
  const isInSequence =
    code === 'UNEXPECTED_TOKEN' && /^\s*- /m.test(text.slice(0, at).split('\n').slice(-2).join('\n'))
  const before = text.slice(0, at)
  const where = `${isInSequence ? ' in a sequence' : ''}${/[:-]\s*$/.test(before) ? ' after a key' : ''}`
  const rule = rules.find(({ pattern }) => pattern.test(`${code} ${first}${where}`))
  if (rule === undefined) return numbered(lineAt(text, at) + 1, first)
  if (rule.place === 'scanner') {
    const line = code.endsWith('IMPLICIT_KEY')
      ? lineAt(text, colonAfter(text, at))
      : lineAt(text, at) + (/followed/.test(first) ? 1 : 0)
    return numbered(line === 0 ? 0 : line + 1, rule.text)
  }
  const isAtEnd = text.slice(at).trim() === ''
  const line = isAtEnd ? text.replace(/\n$/, '').split('\n').length : lineAt(text, at)
  const isOpen = /^(Flow|Missing)/.test(first) && /[[{,]\s*$/.test(before) && isAtEnd
  return numbered(line, isOpen ? 'did not find expected node content' : rule.text)
}

const numbered = (line: number, text: string): string => (line === 0 ? text : `line ${line}: ${text}`)

/** Number of lines before a position. */
const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length - 1

/** Position of the colon that makes a key of the text before it. */
function colonAfter(text: string, at: number): number {
  const found = /:(?=\s|$)/.exec(text.slice(at))
  return found === null ? at : at + found.index
}
