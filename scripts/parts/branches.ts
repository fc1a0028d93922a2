import { childIn, isFunction, nodesIn, walk, type Node } from './syntax.js'

/**
 * Statements that follow each other to the end of a block, or the one statement of a branch without braces.
 */
export interface Run {
  /** The statements, as a block of their own. */
  readonly block: Node
  /** Whether a function ends after them. */
  readonly endsFunction: boolean
  /** Whether they are no list, so that another statement needs braces. */
  readonly isSingle: boolean
}

const LEAVING = new Set(['ReturnStatement', 'ThrowStatement', 'BreakStatement', 'ContinueStatement'])

/**
 * Where a node may go on or not: branches of `if`, of loops and of `catch` that it has, and what follows a
 * statement which may leave. `parent` is its own. Each is known by where it starts; see {@link branchKey}.
 */
export function runsOf(node: Node, parent: Node | undefined): readonly Run[] {
  if (node.type === 'BlockStatement' && parent) return runsOfBlock(node, parent)
  return branchesOf(node)
    .filter(({ type }) => type !== 'BlockStatement' && type !== 'IfStatement' && type !== 'EmptyStatement')
    .map((one) => ({ block: blockOf([one]), endsFunction: false, isSingle: true }))
}

function runsOfBlock(block: Node, parent: Node): readonly Run[] {
  const all = nodesIn(block, 'body')
  const isBranch = branchesOf(parent).includes(block)
  const starts = all.flatMap((_, at) => ((at === 0 ? isBranch : mayLeave(all[at - 1])) ? [at] : []))
  return starts.map((at) => ({
    block: blockOf(all.slice(at)),
    endsFunction: isFunction(parent),
    isSingle: false,
  }))
}

function blockOf(statements: readonly Node[]): Node {
  return {
    type: 'BlockStatement',
    start: statements[0]?.start ?? 0,
    end: statements.at(-1)?.end ?? 0,
    body: statements,
  }
}

function branchesOf(node: Node): readonly Node[] {
  const fields = node.type === 'IfStatement' ? ['consequent', 'alternate'] : ['body']
  if (node.type !== 'IfStatement' && node.type !== 'CatchClause' && !/^(?:For|While)/.test(node.type))
    return []
  return fields.flatMap((field) => childIn(node, field) ?? [])
}

/** Whether a statement may leave the block that it is in. */
function mayLeave(statement: Node | undefined): boolean {
  return statement !== undefined && leavesIn(statement).length > 0
}

/** The statements that leave something, without those of functions within. */
export function leavesIn(node: Node): readonly Node[] {
  const found: Node[] = []
  walk(node, (one) => {
    if (LEAVING.has(one.type)) found.push(one)
    return !LEAVING.has(one.type) && (one === node || !isFunction(one))
  })
  return found
}

/** How a run is noted, beside functions: those are known by where they start. */
export function branchKey({ block }: Run): number {
  return ~block.start
}
