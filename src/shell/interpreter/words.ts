import { endOfPiece } from './lexer.js'
import type { WordPart, Word } from './syntax.js'
import { SyntaxFault } from './syntax.js'

/** Receives the text of a command substitution. Returns its number among those of the command. */
export type OnSubstitution = (script: string) => number

/** Parses an unexpanded word: quotes, variables, substitutions. `quoted`: as inside double quotes. */
export function parseWord(text: string, substitute: OnSubstitution, quoted = false): Word {
  return new WordReader(text, substitute).read(quoted)
}

const NAME = /^(?:[A-Za-z_]\w*|[0-9?$#@*!-])/
const BRACED = /^(#?)([A-Za-z_]\w*|\d+|[?$#@*!-])(:?[-=+?]|##?|%%?)?/

class WordReader {
  readonly #text: string
  readonly #substitute: OnSubstitution
  readonly #parts: WordPart[] = []
  #at = 0

  constructor(text: string, substitute: OnSubstitution) {
    this.#text = text
    this.#substitute = substitute
  }

  read(quoted: boolean): Word {
    while (this.#at < this.#text.length) this.#piece(quoted)
    return this.#parts
  }

  #piece(quoted: boolean): void {
    const from = this.#at
    const char = this.#text.charAt(from)
    if (quoted && (char === "'" || char === '"')) {
      this.#literal(char, true)
      this.#at++
      return
    }
    const end = endOfPiece(this.#text, from, 0)
    this.#at = end
    if (char === '\\') this.#escape(quoted, from)
    else if (char === "'") this.#literal(this.#text.slice(from + 1, end - 1), true)
    else if (char === '"')
      this.#parts.push(EMPTY, ...parseWord(this.#text.slice(from + 1, end - 1), this.#substitute, true))
    else if (char === '`') this.#captured(this.#text.slice(from + 1, end - 1), quoted)
    else if (char === '$') this.#dollar(from, end, quoted)
    else this.#literal(char, quoted)
  }

  #escape(quoted: boolean, from: number): void {
    const next = this.#text.charAt(from + 1)
    if (next === '\n') return
    this.#literal(quoted && !'$`"\\'.includes(next) ? `\\${next}` : next, true)
  }

  #dollar(from: number, end: number, quoted: boolean): void {
    const rest = this.#text.slice(from + 1)
    if (rest.startsWith('((') && this.#text.slice(end - 2, end) === '))') {
      const expression = parseWord(this.#text.slice(from + 3, end - 2), this.#substitute, true)
      this.#parts.push({ kind: 'arithmetic', expression, quoted })
    } else if (rest.startsWith('(')) this.#captured(this.#text.slice(from + 2, end - 1), quoted)
    else if (rest.startsWith('{')) this.#braced(this.#text.slice(from + 2, end - 1), quoted)
    else {
      const [name] = NAME.exec(rest) ?? []
      if (name === undefined) return this.#literal('$', quoted)
      this.#at = from + 1 + name.length
      this.#parts.push({ kind: 'variable', name, quoted })
    }
  }

  #braced(inner: string, quoted: boolean): void {
    const found = BRACED.exec(inner)
    if (found === null) throw new SyntaxFault('syntax error: bad substitution')
    const [all, length, name = '', operator] = found
    if (length === '#') this.#parts.push({ kind: 'variable', name, quoted, operator: 'length' })
    else if (operator === undefined) {
      if (all !== inner) throw new SyntaxFault('syntax error: bad substitution')
      this.#parts.push({ kind: 'variable', name, quoted })
    } else {
      const operand = parseWord(inner.slice(all.length), this.#substitute, quoted)
      this.#parts.push({ kind: 'variable', name, quoted, operator, operand })
    }
  }

  #captured(script: string, quoted: boolean): void {
    this.#parts.push({ kind: 'captured', at: this.#substitute(script), quoted })
  }

  #literal(text: string, quoted: boolean): void {
    const last = this.#parts.at(-1)
    if (last?.kind === 'text' && last.quoted === quoted)
      this.#parts[this.#parts.length - 1] = { ...last, text: last.text + text }
    else this.#parts.push({ kind: 'text', text, quoted })
  }
}

/** The part of `""`, which is also a word. */
const EMPTY: WordPart = { kind: 'text', text: '', quoted: true }
