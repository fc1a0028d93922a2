import { quote } from '../../../lang/go/quote.js'
import { functions } from './functions.js'
import type { GoCommand, GoNode, GoTemplate, Operand, Pipeline, TemplatePlace } from './nodes.js'
import { GoTemplateError } from './nodes.js'

/** A token of an action. */
export interface TemplateToken {
  readonly kind: 'field' | 'variable' | 'word' | 'string' | 'number' | 'char' | 'operator' | 'dot' | 'space'
  readonly text: string
  /** Index in the template. */
  readonly at: number
}

/** Text between actions, or the tokens of an action. */
export type TemplateChunk =
  | { readonly text: string; readonly line: number }
  | { readonly tokens: readonly TemplateToken[]; readonly line: number }

/** Made at each use: the classes of Unicode take V8 a millisecond, which few processes need. */
const patternsOf = (): readonly (readonly [kind: TemplateToken['kind'], pattern: RegExp])[] => [
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
 * Splits a template into texts and actions; `{{-` and `-}}` trim blanks. Source: Go's text/template/parse
 * lex.go.
 */
function chunksOf(template: string): readonly TemplateChunk[] {
  const chunks: TemplateChunk[] = []
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
  readonly tokens: readonly TemplateToken[] | undefined
  readonly end: number
  readonly trims: boolean
}

function readAction(template: string, from: number): Action {
  const comment = /^\s*\/\*[^]*?\*\/\s*?(\s-)?\}\}/.exec(template.slice(from))
  if (comment !== null)
    return { tokens: undefined, end: from + comment[0].length, trims: comment[1] !== undefined }
  const tokens: TemplateToken[] = []
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

function tokenAt(template: string, at: number): TemplateToken {
  for (const [kind, pattern] of patternsOf()) {
    pattern.lastIndex = at
    const text = pattern.exec(template)?.[0]
    if (text !== undefined) return { kind, text, at }
  }
  const char = String.fromCodePoint(template.codePointAt(at) ?? 0)
  const line = lineAt(template, at)
  if (char === '"') throw new GoTemplateError(`template: output:${line}: unterminated quoted string`)
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  throw new GoTemplateError(
    `template: output:${line}: unexpected ${quote(char)} in command`.replace(
      'unexpected "\\u',
      `unrecognized character in action: U+${code} "\\u`,
    ),
  )
}

/**
 * Parses a template. Throws GoTemplateError with the text of Go's parser. Source: Go's text/template/parse.
 */
export function parseGoTemplate(text: string): GoTemplate {
  const parser = new Parser(chunksOf(text))
  const body = parser.list(new Set())
  return { body: body.nodes, defined: parser.defined }
}

/** A list of nodes up to a keyword that ends it. */
interface List {
  readonly nodes: readonly GoNode[]
  readonly end: string
  /** The tokens after `else`. */
  readonly rest: readonly TemplateToken[]
}

class Parser {
  readonly defined = new Map<string, readonly GoNode[]>()
  readonly #chunks: readonly TemplateChunk[]
  #at = 0

  constructor(chunks: readonly TemplateChunk[]) {
    this.#chunks = chunks
  }

  /** Parses nodes up to `{{end}}` or `{{else}}` (if `ends` allows them), or the end of the text. */
  list(ends: ReadonlySet<string>): List {
    const nodes: GoNode[] = []
    while (this.#at < this.#chunks.length) {
      const chunk = this.#chunks[this.#at++] as TemplateChunk
      if ('text' in chunk) {
        nodes.push({ kind: 'text', text: chunk.text })
        continue
      }
      const tokens = chunk.tokens.filter(
        ({ kind }, index) => kind !== 'space' || (index > 0 && index < chunk.tokens.length - 1),
      )
      const word = tokens[0]?.kind === 'word' ? tokens[0].text : ''
      if (word === 'end' || word === 'else') {
        if (!ends.has(word)) throw this.#error(chunk.line, `unexpected {{${word}}}`)
        return { nodes, end: word, rest: trimmed(tokens.slice(1)) }
      }
      const node = this.#action(word, tokens, chunk.line)
      if (node !== undefined) nodes.push(node)
    }
    if (ends.size > 0) throw this.#error(this.#chunks.at(-1)?.line ?? 1, 'unexpected EOF')
    return { nodes, end: '', rest: [] }
  }

