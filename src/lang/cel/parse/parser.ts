import { Nodes, type Expr } from './ast.js'
import type { Issue } from './issues.js'
import { tokensOf, type Token } from './lexer.js'
import { bytesOf, LiteralError, stringOf } from './literals.js'
import { expandMacro, MacroError } from './macros.js'
import { RESERVED_WORDS } from './names.js'
import { Uint } from '../values.js'

/** A parsed expression with its macros expanded, or the faults of its syntax. */
export interface Parsed {
  readonly expr: Expr | undefined
  readonly nodes: Nodes
  readonly issues: readonly Issue[]
}

/** Which macros beyond those of every version an expression may use. */
export interface Syntax {
  /** `sortBy` of cel-go's lists. */
  readonly lists: boolean
  /** `cel.bind` of cel-go's bindings. */
  readonly bindings: boolean
}

const MOST_CHARACTERS = 100_000
const DEEPEST = 250

/** Parses an expression. Source: cel-go parser/parser.go; faults have the words of ANTLR's parser. */
export function parseExpression(source: string, syntax: Syntax): Parsed {
  const issues: Issue[] = []
  const nodes = new Nodes()
  if (source.length > MOST_CHARACTERS) {
    const size = Array.from(source).length
    const text = `expression code point size exceeds limit: size: ${size}, limit ${MOST_CHARACTERS}`
    if (size > MOST_CHARACTERS) return { expr: undefined, nodes, issues: [{ position: 0, text }] }
  }
  const parser = new Parser(tokensOf(source, issues), nodes, syntax, issues)
  try {
    const expr = parser.parse()
    return { expr: issues.length === 0 ? expr : undefined, nodes, issues }
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    return { expr: undefined, nodes, issues }
  }
}

/** Parsing cannot go on; the fault is told. */
class Stop extends Error {}

const LITERALS = "'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER"
const EXPECTED = `{'[', '{', '(', '.', '-', '!', ${LITERALS}}`
const EXPECTED_ARGUMENT = `{'[', '{', '(', ')', '.', '-', '!', ${LITERALS}}`
const EXPECTED_ITEM = `{'[', ']', '{', '(', '.', ',', '-', '!', '?', ${LITERALS}}`
const EXPECTED_KEY = `{'[', '{', '}', '(', '.', ',', '-', '!', '?', ${LITERALS}}`

const STARTS = new Set('[ { ( . - ! true false null float int uint string bytes identifier'.split(' '))
const RELATIONS = new Set(['<', '<=', '>=', '>', '==', '!=', 'in'])
/** How close binary operators bind, with the names of their functions. */
const BINARY: ReadonlyMap<string, { readonly name: string; readonly level: number }> = new Map(
  [[...RELATIONS], ['+', '-'], ['*', '/', '%']].flatMap((signs, at) =>
    signs.map((sign) => [sign, { name: sign === 'in' ? '@in' : `_${sign}_`, level: at + 1 }] as const),
  ),
)

class Parser {
  readonly #tokens: readonly Token[]
  readonly #nodes: Nodes
  readonly #syntax: Syntax
  readonly #issues: Issue[]
  #at = 0
  #depth = 0

  constructor(tokens: readonly Token[], nodes: Nodes, syntax: Syntax, issues: Issue[]) {
    this.#tokens = tokens
    this.#nodes = nodes
    this.#syntax = syntax
    this.#issues = issues
  }

  parse(): Expr {
    const expr = this.#expr(EXPECTED)
    if (this.#token.kind === 'end') return expr
    const extra = this.#peek(1).kind === 'end'
    this.#fault(
      this.#token,
      `${extra ? 'extraneous' : 'mismatched'} input '${this.#token.text}' expecting <EOF>`,
    )
    throw new Stop()
  }

