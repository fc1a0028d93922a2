/** Words that CEL keeps for itself. */
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
 * A property's name as expressions write it: `foo-bar` is `foo__dash__bar`, `namespace` is `__namespace__`.
 * Names that cannot be written stay as they are. Source: apiserver pkg/cel/escaping.go Escape.
 */
export function escapeName(name: string): string {
  if (RESERVED.has(name)) return `__${name}__`
  return /[-./]|__/.test(name) ? name.replace(/__|[-./]/g, (symbol) => SYMBOLS[symbol] ?? symbol) : name
}
