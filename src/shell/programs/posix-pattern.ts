import { compileGoRegExp, type GoRegExp, isFault } from '../../lang/go/regexp.js'

/** How a program reads a pattern. */
export interface PosixFlags {
  /** Whether `(`, `{`, `+`, `?` and `|` are operators without a backslash. Default false. */
  readonly extended?: boolean
  /** Default false. */
  readonly ignoresCase?: boolean
}

/** In a basic expression, operators are written with backslashes. A class that is open ends with it. */
const OPERATORS = /\\[^]|\[\^?\]?(?:\[:\w*:\]|[^\]])*(?:\]|$)|[(){}+?|]/g

const basic = (source: string): string =>
  source
    .replaceAll(OPERATORS, (found) => {
      if (found.startsWith('[')) return found
      if (!found.startsWith('\\')) return `\\${found}`
      return '(){}+?|'.includes(found.charAt(1)) ? found.slice(1) : found
    })
    // a star with nothing before it is one
    .replace(/^(\^?)\*/, '$1\\*')

/**
 * Compiles a pattern of grep, sed or awk, of which the longest leftmost match counts; undefined if it is
 * invalid. It runs in linear time, so that back-references (`\1`) are invalid, too.
 */
export function posixPattern(
  source: string,
  { extended = false, ignoresCase }: PosixFlags,
): GoRegExp | undefined {
  const read = extended ? source : basic(source)
  const text = read.replaceAll(/\\[^]/g, (found) => (found === '\\<' || found === '\\>' ? '\\b' : found))
  const compiled = compileGoRegExp(text, { longest: true, ignoresCase: ignoresCase ?? false })
  return isFault(compiled) ? undefined : compiled
}

/** Returns a pattern that matches a text as it is. */
export const quotedPattern = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
