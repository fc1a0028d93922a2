/** Reserved words of CEL. */
const RESERVED = new Set([
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

/**
 * Escapes a property's name for expressions: `foo-bar` becomes `foo__dash__bar`, `namespace` becomes
 * `__namespace__`. Names that cannot be escaped stay as they are. Source: apiserver pkg/cel/escaping.go
 * Escape.
 */
export function escapeName(name: string): string {
  if (RESERVED.has(name)) return `__${name}__`
  return /[-./]|__/.test(name) ? name.replace(/__|[-./]/g, (symbol) => SYMBOLS[symbol] ?? symbol) : name
}
