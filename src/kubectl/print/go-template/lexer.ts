import { GoTemplateError } from './nodes.js'

/** A piece of an action. */
export interface Token {
  readonly kind: 'field' | 'variable' | 'word' | 'string' | 'number' | 'char' | 'operator' | 'dot' | 'space'
  readonly text: string
}

/** Text between actions, or the tokens of an action. */
export type Chunk =
  | { readonly text: string; readonly line: number }
  | { readonly tokens: readonly Token[]; readonly line: number }

const PATTERNS: readonly (readonly [kind: Token['kind'], pattern: RegExp])[] = [
  ['space', /\s+/y],
  ['string', /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y],
  ['char', /'(?:[^'\\]|\\.)+'/y],
  ['number', /[+-]?(?:0[xX][0-9a-fA-F_]+|\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)/y],
  ['field', /\.[\p{L}_][\p{L}\d_]*/uy],
  ['variable', /\$[\p{L}\d_]*/uy],
  ['word', /[\p{L}_][\p{L}\d_]*/uy],
  ['operator', /:=|[=|(),]/y],
  ['dot', /\./y],
]

/**
 * Parts the text of a template into texts and actions; `{{-` and `-}}` trim blanks. Source: Go's
 * text/template/parse lex.go.
 */
export function chunksOf(template: string): readonly Chunk[] {
  const chunks: Chunk[] = []
  let at = 0
  let trim = false
  while (at <= template.length) {
    const open = template.indexOf('{{', at)
    const end = open < 0 ? template.length : open
    let text = template.slice(at, end)
    if (trim) text = text.trimStart()
    const trimsLeft = open >= 0 && /^\{\{-\s/.test(template.slice(open, open + 4))
    if (trimsLeft) text = text.trimEnd()
    const line = lineAt(template, at)
    if (text !== '') chunks.push({ text, line })
    if (open < 0) break
    const action = readAction(template, open + (trimsLeft ? 3 : 2))
    if (action.tokens !== undefined) chunks.push({ tokens: action.tokens, line: lineAt(template, open) })
    trim = action.trims
    at = action.end
  }
  return chunks
}

const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length

interface Action {
  /** Undefined for a comment. */
  readonly tokens: readonly Token[] | undefined
  readonly end: number
  readonly trims: boolean
}

function readAction(template: string, from: number): Action {
  const comment = /^\s*\/\*[^]*?\*\/\s*?(\s-)?\}\}/.exec(template.slice(from))
  if (comment !== null)
    return { tokens: undefined, end: from + comment[0].length, trims: comment[1] !== undefined }
  const tokens: Token[] = []
  let at = from
  for (;;) {
    const close = /^(\s-)?\}\}/.exec(template.slice(at, at + 5))
    if (close !== null) return { tokens, end: at + close[0].length, trims: close[1] !== undefined }
    if (at >= template.length)
      throw new GoTemplateError(`template: output:${lineAt(template, from)}: unclosed action`)
    const token = tokenAt(template, at)
    tokens.push(token)
    at += token.text.length
  }
}

function tokenAt(template: string, at: number): Token {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at
    const text = pattern.exec(template)?.[0]
    if (text !== undefined) return { kind, text }
  }
  const char = String.fromCodePoint(template.codePointAt(at) ?? 0)
  const line = lineAt(template, at)
  if (char === '"') throw new GoTemplateError(`template: output:${line}: unterminated quoted string`)
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  throw new GoTemplateError(
    `template: output:${line}: unexpected ${JSON.stringify(char)} in command`.replace(
      'unexpected "\\u',
      `unrecognized character in action: U+${code} "\\u`,
    ),
  )
}
