import { RE2JS, type Matcher } from 're2js'
import { OverBudget, spend } from '../bounds/budget.js'

/**
 * A regular expression with the semantics of Go's package regexp: its time is linear in the text, times the
 * size of its program. What it may take is charged to the budget of the work that runs, before it does.
 * Methods throw OverBudget where one text alone would take more than a second.
 */
export interface GoRegExp {
  /** Whether the text contains a match. */
  test(text: string): boolean
  /** Returns the leftmost match, undefined if there is none. Offsets are UTF-16 units. */
  find(text: string): GoMatch | undefined
  /** Returns successive matches that do not overlap, at most `limit` if it is not negative. */
  findAll(text: string, limit?: number): readonly GoMatch[]
  /** As {@link findAll}, with the groups of each match. */
  findGroups(text: string, limit?: number): readonly GoGroups[]
}

/** How a pattern is read. */
export interface GoRegExpFlags {
  /** Default false. */
  readonly ignoresCase?: boolean
  /** Whether the longest of the leftmost matches counts, as in POSIX. Default: the first alternative. */
  readonly longest?: boolean
}

/** One match: its text and where it is, in UTF-16 units. */
export interface GoMatch {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** One match with its groups: the whole match first, undefined for those that take no part in it. */
export interface GoGroups extends GoMatch {
  readonly groups: readonly (string | undefined)[]
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
/**
 * Instructions of a program times units of a text that one search takes at most, and how much of that is one
 * step of a budget. To find where a match is takes up to 80 ns for each; to know that there is one, 16 ns,
 * and most patterns a hundredth of that.
 */
const FINDING = { most: 12_000_000, ofStep: 8 } as const
const TESTING = { most: 64_000_000, ofStep: 64 } as const
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
export function compileGoRegExp(pattern: string, flags: GoRegExpFlags = {}): GoRegExp | GoRegExpFault {
  const { ignoresCase = false, longest = false } = flags
  const bits = (ignoresCase ? RE2JS.CASE_INSENSITIVE : 0) | (longest ? RE2JS.LONGEST_MATCH : 0)
  const key = `${bits} ${pattern}`
  // charged whether it is known or not: what others have done must make no difference
  spend(pattern.length)
  const known = compiled.get(key)
  if (known !== undefined) return known
  if (pattern.length > LONGEST) return TOO_LARGE
  if (compiled.size >= MOST || units + pattern.length > MOST_UNITS) {
    compiled.clear()
    units = 0
  }
  const result = compile(pattern, bits)
  compiled.set(key, result)
  units += pattern.length
  return result
}

/** Whether a pattern did not compile. */
export function isFault(result: GoRegExp | GoRegExpFault): result is GoRegExpFault {
  return 'fault' in result
}

function compile(pattern: string, bits: number): GoRegExp | GoRegExpFault {
  try {
    const expression = RE2JS.compile(pattern, bits)
    const size = expression.programSize()
    const search = (text: string): Search => new Search(expression.matcher(text), text, size)
    return {
      test: (text) => {
        charge(size * (text.length + 1), TESTING)
        return expression.test(text)
      },
      find: (text) => {
        const one = search(text)
        return one.next(0) ? one.span() : undefined
      },
      findAll: (text, limit = -1) => allMatches(search(text), limit, (one) => one.span()),
      findGroups: (text, limit = -1) => allMatches(search(text), limit, (one) => one.groups()),
    }
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error)
    // Go lets two groups have one name
    if (fault.includes(DUPLICATE)) return compile(withoutNames(pattern), bits)
    return { fault: fault.endsWith(TRAILING) ? `${fault}: \`\`` : fault }
  }
}

const DUPLICATE = 'duplicate capture group name'
const TRAILING = 'trailing backslash at end of expression'

/** Makes named groups plain ones; escapes and character classes stay as they are. */
function withoutNames(pattern: string): string {
  // the parts of a class exclude each other, and one that is open ends with the pattern: linear time
  const tokens = /\\Q[^]*?(?:\\E|$)|\\[^]|\[\^?\]?(?:\[:\^?\w+:\]|\\[^]|[^\]\\])*(?:\]|\\?$)|\(\?P?<\w+>/g
  return pattern.replaceAll(tokens, (token) => (token.startsWith('(') ? '(' : token))
}

/** Charges the work of a search; `all` is that of the searches in the same text. @throws OverBudget */
function charge(all: number, { most, ofStep }: typeof FINDING | typeof TESTING, work: number = all): void {
  if (all > most) throw new OverBudget('the match of a pattern', 'steps', most / ofStep)
  spend(Math.ceil(work / ofStep))
}

/** The search of one pattern in one text. */
class Search {
  readonly text: string
  readonly #matcher: Matcher
  readonly #size: number
  #work = 0

  constructor(matcher: Matcher, text: string, size: number) {
    this.#matcher = matcher
    this.text = text
    this.#size = size
  }

  /**
   * Finds the next match from `at` on. Each search may look at the rest of the text (`a.*b|a`), so that many
   * matches in a long text cost its square. @throws OverBudget
   */
  next(at: number): boolean {
    const work = this.#size * (this.text.length - at + 1)
    this.#work += work
    charge(this.#work, FINDING, work)
    return at === 0 ? this.#matcher.find() : this.#matcher.find(at)
  }

  span(): GoMatch {
    const [start, end] = [this.#matcher.start(), this.#matcher.end()]
    return { text: this.text.slice(start, end), start, end }
  }

  groups(): GoGroups {
    const numbers = Array.from({ length: this.#matcher.groupCount() + 1 }, (_, at) => at)
    return { ...this.span(), groups: numbers.map((at) => this.#matcher.group(at) ?? undefined) }
  }
}

/** An empty match right after the previous match does not count. Source: regexp.go allMatches. */
function allMatches<T extends GoMatch>(
  search: Search,
  limit: number,
  matchOf: (search: Search) => T,
): readonly T[] {
  const { text } = search
  const found: T[] = []
  let previousEnd = -1
  let at = 0
  while (at <= text.length && found.length !== limit && search.next(at)) {
    const match = matchOf(search)
    const { start, end } = match
    if (end > start || start !== previousEnd) found.push(match)
    previousEnd = end
    if (end > at) at = end
    else at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
  }
  return found
}