  #action(word: string, tokens: readonly TemplateToken[], line: number): GoNode | undefined {
    // each level looks at all that is inside of it
    if (nesting(tokens) > MOST_NESTED) throw new RangeError('parentheses are nested too deeply')
    const rest = trimmed(tokens.slice(1))
    switch (word) {
      case 'if':
      case 'with':
      case 'range':
        return this.#control(word, rest, line)
      case 'break':
      case 'continue':
        return { kind: word }
      case 'define': {
        this.defined.set(this.#name(rest, line), this.list(new Set(['end'])).nodes)
        return undefined
      }
      case 'block': {
        const name = this.#name(rest, line)
        this.defined.set(name, this.list(new Set(['end'])).nodes)
        const pipeline = this.#pipeline(trimmed(rest.slice(1)), line)
        return { kind: 'template', name, pipeline, ...templatePlace(rest) }
      }
      case 'template': {
        const after = trimmed(rest.slice(1))
        return {
          kind: 'template',
          name: this.#name(rest, line),
          pipeline: after.length === 0 ? undefined : this.#pipeline(after, line),
          ...templatePlace(rest),
        }
      }
      default:
        return { kind: 'action', pipeline: this.#pipeline(trimmed(tokens), line) }
    }
  }

  #control(kind: 'if' | 'with' | 'range', tokens: readonly TemplateToken[], line: number): GoNode {
    if (tokens.length === 0) throw this.#error(line, `missing value for ${kind}`)
    const pipeline = this.#pipeline(tokens, line)
    const { nodes: body, end, rest } = this.list(new Set(['end', 'else']))
    if (end === 'end') return { kind, pipeline, body, otherwise: [] }
    const [next] = rest
    if (next?.text === 'if' || next?.text === 'with') {
      return { kind, pipeline, body, otherwise: [this.#control(next.text, trimmed(rest.slice(1)), line)] }
    }
    return { kind, pipeline, body, otherwise: this.list(new Set(['end'])).nodes }
  }

  #name([token]: readonly TemplateToken[], line: number): string {
    if (token?.kind !== 'string') throw this.#error(line, 'unexpected token in template clause')
    return unquoted(token.text)
  }

  #pipeline(tokens: readonly TemplateToken[], line: number): Pipeline {
    const declared = declarationOf(tokens)
    const rest = tokens.slice(declared.length)
    if (rest.length === 0) throw this.#error(line, 'missing value for command')
    const commands: GoCommand[] = []
    for (const part of splitAt(rest, '|')) {
      const operands = this.#operands(trimmed(part), line)
      const [first, ...more] = operands
      if (first === undefined) throw this.#error(line, 'missing value for command')
      commands.push([first, ...more])
    }
    return { commands, variables: declared.variables, declares: declared.declares }
  }

  #operands(tokens: readonly TemplateToken[], line: number): readonly Operand[] {
    const operands: Operand[] = []
    let at = 0
    const fieldsFrom = (): readonly TemplateToken[] => {
      const from = at
      while (tokens[at]?.kind === 'field') at++
      return tokens.slice(from, at)
    }
    while (at < tokens.length) {
      const token = tokens[at++] as TemplateToken
      const own: TemplatePlace = { at: token.at, source: token.text }
      switch (token.kind) {
        case 'space':
          break
        case 'dot': {
          const more = fieldsFrom()
          operands.push({ kind: 'dot', fields: namesOf(more), ...chained(own, more) })
          break
        }
        case 'field': {
          const more = fieldsFrom()
          operands.push({ kind: 'dot', fields: namesOf([token, ...more]), ...chained(own, more) })
          break
        }
        case 'variable': {
          const more = fieldsFrom()
          operands.push({ kind: 'variable', name: token.text, fields: namesOf(more), ...chained(own, more) })
          break
        }
        case 'string':
          operands.push({ kind: 'literal', value: unquoted(token.text), ...own })
          break
        case 'char':
          operands.push({
            kind: 'literal',
            value: unquoted(`"${token.text.slice(1, -1)}"`).codePointAt(0) ?? 0,
            ...own,
          })
          break
        case 'number':
          operands.push({ kind: 'literal', value: Number(token.text.replaceAll('_', '')), ...own })
          break
        case 'word':
          operands.push(this.#word(own, line))
          break
        case 'operator': {
          if (token.text !== '(') throw this.#error(line, `unexpected ${quote(token.text)} in operand`)
          const end = closing(tokens, at)
          if (end < 0) throw this.#error(line, 'unclosed left paren')
          const inner = trimmed(tokens.slice(at, end))
          const pipeline = this.#pipeline(inner, line)
          at = end + 1
          const more = fieldsFrom()
          const whole = { at: token.at, source: `(${textOf(inner)})` }
          operands.push({ kind: 'pipeline', pipeline, fields: namesOf(more), ...chained(whole, more) })
        }
      }
    }
    return operands
  }

