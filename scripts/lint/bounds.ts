import ts from 'typescript'

/** A place in a file and what was found there. */
export interface Found {
  readonly line: number
  readonly text: string
}

/** What a comment on the same line, or the line before, says of a use that is bounded otherwise. */
const MARK = /\/\/ bounded: \S/

/** Calls that allocate or wait as much as their argument says, by the place of that argument. */
const SIZED: Readonly<Record<string, number>> = {
  repeat: 0,
  alloc: 0,
  allocUnsafe: 0,
  setTimeout: 1,
  setInterval: 1,
}

/** The file that holds the patterns of clients, and the one that waits for them. */
const HOMES: Readonly<Record<string, readonly string[]>> = { RegExp: ['lang/go/regexp.ts'], timeout: [] }

/**
 * Finds where a value could become a pattern, a size or a time without a bound: `new RegExp` of anything but
 * the constants of its file, `AbortSignal.timeout`, and a time, repetition or buffer that is not constant.
 * One that is bounded elsewhere says so: `// bounded: a port has five digits`.
 */
export function unboundedUses(path: string, text: string): readonly Found[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true)
  const lines = text.split('\n')
  const constants = constantsOf(file)
  const found: Found[] = []
  const visit = (node: ts.Node): void => {
    const use =
      ts.isNewExpression(node) || ts.isCallExpression(node) ? faultOf(node, path, constants) : undefined
    if (use !== undefined) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file))
      const isMarked = [line, line - 1].some((at) => MARK.test(lines[at] ?? ''))
      if (!isMarked) found.push({ line: line + 1, text: use })
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

/** The names of the file's own constants, and of what it imports in capitals. */
function constantsOf(file: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>()
  for (const statement of file.statements)
    if (ts.isVariableStatement(statement) && (statement.declarationList.flags & ts.NodeFlags.Const) !== 0)
      for (const { name } of statement.declarationList.declarations)
        if (ts.isIdentifier(name)) names.add(name.text)
  return names
}

function faultOf(
  node: ts.NewExpression | ts.CallExpression,
  path: string,
  constants: ReadonlySet<string>,
): string | undefined {
  const callee = node.expression
  const name = ts.isPropertyAccessExpression(callee)
    ? callee.name.text
    : ts.isIdentifier(callee)
      ? callee.text
      : ''
  const args = node.arguments ?? []
  if (name === 'RegExp' && HOMES['RegExp']?.includes(path) !== true)
    return args.slice(0, 1).every((arg) => isConstant(arg, constants)) ? undefined : 'new RegExp of a value'
  if (
    name === 'timeout' &&
    ts.isPropertyAccessExpression(callee) &&
    callee.expression.getText() === 'AbortSignal'
  )
    return 'AbortSignal.timeout'
  const place = Object.hasOwn(SIZED, name) ? SIZED[name] : undefined
  const size = place === undefined ? undefined : args[place]
  return size === undefined || isConstant(size, constants) ? undefined : `${name} of a value`
}

/** Whether an expression has nothing but literals and constants of the file. */
function isConstant(node: ts.Expression, constants: ReadonlySet<string>): boolean {
  if (ts.isLiteralExpression(node) || ts.isRegularExpressionLiteral(node)) return true
  if (ts.isIdentifier(node)) return constants.has(node.text) || /^[A-Z][A-Z\d_]*$/.test(node.text)
  if (ts.isTemplateExpression(node))
    return node.templateSpans.every(({ expression }) => isConstant(expression, constants))
  if (ts.isTaggedTemplateExpression(node))
    return ts.isNoSubstitutionTemplateLiteral(node.template) || isConstant(node.template, constants)
  if (ts.isBinaryExpression(node))
    return isConstant(node.left, constants) && isConstant(node.right, constants)
  if (ts.isParenthesizedExpression(node)) return isConstant(node.expression, constants)
  // a constant list that is joined
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === 'join' &&
    isConstant(node.expression.expression, constants)
  )
}
