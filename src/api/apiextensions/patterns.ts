/** Patterns that have been compiled: a cache over their texts. */
const compiled = new Map<string, RegExp | undefined>()
const MOST = 1000

/**
 * A pattern in Go's syntax (RE2) as a regular expression; undefined when it is none. What RE2 lacks
 * (look-around, back-references) is refused, what JavaScript writes in another way is rewritten.
 */
export function compilePattern(pattern: string): RegExp | undefined {
  if (compiled.has(pattern)) return compiled.get(pattern)
  if (compiled.size > MOST) compiled.clear()
  const expression = compile(pattern)
  compiled.set(pattern, expression)
  return expression
}

function compile(pattern: string): RegExp | undefined {
  if (/\(\?(=|!|<=|<!)/.test(pattern) || /\\[1-9]/.test(pattern)) return undefined
  const flags = /^\(\?([ims]+)\)/.exec(pattern)
  const text = (flags === null ? pattern : pattern.slice(flags[0].length))
    .replaceAll('\\A', '^')
    .replaceAll('\\z', '$')
    .replaceAll('(?P<', '(?<')
    .replace(
      /\[:(alnum|alpha|digit|lower|upper|space|punct|xdigit|word):\]/g,
      (_, name: string) => CLASSES[name] ?? '',
    )
  try {
    return new RegExp(text, flags?.[1] ?? '')
  } catch {
    return undefined
  }
}

const CLASSES: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  digit: '0-9',
  lower: 'a-z',
  upper: 'A-Z',
  space: '\\s',
  xdigit: '0-9A-Fa-f',
  word: '\\w',
  punct: '!-\\/:-@\\[-`{-~',
}
