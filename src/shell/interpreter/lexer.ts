import { SyntaxFault } from './syntax.js'

/**
 * A token: an operator (also `\n`), an unexpanded word, or the text of a here-document, which follows its
 * word.
 */
export interface ShellToken {
  readonly kind: 'operator' | 'word' | 'document'
  readonly text: string
  /** Descriptor of a redirection. */
  readonly fd?: number
}

const OPERATORS = [
  '&&',
  '||',
  ';;',
  '>>',
  '<<-',
  '<<',
  '>&',
  '<&',
  '&>',
  '>',
  '<',
  '&',
  '|',
  ';',
  '(',
  ')',
  '\n',
]
const MOST_NESTED = 50

/** Splits a script into tokens. @throws SyntaxFault for an open quote or bracket. */
export function tokensOf(text: string): readonly ShellToken[] {
  return new Lexer(text).read()
}

class Lexer {
  readonly #text: string
  readonly #tokens: ShellToken[] = []
  readonly #documents: string[] = []
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  read(): readonly ShellToken[] {
    for (;;) {
      this.#skipBlanks()
      if (this.#at >= this.#text.length) return this.#tokens
      const fd =
        /\d/.test(this.#char) && /^\d[<>]/.test(this.#text.slice(this.#at, this.#at + 2))
          ? Number(this.#text[this.#at++])
          : undefined
      const operator = OPERATORS.find((one) => this.#text.startsWith(one, this.#at))
      if (operator === undefined) this.#word()
      else this.#operator(operator, fd)
    }
  }

  get #char(): string {
    return this.#text.charAt(this.#at)
  }

  #skipBlanks(): void {
    for (;;) {
      if (this.#char === ' ' || this.#char === '\t' || this.#char === '\r') this.#at++
      else if (this.#text.startsWith('\\\n', this.#at)) this.#at += 2
      else if (this.#char === '#') this.#skipComment()
      else return
    }
  }

  #skipComment(): void {
    const end = this.#text.indexOf('\n', this.#at)
    this.#at = end < 0 ? this.#text.length : end
  }

  #operator(operator: string, fd: number | undefined): void {
    this.#at += operator.length
    this.#tokens.push({ kind: 'operator', text: operator, ...(fd === undefined ? {} : { fd }) })
    if (operator === '<<' || operator === '<<-') {
      this.#skipBlanks()
      this.#documents.push(this.#word())
    }
    if (operator === '\n') for (const delimiter of this.#documents.splice(0)) this.#document(delimiter)
  }

  #document(delimiter: string): void {
    const end = delimiter.replaceAll(/['"\\]/g, '')
    const lines: string[] = []
    while (this.#at < this.#text.length) {
      const stop = this.#text.indexOf('\n', this.#at)
      const line = this.#text.slice(this.#at, stop < 0 ? undefined : stop)
      this.#at = stop < 0 ? this.#text.length : stop + 1
      if (line.replace(/^\t+/, '') === end) break
      lines.push(`${line}\n`)
    }
    const before = this.#tokens.findIndex(
      ({ kind, text }, at) =>
        kind === 'word' &&
        text === delimiter &&
        this.#tokens[at - 1]?.text.startsWith('<<') === true &&
        this.#tokens[at + 1]?.kind !== 'document',
    )
    this.#tokens.splice(before + 1, 0, { kind: 'document', text: lines.join('') })
  }

  #word(): string {
    const from = this.#at
    this.#at = endOfWord(this.#text, from)
    const text = this.#text.slice(from, this.#at)
    this.#tokens.push({ kind: 'word', text })
    return text
  }
}

/** End of the word that begins at `from`. */
function endOfWord(text: string, from: number): number {
  let at = from
  while (at < text.length && !/[\s;&|<>()]/.test(text.charAt(at))) at = endOfPiece(text, at, 0)
  if (at === from) throw new SyntaxFault(`syntax error: unexpected "${text.charAt(at)}"`)
  return at
}

/** End of one character, or of what it opens: a quote, `$(`, `${`, a backquote. */
export function endOfPiece(text: string, at: number, depth: number): number {
  if (depth > MOST_NESTED) throw new SyntaxFault('syntax error: nested too deeply')
  const char = text.charAt(at)
  if (char === '\\') return Math.min(at + 2, text.length)
  if (char === "'") return closed(text.indexOf("'", at + 1), "'") + 1
  if (char === '`') return closed(text.indexOf('`', at + 1), '`') + 1
  if (char === '"') return endOfGroup(text, at + 1, '"', depth + 1)
  if (char === '$' && text.charAt(at + 1) === '(') return endOfGroup(text, at + 2, ')', depth + 1)
  if (char === '$' && text.charAt(at + 1) === '{') return endOfGroup(text, at + 2, '}', depth + 1)
  return at + 1
}

function endOfGroup(text: string, from: number, close: string, depth: number): number {
  let at = from
  while (at < text.length) {
    const char = text.charAt(at)
    if (char === close) return at + 1
    if (close === ')' && char === '(') at = endOfGroup(text, at + 1, ')', depth + 1)
    else if (close === '"' && char === "'") at++
    else at = endOfPiece(text, at, depth)
  }
  throw new SyntaxFault(
    close === '"'
      ? 'syntax error: unterminated quoted string'
      : `syntax error: unexpected end of file (expecting "${close}")`,
  )
}

function closed(at: number, quote: string): number {
  if (at < 0)
    throw new SyntaxFault(
      quote === "'"
        ? 'syntax error: unterminated quoted string'
        : 'syntax error: EOF in backquote substitution',
    )
  return at
}
