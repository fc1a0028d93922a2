/** Compiled patterns by text: a cache. */
const compiled = new Map<string, RegExp | undefined>()
const MOST = 1000

/**
 * Compiles a pattern in Go's syntax (RE2). Returns undefined if it is invalid. Constructs that RE2 lacks
 * (look-around, back-references) are refused; those with another syntax in JavaScript are rewritten.
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