  #word(place: TemplatePlace, line: number): Operand {
    const { source: word } = place
    if (word === 'true' || word === 'false') return { kind: 'literal', value: word === 'true', ...place }
    if (word === 'nil') return { kind: 'literal', value: null, ...place }
    if (!Object.hasOwn(functions, word) && word !== 'and' && word !== 'or')
      throw this.#error(line, `function ${quote(word)} not defined`)
    return { kind: 'function', name: word, ...place }
  }

  #error(line: number, message: string): GoTemplateError {
    return new GoTemplateError(`template: output:${line}: ${message}`)
  }
}

const namesOf = (fields: readonly TemplateToken[]): readonly string[] =>
  fields.map(({ text }) => text.slice(1))

/** Go places a chain of fields where its second link is. */
function chained({ at, source }: TemplatePlace, more: readonly TemplateToken[]): TemplatePlace {
  return { at: more[0]?.at ?? at, source: source + more.map(({ text }) => text).join('') }
}

const textOf = (tokens: readonly TemplateToken[]): string =>
  tokens.map(({ kind, text }) => (kind === 'space' ? ' ' : text)).join('')

const templatePlace = (rest: readonly TemplateToken[]): TemplatePlace => ({
  at: rest[0]?.at ?? 0,
  source: `{{template ${textOf(rest)}}}`,
})

function trimmed(tokens: readonly TemplateToken[]): readonly TemplateToken[] {
  let [from, to] = [0, tokens.length]
  while (from < to && tokens[from]?.kind === 'space') from++
  while (to > from && tokens[to - 1]?.kind === 'space') to--
  return tokens.slice(from, to)
}

/** Parses `$x :=`, `$i, $v :=`, `$x =`; `length` is in tokens. */
function declarationOf(tokens: readonly TemplateToken[]): {
  readonly variables: readonly string[]
  readonly declares: boolean
  readonly length: number
} {
  const at = tokens.findIndex(({ kind, text }) => kind === 'operator' && (text === ':=' || text === '='))
  const before = tokens.slice(0, Math.max(at, 0))
  if (at < 0 || !before.every(({ kind, text }) => kind === 'variable' || kind === 'space' || text === ',')) {
    return { variables: [], declares: false, length: 0 }
  }
  return {
    variables: before.filter(({ kind }) => kind === 'variable').map(({ text }) => text),
    declares: tokens[at]?.text === ':=',
    length: at + 1,
  }
}

function splitAt(tokens: readonly TemplateToken[], operator: string): readonly (readonly TemplateToken[])[] {
  const parts: TemplateToken[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (token.kind === 'operator' && token.text === '(') depth++
    if (token.kind === 'operator' && token.text === ')') depth--
    if (depth === 0 && token.kind === 'operator' && token.text === operator) parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts
}

/** Most parentheses in each other. */
const MOST_NESTED = 500

function nesting(tokens: readonly TemplateToken[]): number {
  let [depth, most] = [0, 0]
  for (const { kind, text } of tokens) {
    if (kind !== 'operator') continue
    if (text === '(') most = Math.max(most, ++depth)
    if (text === ')') depth--
  }
  return most
}

function closing(tokens: readonly TemplateToken[], from: number): number {
  let depth = 1
  for (let at = from; at < tokens.length; at++) {
    const { kind, text } = tokens[at] as TemplateToken
    if (kind !== 'operator') continue
    if (text === '(') depth++
    if (text === ')' && --depth === 0) return at
  }
  return -1
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** Decodes a Go string, quoted or raw. */
function unquoted(text: string): string {
  const inner = text.slice(1, -1)
  if (text.startsWith('`')) return inner
  return inner.replaceAll(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/g,
    (_, hex: string, short: string, long: string, octal: string, char: string) => {
      const code = hex ?? short ?? long
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16))
      return octal === undefined ? (ESCAPES[char] ?? char) : String.fromCodePoint(Number.parseInt(octal, 8))
    },
  )
}
