import type { BudgetLimits } from '../../../lang/bounds/budget.js'
import { OverBudget } from '../../../lang/bounds/budget.js'
import { utf8Length } from '../../../lang/go/utf8.js'

/**
 * Bytes of the words and the variables of a process, with 8 for the address of each. Linux: a quarter of the
 * stack, whose limit is 8 MiB.
 */
export const ARG_MAX: number = 2 * 1024 * 1024
/** Bytes of one word or variable, with the zero at its end. Linux: MAX_ARG_STRLEN, 32 pages. */
const MOST_OF_ONE = 128 * 1024
const POINTER = 8

/** What `$(NAME)` in the words or variables of one container may make. */
export const EXPANSION: BudgetLimits = { work: 'the expansion of variables', bytes: ARG_MAX }

/** Whether Linux would not start a process with these words and variables: E2BIG. */
export function areTooLong(words: readonly string[], env: Readonly<Record<string, string>>): boolean {
  const texts = [...words, ...Object.keys(env), ...Object.values(env)]
  // a character has three bytes at most, so that most containers need no count
  const most = texts.reduce((sum, text) => sum + 3 * text.length + 2 * POINTER, 0)
  if (most < MOST_OF_ONE) return false
  let size = 0
  const isOver = (length: number): boolean => {
    size += length + 1 + POINTER
    return length >= MOST_OF_ONE || size > ARG_MAX
  }
  for (const word of words) if (isOver(utf8Length(word))) return true
  for (const [name, value] of Object.entries(env))
    if (isOver(utf8Length(name) + 1 + utf8Length(value))) return true
  return false
}

/** The error of a program whose words and variables are too long. */
export const tooLong = (program: string): string => `exec ${program}: argument list too long`

/** Returns the result, or undefined where what it makes is too long. */
export function unlessTooLong<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof OverBudget) return undefined
    throw error
  }
}
