import { aggregateText, fieldErrorText, invalid } from '../field-error.js'
import {
  compileRequirements,
  requirementErrors,
  type LabelMatcher,
  type Requirement,
  type SelectorOperator,
} from './labels.js'
import { qualifiedNameFaults } from '../validation/names.js'
import { byText } from '../../lang/text/order.js'

/** An invalid selector; the message is upstream's (k8s.io/apimachinery/pkg/labels). */
export class SelectorSyntaxError extends Error {}

type Token = 'identifier' | 'end' | 'error' | SelectorOperator | ',' | '(' | ')' | '>' | '<'

interface Lexeme {
  readonly token: Token
  readonly text: string
}

const special = '=!(),><'
const symbols = new Map<string, Token>([
  [')', ')'],
  [',', ','],
  ['!', '!'],
  ['==', '=='],
  ['=', '='],
  ['!=', '!='],
  ['(', '('],
  ['>', '>'],
  ['<', '<'],
])

function tokenize(text: string): readonly Lexeme[] {
  const lexemes: Lexeme[] = []
  for (let at = 0; at < text.length;) {
    const char = text.charAt(at)
    if (/[ \t\r\n]/.test(char)) {
      at++
      continue
    }
    const isSymbol = special.includes(char)
    let end = at + 1
    if (isSymbol) {
      // The longest known symbol: `!=` before `!`.
      while (end < text.length && special.includes(text.charAt(end)) && symbols.has(text.slice(at, end + 1)))
        end++
    } else {
      while (end < text.length && !special.includes(text.charAt(end)) && !/[ \t\r\n]/.test(text.charAt(end)))
        end++
    }
    lexemes.push(lexeme(text.slice(at, end), isSymbol))
    at = end
  }
  return lexemes
}

function lexeme(text: string, isSymbol: boolean): Lexeme {
  if (isSymbol) return { token: symbols.get(text) ?? 'error', text }
  return { token: text === 'in' || text === 'notin' ? text : 'identifier', text }
}

const operators: readonly Token[] = ['in', 'notin', '=', '==', '!=', '>', '<']
const operatorNames = ['in', 'notin', '=', '==', '!=', 'gt', 'lt'].join(', ')
const endOfText: Lexeme = { token: 'end', text: '' }

class Parser {
  readonly #lexemes: readonly Lexeme[]
  #at = 0

  constructor(text: string) {
    this.#lexemes = tokenize(text)
  }

  parse(): readonly Requirement[] {
    const requirements: Requirement[] = []
    for (;;) {
      const { token, text } = this.#peek()
      if (token === 'end') return requirements
      if (token !== 'identifier' && token !== '!') throw expected(text, "!, identifier, or 'end of string'")
      requirements.push(this.#requirement())
      const after = this.#next()
      if (after.token === 'end') return requirements
      if (after.token !== ',') throw expected(after.text, "',' or 'end of string'")
      const following = this.#peek()
      if (following.token !== 'identifier' && following.token !== '!')
        throw expected(following.text, "identifier after ','")
    }
  }

  /** Where values are expected, `in` and `notin` are plain words. */
  #peek(): Lexeme {
    const found = this.#lexemes[this.#at] ?? endOfText
    return found.token === 'in' || found.token === 'notin' ? { token: 'identifier', text: found.text } : found
  }

  #next(): Lexeme {
    const found = this.#peek()
    this.#at++
    return found
  }

  #requirement(): Requirement {
    try {
      return this.#readRequirement()
    } catch (error) {
      throw error instanceof SelectorSyntaxError
        ? new SelectorSyntaxError(`unable to parse requirement: ${error.message}`)
        : error
    }
  }

  #readRequirement(): Requirement {
    let first = this.#next()
    const negated = first.token === '!'
    if (negated) first = this.#next()
    if (first.token !== 'identifier') throw expected(first.text, 'identifier')
    const key = first.text
    const faults = qualifiedNameFaults(key)
    if (faults.length > 0)
      throw new SelectorSyntaxError(fieldErrorText(invalid('<nil>', key, faults.join('; '))))
    if (negated) return { key, operator: '!', values: [] }
    const after = this.#peek().token
    if (after === 'end' || after === ',') return { key, operator: 'exists', values: [] }
    return this.#withValues(key)
  }

  #withValues(key: string): Requirement {
    const { token, text } = this.#lexemes[this.#at++] ?? endOfText
    if (!operators.includes(token)) throw expected(text, operatorNames)
    const operator = token === '>' ? 'gt' : token === '<' ? 'lt' : (token as SelectorOperator)
    const values = operator === 'in' || operator === 'notin' ? this.#valueList() : [this.#exactValue()]
    const requirement = { key, operator, values: [...new Set(values)].sort() }
    const errors = requirementErrors(requirement)
    if (errors.length > 0) throw new SelectorSyntaxError(aggregateText(errors))
    return requirement
  }

  #exactValue(): string {
    const { token } = this.#peek()
    if (token === 'end' || token === ',') return ''
    const { token: found, text } = this.#next()
    if (found !== 'identifier') throw expected(text, 'identifier')
    return text
  }

  #valueList(): readonly string[] {
    const open = this.#next()
    if (open.token !== '(') throw new SelectorSyntaxError(`found '${open.text}' expected: '('`)
    const first = this.#peek()
    if (first.token === ')') {
      this.#next()
      return ['']
    }
    if (first.token !== 'identifier' && first.token !== ',')
      throw expected(first.text, "',', ')' or identifier")
    const values = this.#identifiers()
    const close = this.#next()
    if (close.token !== ')') throw expected(first.text, "')'")
    return values
  }

  #identifiers(): readonly string[] {
    const values: string[] = []
    for (;;) {
      const { token, text } = this.#next()
      const next = this.#peek()
      if (token === 'identifier') {
        values.push(text)
        if (next.token === ')') return values
        if (next.token !== ',') throw expected(next.text, "',' or ')'")
      } else if (token === ',') {
        if (values.length === 0) values.push('')
        if (next.token === ')') return [...values, '']
        if (next.token === ',') {
          this.#next()
          values.push('')
        }
      } else {
        throw expected(text, "',', or identifier")
      }
    }
  }
}

const expected = (found: string, what: string): SelectorSyntaxError =>
  new SelectorSyntaxError(`found '${found}', expected: ${what}`)

/**
 * Parses a selector such as `app=web,tier in (a,b),!gone`. Throws SelectorSyntaxError with upstream's text.
 */
export function parseLabelSelector(text: string): readonly Requirement[] {
  const requirements = new Parser(text).parse()
  return [...requirements].sort((a, b) => byText(a.key, b.key))
}

/** Parses and compiles a selector text. Throws SelectorSyntaxError. */
export function compileSelectorText(text: string): LabelMatcher {
  return compileRequirements(parseLabelSelector(text))
}
