/** Reserved words of CEL. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set([
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
])

const SYMBOLS: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
}
const PLAIN: Readonly<Record<string, string>> = { underscores: '__', dot: '.', dash: '-', slash: '/' }

/**
 * Escapes a property's name for expressions: `foo-bar` becomes `foo__dash__bar`, `namespace` becomes
 * `__namespace__`. Undefined for names that expressions cannot have. Source: apiserver pkg/cel/escaping.go
 * Escape.
 */
export function escapeName(name: string): string | undefined {
  if (!/^[a-zA-Z_./-][\w./-]*$/.test(name)) return undefined
  if (RESERVED_WORDS.has(name)) return `__${name}__`
  return name.replace(/__|[-./]/g, (symbol) => SYMBOLS[symbol] ?? symbol)
}

/** Undoes {@link escapeName}; undefined for names that it does not return. Source: escaping.go Unescape. */
export function unescapeName(escaped: string): string | undefined {
  if (!escaped.includes('__')) return escaped
  let isValid = true
  const name = escaped.replace(/__([^_]+)__/g, (whole, word: string) => {
    const symbol = PLAIN[word]
    if (symbol !== undefined) return symbol
    if (!RESERVED_WORDS.has(word) || whole.length !== escaped.length) isValid = false
    return word
  })
  return isValid ? name : undefined
}
