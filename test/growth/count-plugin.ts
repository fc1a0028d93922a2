import type { Plugin } from 'rolldown'
import ts from 'typescript'

/**
 * Counts what compiled code does, as it is bundled: each call of a function, each round of a loop, and each
 * item that is spread or copied into a set. `test/growth/steps.ts` holds the counter, and counts what the
 * engine does by itself. The count of a run is exact, and the same on every machine.
 */
export const countPlugin: Plugin = {
  name: 'count-steps',
  transform: {
    filter: { id: { include: /\.[cm]?[jt]s$/, exclude: /\/test\/growth\/steps\.ts$/ } },
    handler: (code, id) => countedCode(code, id),
  },
}

const STEP = 'globalThis.steps[0]++'

/** Returns the code with its counts; what it does besides is the same. */
export function countedCode(code: string, path: string): string {
  const file = ts.createSourceFile(path, code, ts.ScriptTarget.ES2023, true)
  const insertions: { readonly at: number; readonly order: number; readonly text: string }[] = []
  const insert = (at: number, text: string): void => {
    insertions.push({ at, order: insertions.length, text })
  }
  const visit = (node: ts.Node): void => {
    const body = bodyOf(node)
    const copied = copiedBy(node)
    if (body !== undefined) {
      const start = body.getStart(file)
      if (ts.isBlock(body)) insert(start + 1, ` ${STEP};`)
      else insert(start, ts.isArrowFunction(node) ? `(${STEP}, ` : `{ ${STEP}; `)
    }
    if (copied !== undefined) insert(copied.getStart(file), 'globalThis.counted(')
    ts.forEachChild(node, visit)
    // after the children, so that what ends at one place closes from the inside out
    if (copied !== undefined) insert(copied.end, ')')
    if (body !== undefined && !ts.isBlock(body)) insert(body.end, ts.isArrowFunction(node) ? ')' : ' }')
  }
  visit(file)
  insertions.sort((a, b) => a.at - b.at || a.order - b.order)
  const pieces: string[] = []
  let from = 0
  for (const { at, text } of insertions) {
    pieces.push(code.slice(from, at), text)
    from = at
  }
  return pieces.join('') + code.slice(from)
}

/** The body of a function or of a loop. */
function bodyOf(node: ts.Node): ts.Node | undefined {
  if (ts.isFunctionLike(node) && 'body' in node) return node.body
  return ts.isIterationStatement(node, false) ? node.statement : undefined
}

/** What is spread, or given to a new Set or Map. */
function copiedBy(node: ts.Node): ts.Expression | undefined {
  if (ts.isSpreadElement(node) || ts.isSpreadAssignment(node)) return node.expression
  if (!ts.isNewExpression(node) || !/^(?:Set|Map)$/.test(node.expression.getText())) return undefined
  const [from] = node.arguments ?? []
  return from === undefined || ts.isSpreadElement(from) ? undefined : from
}
