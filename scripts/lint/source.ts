import ts from 'typescript'
import { type Found, unboundedUses } from './bounds.js'

/** What the layer lint wants to know of one file. */
export interface SourceFacts {
  /** The module specifiers of `import`, `import type`, `export … from`, `import()` and `typeof import()`. */
  readonly imports: readonly Found[]
  /** Uses of a clock, a timer or a random source that virtual time does not control. */
  readonly impure: readonly Found[]
  /** How many lines each function has, from its first to its last. */
  readonly functions: readonly Found[]
  readonly lines: number
  /** Values that become a pattern, a size or a time, see `bounds.ts`. */
  readonly unbounded: readonly Found[]
}

const timers = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'requestAnimationFrame',
])
const globals = new Set(['globalThis', 'window', 'self'])
const members: Readonly<Record<string, ReadonlySet<string>>> = {
  Date: new Set(['now']),
  Math: new Set(['random']),
  performance: new Set(['now', 'timeOrigin']),
  crypto: new Set(['randomUUID', 'getRandomValues']),
}

/** Reads the facts of one TypeScript file by its syntax alone. */
export function readSource(path: string, text: string): SourceFacts {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true)
  const imports: Found[] = []
  const impure: Found[] = []
  const functions: Found[] = []
  const lineOf = (position: number): number => file.getLineAndCharacterOfPosition(position).line + 1
  const firstLine = (node: ts.Node): number => lineOf(node.getStart(file))
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node)
    if (specifier) imports.push({ line: firstLine(specifier), text: specifier.text })
    const use = impureUse(node)
    if (use) impure.push({ line: firstLine(node), text: use })
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const line = firstLine(node)
      functions.push({ line, text: String(lineOf(node.getEnd()) - line + 1) })
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return { imports, impure, functions, lines: lineOf(file.getEnd()), unbounded: unboundedUses(path, text) }
}

function specifierOf(node: ts.Node): ts.StringLiteralLike | undefined {
  let found: ts.Node | undefined
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) found = node.moduleSpecifier
  else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    found = node.arguments[0]
  else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) found = node.argument.literal
  return found && ts.isStringLiteralLike(found) ? found : undefined
}

function impureUse(node: ts.Node): string | undefined {
  if (ts.isIdentifier(node) && timers.has(node.text) && isReference(node)) return node.text
  if (ts.isPropertyAccessExpression(node)) return impureMember(node)
  const creates = ts.isNewExpression(node) || ts.isCallExpression(node)
  if (!creates || !ts.isIdentifier(node.expression) || node.expression.text !== 'Date') return undefined
  if (ts.isCallExpression(node)) return 'Date()'
  return node.arguments && node.arguments.length > 0 ? undefined : 'new Date()'
}

function impureMember(node: ts.PropertyAccessExpression): string | undefined {
  const name = node.name.text
  const owner = ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression
  if (!ts.isIdentifier(owner)) return undefined
  if (globals.has(owner.text) && timers.has(name)) return `${owner.text}.${name}`
  return Object.hasOwn(members, owner.text) && members[owner.text]?.has(name)
    ? `${owner.text}.${name}`
    : undefined
}

/** An identifier that reads a variable: neither the name of a member nor the name in a declaration. */
function isReference(node: ts.Identifier): boolean {
  const parent = node.parent
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isQualifiedName(parent) || ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return false
  return !('name' in parent && parent.name === node)
}
