/**
 * The little shell's program form: a flat list of operations, so that where a script stands is a number.
 * Plain data throughout.
 *
 * Supported: simple commands with assignments, `;` `&` `&&` `||` `!` `|`, newlines and comments, `( )` `{ }`,
 * `if`/`elif`/`else`, `while`, `until`, `for`, `case`, functions, `< > >> 2> >&n 2>&1 <<EOF`, single and
 * double quotes, `\`, `$VAR`, `${VAR:-x}` (and `:=`, `:+`, `:?`, `#`, `##`, `%`, `%%`, `${#VAR}`), `$(...)`,
 * backquotes, `$((...))`, `$? $$ $# $@ $* $0 $1`, `*` and `?` for file names. Not supported: arrays, `[[ ]]`,
 * process substitution, job control. The stages of a pipe run one after the other, each to its end.
 */
export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | {
      readonly kind: 'variable'
      readonly name: string
      readonly quoted: boolean
      readonly operator?: string
      readonly operand?: Word
    }
  /** Result of the n-th command substitution of the command, counted from its first. */
  | { readonly kind: 'captured'; readonly at: number; readonly quoted: boolean }
  | { readonly kind: 'arithmetic'; readonly expression: Word; readonly quoted: boolean }

/** A word before its expansion. */
export type Word = readonly Part[]

/** `2>file`, `>>file`, `<file`, `2>&1`, `<<EOF`. */
export interface Redirect {
  readonly fd: number
  readonly mode: '<' | '>' | '>>' | '>&' | '<<'
  readonly target: Word
}

/**
 * One operation; `to` is the number of another. `captures`: so many results of substitutions does it take.
 */
export type Operation =
  | {
      readonly op: 'run'
      readonly assigns: readonly (readonly [string, Word])[]
      readonly words: readonly Word[]
      readonly redirects: readonly Redirect[]
      readonly captures: number
    }
  | { readonly op: 'jump'; readonly to: number }
  /** Jumps when the last status was success, or failure. */
  | { readonly op: 'branch'; readonly success: boolean; readonly to: number }
  | { readonly op: 'not' }
  | { readonly op: 'status'; readonly status: number }
  | {
      readonly op: 'loop'
      readonly exit: number
      readonly next: number
      readonly items?: readonly Word[]
      readonly captures?: number
    }
  | { readonly op: 'next'; readonly name: string; readonly exit: number }
  | { readonly op: 'end' }
  | { readonly op: 'redirect'; readonly redirects: readonly Redirect[]; readonly captures: number }
  /** `to`: the operation that ends it. */
  | { readonly op: 'capture' | 'pipe' | 'subshell'; readonly to: number }
  /**
   * The output of the stage before becomes the input of the next; `again` when that stage had an input
   * itself.
   */
  | { readonly op: 'piped'; readonly again: boolean; readonly to: number }
  | { readonly op: 'endCapture' | 'endSubshell' }
  | { readonly op: 'background'; readonly to: number }
  | { readonly op: 'function'; readonly name: string; readonly to: number }
  | { readonly op: 'return' }
  | {
      readonly op: 'case'
      readonly word: Word
      readonly captures: number
      readonly branches: readonly { readonly patterns: readonly Word[]; readonly to: number }[]
      readonly to: number
    }

/** A script that has been read. */
export type Program = readonly Operation[]

/** What `sh` says of a script that it cannot read. */
export class SyntaxFault extends Error {}

/** Puts a word into quotes, so that the shell reads it as it is. */
export function quoteWord(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}
