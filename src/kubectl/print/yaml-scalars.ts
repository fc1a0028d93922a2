/** Words and numbers that YAML 1.1 would read as something other than text. */
const resolved = new RegExp(
  [
    '^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF|<<)$',
    '^[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|[0-9][0-9_]*)$',
    '^[-+]?(?:\\.[0-9]+|[0-9][0-9_]*(?:\\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$',
    '^[-+]?(?:\\.inf|\\.Inf|\\.INF)$',
    '^(?:\\.nan|\\.NaN|\\.NAN)$',
    '^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\\.[0-9_]*)?$',
    '^\\d{4}-\\d\\d?-\\d\\d?(?:(?:[Tt]|[ \\t]+)\\d\\d?:\\d\\d?:\\d\\d?(?:\\.\\d*)?(?:[ ' +
      '\\t]*(?:Z|[-+]\\d\\d?(?::\\d\\d)?))?)?$',
  ].join('|'),
)

/**
 * A string as go-yaml writes it: plain if that reads back as the same text, a literal block for several
 * lines, else in quotes. `column` is where it begins; further lines get `indent`.
 */
export function stringText(text: string, indent: string, column: number): string {
  if (text.includes('\n') && canBeBlock(text)) return block(text, indent)
  if (text === '' || resolved.test(text) || needsEscapes(text) || text.includes('\n'))
    return quotedText(text, indent, column)
  return canBePlain(text)
    ? fold(Array.from(text), { indent, column, inner: 0 })
    : `'${fold(singleQuoted(text), { indent, column: column + 1, inner: 1 })}'`
}

/** The characters of a single-quoted scalar: a quote counts for two. */
const singleQuoted = (text: string): readonly string[] =>
  Array.from(text).map((char) => (char === "'" ? "''" : char))

const BEST_WIDTH = 80

/**
 * Puts a line end in the place of a blank that stands beyond column 80, before the next word. `inner`: the
 * first and last so many characters are left alone. Source: go-yaml emitterc.go
 * yaml_emitter_write_plain_scalar and its siblings.
 */
function fold(
  chars: readonly string[],
  { indent, column, inner }: { readonly indent: string; readonly column: number; readonly inner: number },
): string {
  let out = ''
  let at = column
  for (const [index, char] of chars.entries()) {
    const alone = char === ' ' && chars[index - 1] !== ' ' && chars[index + 1] !== ' '
    if (alone && at > BEST_WIDTH && index >= inner && index < chars.length - inner) {
      out += `\n${indent}`
      at = indent.length
    } else {
      out += char
      at += char.length
    }
  }
  return out
}

/**
 * Characters that go-yaml writes only as escapes in double quotes: controls and tabs, and what lies beyond
 * the BMP.
 */
const SPECIAL = /(?!\n)[\p{Cc}\u2028\u2029\ufeff\ufffe\uffff\u{10000}-\u{10ffff}]/u

const needsEscapes = (text: string): boolean => SPECIAL.test(text)

/**
 * libyaml's analysis of a plain scalar in block context that may also stand in flow context (go-yaml asks for
 * both).
 */
function canBePlain(text: string): boolean {
  if (/^[\s]|[\s]$/.test(text) || /^(?:---|\.\.\.)/.test(text)) return false
  if (/^[#,[\]{}&*!|>'"%@`]/.test(text)) return false
  if (/^[-?:](?:\s|$)/.test(text)) return false
  return !/:(?:\s|$)|\s#/.test(text)
}

const named: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\u0085': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
  '\ufeff': '\\uFEFF',
}

/** A double-quoted string, folded where a `column` is given. */
export function quotedText(text: string, indent = '', column: number = Number.NEGATIVE_INFINITY): string {
  const chars = Array.from(text).map((char) =>
    ESCAPED.test(char) ? (named[char] ?? codeEscape(char)) : char,
  )
  return `"${fold(chars, { indent, column: column + 1, inner: 1 })}"`
}

const ESCAPED = /["\\\p{Cc}\u2028\u2029\ufeff\ufffe\uffff\u{10000}-\u{10ffff}]/u

function codeEscape(char: string): string {
  const code = char.codePointAt(0) as number
  const hex = (digits: number): string => code.toString(16).toUpperCase().padStart(digits, '0')
  return code <= 0xff ? `\\x${hex(2)}` : code <= 0xffff ? `\\u${hex(4)}` : `\\U${hex(8)}`
}

const canBeBlock = (text: string): boolean => !needsEscapes(text) && !/ \n| $|^\n*$/.test(text)

/** A literal block. */
function block(text: string, indent: string): string {
  const chomp = text.endsWith('\n\n') ? '+' : text.endsWith('\n') ? '' : '-'
  const hint = /^[ \n]/.test(text) ? '2' : ''
  const body = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
  return [`|${hint}${chomp}`, ...body.map((line) => (line === '' ? '' : indent + line))].join('\n')
}
