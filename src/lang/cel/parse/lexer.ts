import { spend } from '../../bounds/budget.js'
import type { Issue } from './issues.js'

/**
 * The kinds of tokens: int, uint, float, string, bytes, identifier, escaped, end. Those of operators and
 * words are their text.
 */
export type TokenKind = string

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  /** Where it begins, in UTF-16 units. */
  readonly at: number
}

const ESCAPE = '\\\\(?:[abfnrtv"\'\\\\?`]|[0-3][0-7][0-7]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})'
const STRING = [
  `"""(?:${ESCAPE}|[^\\\\])*?"""`,
  `'''(?:${ESCAPE}|[^\\\\])*?'''`,
  `"(?:${ESCAPE}|[^\\\\"\\n\\r])*"`,
  `'(?:${ESCAPE}|[^\\\\'\\n\\r])*'`,
  `[rR]"""[^]*?"""`,
  `[rR]'''[^]*?'''`,
  `[rR]"[^"\\n\\r]*"`,
  `[rR]'[^'\\n\\r]*'`,
].join('|')

/** A kind of token, with what its first character can be. */
interface Rule {
  readonly kind: TokenKind
  readonly first: RegExp
  readonly pattern: RegExp
}

/** Rules in order: the first of the longest matches wins, as in ANTLR. Source: cel-go parser/gen/CEL.g4. */
const RULES: readonly Rule[] = [
  {
    kind: 'operator',
    first: /[=!<>&|[\]{}().,\-?:+*/%]/,
    pattern: /==|!=|<=|>=|&&|\|\||[<>[\]{}().,\-!?:+*/%]/y,
  },
  { kind: 'space', first: /[\t \r\n\f/]/, pattern: /[\t \r\n\f]+|\/\/[^\n]*/y },
  {
    kind: 'float',
    first: /[\d.]/,
    pattern: /\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?/y,
  },
  { kind: 'uint', first: /\d/, pattern: /(?:0x[0-9a-fA-F]+|\d+)[uU]/y },
  { kind: 'int', first: /\d/, pattern: /0x[0-9a-fA-F]+|\d+/y },
  { kind: 'string', first: /["'rR]/, pattern: new RegExp(STRING, 'y') },
  { kind: 'bytes', first: /[bB]/, pattern: new RegExp(`[bB](?:${STRING})`, 'y') },
  { kind: 'identifier', first: /[A-Za-z_]/, pattern: /[A-Za-z_]\w*/y },
  { kind: 'escaped', first: /`/, pattern: /`[\w.\-/ ]+`/y },
]
/** The rules of each ASCII character; no token begins with another. */
const BY_FIRST: readonly (readonly Rule[])[] = Array.from({ length: 128 }, (_, code) =>
  RULES.filter(({ first }) => first.test(String.fromCharCode(code))),
)

/**
 * Steps of parsing, checking, estimating and planning one token: some 4 us of a process that has compiled
 * little before. A request compiles 50,000, which keep a server's other clients waiting for less than 200 ms;
 * the rules of the largest CustomResourceDefinitions of known projects have 1,500.
 */
const STEPS_OF_TOKEN = 200
/** Steps of passing over blanks and comments. */
const STEPS_OF_SPACE = 10

const WORDS = new Set(['in', 'true', 'false', 'null'])

/**
 * Splits an expression into tokens, the last one of kind `end`. Faults are added to `issues`. Charges what
 * compiling the whole expression will cost.
 */
export function tokensOf(source: string, issues: Issue[]): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < source.length) {
    const { kind, text } = longestMatch(source, at)
    if (text === '') {
      const end = Math.min(faultEnd(source, at) + 1, source.length)
      const told = source.slice(at, end).replaceAll('\n', '\\n').replaceAll('\t', '\\t')
      issues.push({ position: at, text: `Syntax error: token recognition error at: '${told}'` })
      at = end
      continue
    }
    spend(kind === 'space' ? STEPS_OF_SPACE : STEPS_OF_TOKEN)
    if (kind !== 'space') {
      const isSign = kind === 'operator' || (kind === 'identifier' && WORDS.has(text))
      tokens.push({ kind: isSign ? text : kind, text, at })
    }
    at += text.length
  }
  tokens.push({ kind: 'end', text: '<EOF>', at: source.length })
  return tokens
}

interface Match {
  readonly kind: TokenKind
  readonly text: string
}

function longestMatch(source: string, at: number): Match {
  return plainMatch(source, at) ?? ruleMatch(source, at)
}

/** With what a number goes on behind its decimal digits: `1.5`, `1e3`, `0x1`, `1u`. */
const GOES_ON = /[\w.]/
/** Operators that no other operator begins with. */
const SIGNS: ReadonlyMap<string, Match> = new Map(
  Array.from('[]{}(),-?:+*%', (text) => [text, { kind: 'operator', text }]),
)

/** Most tokens of a long expression: signs, and decimal digits. Undefined if the rules have to decide. */
function plainMatch(source: string, at: number): Match | undefined {
  const first = source.charAt(at)
  const sign = SIGNS.get(first)
  if (sign !== undefined) return sign
  let end = at
  while (isDigit(source.charCodeAt(end))) end++
  if (end === at || GOES_ON.test(source.charAt(end))) return undefined
  return { kind: 'int', text: source.slice(at, end) }
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57

function ruleMatch(source: string, at: number): Match {
  let best = { kind: 'operator' as TokenKind, text: '' }
  for (const { kind, pattern } of BY_FIRST[source.charCodeAt(at)] ?? []) {
    pattern.lastIndex = at
    const text = pattern.exec(source)?.[0] ?? ''
    if (text.length > best.text.length) best = { kind, text }
  }
  return best
}

/** Returns the index of the character with which no token can go on. */
function faultEnd(source: string, at: number): number {
  const char = source.charAt(at)
  if (char === '=' || char === '&' || char === '|') return at + 1
  // bounded: constants
  const begun = new RegExp(
    char === '`' ? '`[\\w.\\-/ ]*' : `(["'])(?:${ESCAPE}|(?!\\1)[^\\\\\\n\\r])*\\\\?`,
    'y',
  )
  begun.lastIndex = at
  const length = begun.exec(source)?.[0].length ?? 0
  return at + length
}
