/**
 * The built-in shell's program form: a flat list of operations, so that a position in a script is a number.
 * Plain data throughout.
 *
 * Supported: simple commands with assignments, `;` `&` `&&` `||` `!` `|`, newlines and comments, `( )` `{ }`,
 * `if`/`elif`/`else`, `while`, `until`, `for`, `case`, functions, `< > >> 2> >&n 2>&1 <<EOF`, single and
 * double quotes, `\`, `$VAR`, `${VAR:-x}` (and `:=`, `:+`, `:?`, `#`, `##`, `%`, `%%`, `${#VAR}`), `$(...)`,
 * backquotes, `$((...))`, `$? $$ $# $@ $* $0 $1`, `*` and `?` for file names. Not supported: arrays, `[[ ]]`,
 * process substitution, job control. The stages of a pipe run one after the other, each to its end.
 */
export type WordPart =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | {
      readonly kind: 'variable'
      readonly name: string
      readonly quoted: boolean
      readonly operator?: string
      readonly operand?: Word
    }
  /** Result of the command's n-th command substitution. */
  | { readonly kind: 'captured'; readonly at: number; readonly quoted: boolean }
  | { readonly kind: 'arithmetic'; readonly expression: Word; readonly quoted: boolean }

/** A word before its expansion. */
export type Word = readonly WordPart[]

/** `2>file`, `>>file`, `<file`, `2>&1`, `<<EOF`. */
export interface Redirect {
  readonly fd: number
  readonly mode: '<' | '>' | '>>' | '>&' | '<<'
  readonly target: Word
}

/**
 * One operation; `to` is the number of another. `captures`: number of substitution results that it consumes.
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
  /** Jumps if the last status was a success, or a failure. */
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
  /** Makes the output of the last stage the input of the next; `again` if that stage had an input itself. */
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

/** A compiled script. */
export type CompiledScript = readonly Operation[]

/** The error of `sh` for a script that it cannot parse. */
export class SyntaxFault extends Error {}

/** Quotes a word, so that the shell reads it unchanged. */
export function quoteWord(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}
