import type { Budget, BudgetLimits } from '../../../lang/bounds/budget.js'

/** A piece of a text with references: the text itself, or the name that `$(NAME)` refers to. */
type Piece = { readonly text: string } | { readonly text: string; readonly name: string }

/**
 * Splits a text at its references in one pass. `$$` stands for `$`; a `$(` without its end is text. Source:
 * third_party/forked/golang/expansion.
 */
function* pieces(text: string): Generator<Piece, void> {
  let from = 0
  const lastClosing = text.lastIndexOf(')')
  for (let at = text.indexOf('$'); at >= 0; at = text.indexOf('$', from)) {
    if (at > from) yield { text: text.slice(from, at) }
    const next = text[at + 1]
    if (next === '$') {
      yield { text: '$' }
      from = at + 2
    } else if (next === '(' && at < lastClosing) {
      const end = text.indexOf(')', at)
      yield { text: text.slice(at, end + 1), name: text.slice(at + 2, end) }
      from = end + 1
    } else {
      yield { text: '$' }
      from = at + 1
    }
  }
  if (from < text.length) yield { text: text.slice(from) }
}

/**
 * Replaces `$(NAME)` by the value of an existing variable; `$$(NAME)` becomes `$(NAME)`. Each character of
 * the result counts as a byte of the budget, since values that contain others double with each variable.
 * @throws OverBudget
 */
export function expanded(
  text: string,
  valueOf: (name: string) => string | undefined,
  budget: Budget,
): string {
  if (!text.includes('$')) {
    budget.take(text.length)
    return text
  }
  const parts: string[] = []
  for (const piece of pieces(text)) {
    const part = 'name' in piece ? (valueOf(piece.name) ?? piece.text) : piece.text
    budget.take(part.length)
    parts.push(part)
  }
  return parts.join('')
}

/** Returns the names to which a text refers, in order. */
export function referredNames(text: string): readonly string[] {
  const names: string[] = []
  for (const piece of pieces(text)) if ('name' in piece) names.push(piece.name)
  return names
}

/** What Linux takes as a path. */
export const PATH_MAX: BudgetLimits = { work: 'a path', bytes: 4096 }

/** Returns how the variables of a record are looked up. */
export const lookUp =
  (env: Readonly<Record<string, string>>) =>
  (name: string): string | undefined =>
    Object.hasOwn(env, name) ? env[name] : undefined