  get #token(): Token {
    return this.#tokens[this.#at] ?? this.#peek(0)
  }

  #peek(ahead: number): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] as Token
  }

  #next(): Token {
    const token = this.#token
    this.#at++
    return token
  }

  #take(kind: string): Token | undefined {
    return this.#token.kind === kind ? this.#next() : undefined
  }

  #fault({ at }: Token, text: string): void {
    this.#issues.push({ position: at, text: `Syntax error: ${text}` })
  }

  #report(position: number, text: string): Expr {
    this.#issues.push({ position, text })
    return this.#nodes.make({ kind: 'literal', position, value: null })
  }

  /** Takes a closing sign; one that is missing or behind one wrong token is told. */
  #close(kind: string): void {
    if (this.#take(kind) !== undefined) return
    const { text } = this.#token
    if (this.#peek(1).kind === kind) {
      this.#fault(this.#token, `extraneous input '${text}' expecting '${kind}'`)
      this.#at += 2
      return
    }
    const isMissing = this.#token.kind === 'end' || [')', ']', '}'].includes(this.#token.kind)
    this.#fault(
      this.#token,
      isMissing ? `missing '${kind}' at '${text}'` : `mismatched input '${text}' expecting '${kind}'`,
    )
    if (!isMissing) throw new Stop()
  }

  #expr(expected: string): Expr {
    if (++this.#depth > DEEPEST) this.#tooDeep(`expression recursion limit exceeded: ${DEEPEST}`)
    const condition = this.#logical('||', expected)
    const question = this.#take('?')
    if (question === undefined) {
      this.#depth--
      return condition
    }
    const yes = this.#logical('||', EXPECTED)
    this.#close(':')
    // inside the rule of the whole, so that a chain counts
    const no = this.#expr(EXPECTED)
    this.#depth--
    return this.#call(question.at, '_?_:_', [condition, yes, no])
  }

  #tooDeep(text: string): never {
    this.#issues.push({ position: 0, text: `Internal error: ${text}` })
    throw new Stop()
  }

  /** Checks a chain of operators or members, each of which nests the one before it. */
  #checkChain(links: number): void {
    if (links > DEEPEST) this.#tooDeep('max recursion depth exceeded')
  }

  /** Terms joined by one logical operator form a balanced tree. Source: helper.go balancer. */
  #logical(operator: '||' | '&&', expected: string): Expr {
    const first = this.#term(operator, expected)
    if (this.#token.kind !== operator) return first
    const terms = [first]
    const positions: number[] = []
    while (this.#token.kind === operator) {
      positions.push(this.#next().at)
      terms.push(this.#term(operator, EXPECTED))
    }
    return this.#balanced(operator === '||' ? '_||_' : '_&&_', terms, positions, 0, positions.length - 1)
  }

  #term(operator: '||' | '&&', expected: string): Expr {
    return operator === '||' ? this.#logical('&&', expected) : this.#binary(expected, 1)
  }

  #balanced(
    name: string,
    terms: readonly Expr[],
    positions: readonly number[],
    low: number,
    high: number,
  ): Expr {
    const middle = Math.floor((low + high + 1) / 2)
    const left =
      middle === low ? (terms[middle] as Expr) : this.#balanced(name, terms, positions, low, middle - 1)
    const right =
      middle === high ? (terms[middle + 1] as Expr) : this.#balanced(name, terms, positions, middle + 1, high)
    return this.#call(positions[middle] ?? 0, name, [left, right])
  }

  /** Parses operands that operators of at least a level join; those of one level nest to the left. */
  #binary(expected: string, least: number): Expr {
    let left = this.#unary(expected)
    let links = 0
    let level = 0
    for (;;) {
      const operator = BINARY.get(this.#token.kind)
      if (operator === undefined || operator.level < least) return left
      links = operator.level === level ? links + 1 : 1
      level = operator.level
      this.#checkChain(links)
      const { at } = this.#next()
      left = this.#call(at, operator.name, [left, this.#binary(EXPECTED, level + 1)])
    }
  }

  #unary(expected: string): Expr {
    const first = this.#token
    if (first.kind === '!' || (first.kind === '-' && !this.#isSign())) {
      let count = 0
      while (this.#token.kind === first.kind) {
        this.#next()
        count++
      }
      const member = this.#member(EXPECTED)
      return count % 2 === 0 ? member : this.#call(first.at, first.kind === '!' ? '!_' : '-_', [member])
    }
    return this.#member(expected)
  }

  /** Whether a minus belongs to the number behind it. */
  #isSign(): boolean {
    return this.#peek(1).kind === 'int' || this.#peek(1).kind === 'float'
  }

  #member(expected: string): Expr {
    let expr = this.#primary(expected)
    for (let links = 0; ; links++) {
      this.#checkChain(links)
      const open = this.#token
      if (open.kind === '.') {
        this.#next()
        const part = this.#part(expr, open)
        if (part === undefined) return expr
        expr = part
      } else if (open.kind === '[') {
        this.#next()
        const isOptional = this.#take('?') !== undefined
        const index = this.#expr(EXPECTED)
        this.#close(']')
        expr = this.#call(open.at, isOptional ? '_[?_]' : '_[_]', [expr, index])
      } else return expr
    }
  }

  /** Parses what follows a dot. Reports what is not a name, and returns undefined. */
  #part(operand: Expr, dot: Token): Expr | undefined {
    const isOptional = this.#take('?') !== undefined
    const name = this.#token
    if (name.kind !== 'identifier' && name.kind !== 'escaped') {
      const shown = name.kind === 'end' ? '' : name.text
      const isWord = name.kind === 'true' || name.kind === 'false' || name.kind === 'null'
      this.#fault(
        name,
        isWord
          ? `mismatched input '${name.text}' expecting IDENTIFIER`
          : `no viable alternative at input '.${isOptional ? '?' : ''}${shown}'`,
      )
      if (name.kind === 'end' || !RELATIONS.has(name.kind)) throw new Stop()
      return undefined
    }
    this.#next()
    const open = isOptional || name.kind === 'escaped' ? undefined : this.#take('(')
    if (open !== undefined) return this.#invoke(open.at, name.text, operand, this.#arguments())
    if (name.kind === 'escaped') return this.#report(name.at, "unsupported syntax: '`'")
    if (!isOptional)
      return this.#nodes.make({ kind: 'select', position: dot.at, operand, field: name.text, isTest: false })
    const field = this.#nodes.make({ kind: 'literal', position: name.at, value: name.text })
    return this.#call(dot.at, '_?._', [operand, field])
  }

  #arguments(): readonly Expr[] {
    if (this.#take(')') !== undefined) return []
    const args = [this.#expr(EXPECTED_ARGUMENT)]
    while (this.#take(',') !== undefined) args.push(this.#expr(EXPECTED))
    this.#close(')')
    return args
  }

  #primary(expected: string): Expr {
    const token = this.#token
    // a `!` begins an operand, but not one behind a `-`
    if (!STARTS.has(token.kind) || token.kind === '!') {
      const isExtra = STARTS.has(this.#peek(1).kind)
      const possible = token.kind === '!' ? expected.replace("'!', ", '') : expected
      this.#fault(
        token,
        `${isExtra ? 'extraneous' : 'mismatched'} input '${token.text}' expecting ${possible}`,
      )
      if (!isExtra) throw new Stop()
      this.#next()
      return this.#unary(expected)
    }
    switch (token.kind) {
      case '(': {
        this.#next()
        const expr = this.#expr(EXPECTED)
        this.#close(')')
        return expr
      }
      case '[':
        return this.#list()
      case '{':
        return this.#map()
      case '.':
      case 'identifier':
        return this.#name()
      default:
        return this.#literal()
    }
  }

  #list(): Expr {
    const { at } = this.#next()
    const items: { value: Expr; optional: boolean }[] = []
    if (this.#token.kind !== ']' && this.#token.kind !== ',') {
      do {
        if (this.#token.kind === ']' && items.length > 0) break
        if (this.#token.kind === ',' && items.length > 0) break
        const optional = this.#take('?') !== undefined
        items.push({ value: this.#expr(items.length === 0 ? EXPECTED_ITEM : EXPECTED), optional })
      } while (this.#take(',') !== undefined)
    } else this.#take(',')
    this.#close(']')
    return this.#nodes.make({ kind: 'list', position: at, items })
  }

  #map(): Expr {
    const { at } = this.#next()
    const entries: { key: Expr; value: Expr; optional: boolean }[] = []
    while (this.#token.kind !== '}' && this.#token.kind !== ',') {
      const optional = this.#take('?') !== undefined
      const key = this.#expr(entries.length === 0 ? EXPECTED_KEY : EXPECTED)
      this.#close(':')
      entries.push({ key, value: this.#expr(EXPECTED), optional })
      if (this.#take(',') === undefined) break
    }
    if (entries.length === 0) this.#take(',')
    this.#close('}')
    return this.#nodes.make({ kind: 'map', position: at, entries })
  }

  /** An identifier, a call, or a message. */
  #name(): Expr {
    const start = this.#token
    const dot = this.#take('.') === undefined ? '' : '.'
    const name = this.#token
    if (name.kind !== 'identifier') {
      this.#fault(name, `no viable alternative at input '.${name.kind === 'end' ? '' : name.text}'`)
      throw new Stop()
    }
    const message = this.#messageName()
    if (message !== undefined) return this.#message(dot + message)
    this.#next()
    if (RESERVED_WORDS.has(name.text)) {
      if (this.#take('(') !== undefined) this.#arguments()
      return this.#report(start.at, `reserved identifier: ${name.text}`)
    }
    const open = this.#take('(')
    if (open !== undefined) return this.#invoke(open.at, dot + name.text, undefined, this.#arguments())
    return this.#nodes.make({ kind: 'ident', position: name.at, name: dot + name.text })
  }

  /** Returns `a.b` if the tokens are `a.b{`. */
  #messageName(): string | undefined {
    let ahead = 0
    while (this.#peek(ahead).kind === 'identifier') {
      if (this.#peek(ahead + 1).kind === '{') {
        const names = this.#tokens.slice(this.#at, this.#at + ahead + 1)
        return names.map(({ text }) => text).join('')
      }
      if (this.#peek(ahead + 1).kind !== '.') return undefined
      ahead += 2
    }
    return undefined
  }

  #message(name: string): Expr {
    let open = this.#next()
    while (open.kind !== '{') open = this.#next()
    const { at } = open
    const fields: { name: string; value: Expr }[] = []
    while (this.#token.kind !== '}' && this.#token.kind !== ',') {
      this.#take('?')
      const field = this.#token
      if (field.kind !== 'identifier') {
        this.#fault(
          field,
          `mismatched input '${field.text}' expecting {'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}`,
        )
        throw new Stop()
      }
      this.#next()
      this.#close(':')
      fields.push({ name: field.text, value: this.#expr(EXPECTED) })
      if (this.#take(',') === undefined) break
    }
    this.#close('}')
    return this.#nodes.make({ kind: 'struct', position: at, name, fields })
  }

  #literal(): Expr {
    const sign = this.#take('-')
    const token = this.#next()
    if (sign !== undefined && token.kind !== 'int' && token.kind !== 'float') {
      this.#fault(token, `no viable alternative at input '-${token.text}'`)
      throw new Stop()
    }
    const position = (sign ?? token).at
    const text = (sign === undefined ? '' : '-') + token.text
    const make = (value: ReturnType<typeof literalValue>): Expr =>
      value === undefined
        ? this.#report(position, `invalid ${token.kind === 'float' ? 'double' : token.kind} literal`)
        : this.#nodes.make({ kind: 'literal', position, value })
    try {
      return make(literalValue(token.kind, text))
    } catch (error) {
      if (!(error instanceof LiteralError)) throw error
      return this.#report(position, error.message)
    }
  }

  #call(position: number, name: string, args: readonly Expr[]): Expr {
    return this.#nodes.make({ kind: 'call', position, name, target: undefined, args })
  }

  #invoke(position: number, name: string, target: Expr | undefined, args: readonly Expr[]): Expr {
    try {
      const expanded = expandMacro({ nodes: this.#nodes, position, ...this.#syntax }, name, target, args)
      return expanded ?? this.#nodes.make({ kind: 'call', position, name, target, args })
    } catch (error) {
      if (!(error instanceof MacroError)) throw error
      return this.#report(error.position, error.message)
    }
  }
}

const MOST_INT = 2n ** 63n
const MOST_UINT = 2n ** 64n
const SURE_DIGITS = 18

/** Returns the value of a literal's text; undefined if it does not fit its type. */
function literalValue(kind: string, text: string): LiteralValue | undefined {
  switch (kind) {
    case 'true':
    case 'false':
      return kind === 'true'
    case 'null':
      return null
    case 'string':
      return stringOf(text)
    case 'bytes':
      return bytesOf(text.slice(1))
    case 'float': {
      const value = Number(text)
      return Number.isFinite(value) ? value : undefined
    }
    case 'uint': {
      const value = BigInt(text.slice(0, -1))
      return value < MOST_UINT ? new Uint(value) : undefined
    }
    default: {
      // so few digits fit, whatever they are
      if (text.length <= SURE_DIGITS && !text.includes('x')) return BigInt(text)
      const size = BigInt(text.replace('-', ''))
      const value = text.startsWith('-') ? -size : size
      return value >= -MOST_INT && value < MOST_INT ? value : undefined
    }
  }
}

type LiteralValue = boolean | null | string | Uint8Array | number | Uint | bigint
