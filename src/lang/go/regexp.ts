import { RE2JS, type Matcher } from 're2js'

/** A regular expression with the semantics of Go's package regexp: its time is linear in the text. */
export interface GoRegExp {
  /** Whether the text contains a match. */
  test(text: string): boolean
  /** Returns the leftmost match, undefined if there is none. Offsets are UTF-16 units. */
  find(text: string): GoMatch | undefined
  /** Returns successive matches that do not overlap, at most `limit` if it is not negative. */
  findAll(text: string, limit?: number): readonly GoMatch[]
}

/** One match: its text and where it is, in UTF-16 units. */
export interface GoMatch {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** A pattern that does not parse, with Go's text: "error parsing regexp: missing closing ): `(a`". */
export interface GoRegExpFault {
  readonly fault: string
}

/**
 * Longest pattern, in UTF-16 units. Go limits the size of the program (ErrLarge) and has a fifth of the cost;
 * here the port takes up to a second and 8 MB for such a pattern.
 */
const LONGEST = 10_000
const TOO_LARGE: GoRegExpFault = { fault: 'error parsing regexp: expression too large' }

/** Most patterns that are kept, and their length together: what is compiled takes 800 bytes for each unit. */
const MOST = 1000
const MOST_UNITS = 50_000
/** Compiled patterns by text: a cache. */
const compiled = new Map<string, GoRegExp | GoRegExpFault>()
let units = 0

/**
 * Compiles a pattern in Go's syntax (RE2). Patterns that users send run here, never in JavaScript's engine,
 * which has another syntax and can take exponential time. One longer than 10,000 units is a fault. Source: Go
 * 1.24 regexp.
 */
export function compileGoRegExp(pattern: string): GoRegExp | GoRegExpFault {
  const known = compiled.get(pattern)
  if (known !== undefined) return known
  if (pattern.length > LONGEST) return TOO_LARGE
  if (compiled.size >= MOST || units + pattern.length > MOST_UNITS) {
    compiled.clear()
    units = 0
  }
  const result = compile(pattern)
  compiled.set(pattern, result)
  units += pattern.length
  return result
}

/** Whether a pattern did not compile. */
export function isFault(result: GoRegExp | GoRegExpFault): result is GoRegExpFault {
  return 'fault' in result
}

function compile(pattern: string): GoRegExp | GoRegExpFault {
  try {
    const expression = RE2JS.compile(pattern)
    return {
      test: (text) => expression.matcher(text).find(),
      find: (text) => firstMatch(expression.matcher(text), text),
      findAll: (text, limit = -1) => allMatches(expression.matcher(text), text, limit),
    }
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error)
    // Go lets two groups have one name
    if (fault.includes(DUPLICATE)) return compile(withoutNames(pattern))
    return { fault: fault.endsWith(TRAILING) ? `${fault}: \`\`` : fault }
  }
}

const DUPLICATE = 'duplicate capture group name'
const TRAILING = 'trailing backslash at end of expression'

/** Makes named groups plain ones; escapes and character classes stay as they are. */
function withoutNames(pattern: string): string {
  const tokens = /\\Q[^]*?(?:\\E|$)|\\[^]|\[\^?\]?(?:\[:\^?\w+:\]|\\[^]|[^\]])*\]|\(\?P?<\w+>/g
  return pattern.replaceAll(tokens, (token) => (token.startsWith('(') ? '(' : token))
}

function firstMatch(matcher: Matcher, text: string): GoMatch | undefined {
  if (!matcher.find()) return undefined
  const [start, end] = [matcher.start(), matcher.end()]
  return { text: text.slice(start, end), start, end }
}

/** An empty match right after the previous match does not count. Source: regexp.go allMatches. */
function allMatches(matcher: Matcher, text: string, limit: number): readonly GoMatch[] {
  const found: GoMatch[] = []
  let previousEnd = -1
  let at = 0
  while (at <= text.length && found.length !== limit && matcher.find(at)) {
    const [start, end] = [matcher.start(), matcher.end()]
    if (end > start || start !== previousEnd) found.push({ text: text.slice(start, end), start, end })
    previousEnd = end
    if (end > at) at = end
    else at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
  }
  return found
}
