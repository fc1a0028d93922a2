import { leavesIn, type Run } from './branches.js'
import {
  changed,
  childIn,
  isFunction,
  isTied,
  namesBoundBy,
  namesDeclaredBy,
  namesIn,
  nodesIn,
  someIn,
  walk,
  type Change,
  type Node,
} from './syntax.js'

/** A function within others, or in a table, that can be moved to the top of another file. */
export interface Lifted {
  /** What takes its place, when it is called `name` there. */
  readonly change: (name: string) => Change
  /** Its declaration under that name; `changes` are made within. */
  readonly declaration: (name: string, changes: readonly Change[]) => string
}

/** What the name of the object becomes whose method holds the function. */
const SELF = 'self$'

/**
 * Makes of a function expression (or a function declared in another) one at the top of a file, which is given
 * what it uses of the functions around it. `undefined` when that cannot be: it uses a variable of theirs that
 * changes, or that may not have its value yet (it is declared further down), or `arguments`, `super` and the
 * like.
 */
export function lift(code: string, fn: Node, ancestors: readonly Node[]): Lifted | undefined {
  const parameters = nodesIn(fn, 'params')
  const body = childIn(fn, 'body')
  if (!body || fn.generator === true || parameters.some(({ type }) => type === 'RestElement') || isBound(fn))
    return undefined
  const captured = capturedBy(fn, ancestors)
  if (!captured) return undefined
  const selves = thisIn(fn)
  if (selves.length > 0 && fn.type !== 'ArrowFunctionExpression') return undefined
  const around = [...(selves.length > 0 ? [SELF] : []), ...captured]
  const given = parameters.map((_, at) => `$${at}`)
  const start = parameters[0]?.start ?? 0
  const end = parameters.at(-1)?.end ?? 0
  return {
    change(name) {
      const isAlone =
        around.length === 0 && ancestors.every((one) => !isFunction(one) && !one.type.startsWith('Class'))
      const passed = [...(selves.length > 0 ? ['this'] : []), ...captured, ...given].join(', ')
      return {
        ...placeOf(fn, ancestors),
        by: standIn(code, fn, ancestors, isAlone ? name : undefined, given.join(', '), `${name}(${passed})`),
      }
    },
    declaration(name, changes) {
      const inner = [...changes, ...selves.map((self) => ({ start: self.start, end: self.end, by: SELF }))]
      const all = [...around, ...(parameters.length > 0 ? [changed(code, inner, { start, end })] : [])].join(
        ', ',
      )
      const text = changed(code, inner, body)
      return (
        `export const ${name} = ${fn.async === true ? 'async ' : ''}(${all}) => ` +
        `${body.type === 'BlockStatement' ? text : `(${text})`}`
      )
    },
  }
}

/**
 * Makes of statements, up to the end of a block, a function at the top of a file that is called instead.
 * `undefined` when that cannot be: they change a variable of the function around them, wait, leave a loop, or
 * return only sometimes.
 */
export function liftRun(code: string, run: Run, ancestors: readonly Node[]): Lifted | undefined {
  const { block } = run
  const captured =
    isBound(block) || isWaiting(block) || isKnownBefore(block, ancestors.at(-1))
      ? undefined
      : capturedByRun(block, ancestors)
  const leaves = leavesIn(block)
  if (!captured || leaves.some(({ type }) => type === 'BreakStatement' || type === 'ContinueStatement'))
    return undefined
  const returns = leaves.some(({ type }) => type === 'ReturnStatement')
  const last = nodesIn(block, 'body').at(-1)
  const leavesAlways = run.endsFunction || last?.type === 'ReturnStatement' || last?.type === 'ThrowStatement'
  if (returns && (!leavesAlways || isInConstructor(ancestors))) return undefined
  const selves = thisIn(block)
  return {
    change(name) {
      const call = `${name}(${[...(selves.length > 0 ? ['this'] : []), ...captured].join(', ')});`
      return { start: block.start, end: block.end, by: returns ? `return ${call}` : call }
    },
    declaration(name, changes) {
      const inner = [...changes, ...selves.map((self) => ({ start: self.start, end: self.end, by: SELF }))]
      return (
        `export const ${name} = (${[...(selves.length > 0 ? [SELF] : []), ...captured].join(', ')}) => ` +
        `{ ${changed(code, inner, block)} }`
      )
    },
  }
}

/**
 * The names of the function around them that statements use; `undefined` when they change one, or may not
 * have its value yet.
 */
function capturedByRun(block: Node, ancestors: readonly Node[]): readonly string[] | undefined {
  const captured = capturedBy(block, ancestors, true)
  const assigned = assignedIn(block)
  return captured?.some((name) => assigned.has(name)) === true ? undefined : captured
}

/** Whether what stands before statements where they are may use what they declare. */
function isKnownBefore(block: Node, around: Node | undefined): boolean {
  const statements = nodesIn(block, 'body')
  const declared = new Set(statements.flatMap(namesDeclaredBy))
  const before = around ? nodesIn(around, 'body').filter((one) => !statements.includes(one)) : []
  return declared.size > 0 && before.some((one) => [...namesIn(one)].some((name) => declared.has(name)))
}

function isWaiting(node: Node): boolean {
  const waits = (one: Node): boolean =>
    one.type === 'AwaitExpression' ||
    one.type === 'YieldExpression' ||
    (one.type === 'ForOfStatement' && one.await === true)
  return someIn(node, waits, (one) => !isFunction(one))
}

function isInConstructor(ancestors: readonly Node[]): boolean {
  const at = ancestors.findLastIndex(isFunction)
  return ancestors[at - 1]?.kind === 'constructor'
}

function standIn(
  code: string,
  fn: Node,
  ancestors: readonly Node[],
  alone: string | undefined,
  given: string,
  call: string,
): string {
  const parent = ancestors.at(-1)
  if (fn.type === 'FunctionDeclaration')
    return `function ${String(childIn(fn, 'id')?.name)}(${given}) { return ${call} }`
  const value = alone ?? `(${given}) => ${call}`
  if (parent?.type !== 'Property' || parent.method !== true) return value
  const key = childIn(parent, 'key')
  return `${code.slice(key?.start, key?.end)}: ${value}`
}

/** `{ name() {} }` is replaced with its name. */
function placeOf(fn: Node, ancestors: readonly Node[]): Node {
  const parent = ancestors.at(-1)
  return parent?.type === 'Property' && parent.method === true ? parent : fn
}

/** Whether a function is tied to where it stands. */
function isBound(fn: Node): boolean {
  if (fn.type === 'FunctionExpression' && childIn(fn, 'id') !== undefined) return true
  return someIn(fn, (node) => isTied(node) || (node.type === 'Identifier' && node.name === 'arguments'))
}

/** Where a function says `this` and means the one around it, or its own when it is no arrow function. */
function thisIn(fn: Node): readonly Node[] {
  const found: Node[] = []
  walk(fn, (node) => {
    if (node.type === 'ThisExpression') found.push(node)
    return (
      node === fn ||
      node.type === 'ArrowFunctionExpression' ||
      (!isFunction(node) && !node.type.startsWith('Class'))
    )
  })
  return found
}

/**
 * The names of the functions around it that a function uses; `undefined` when one of them changes or has its
 * value later.
 */
function capturedBy(fn: Node, ancestors: readonly Node[], isRun = false): readonly string[] | undefined {
  const own = new Set([
    ...nodesIn(fn, 'params').flatMap(namesBoundBy),
    ...declaredAtTop(isRun ? fn : childIn(fn, 'body')),
  ])
  const around = new Set(ancestors.slice(firstScope(ancestors)).flatMap(namesOfScope))
  const captured = [...namesIn(fn)].filter((name) => around.has(name) && !own.has(name))
  const outermost = ancestors[firstScope(ancestors)]
  if (outermost === undefined || captured.length === 0) return captured
  const inRun = isRun && !someIn(fn, isFunction) ? ancestors.findLast(isFunction) : undefined
  const assigned = assignedIn(outermost, inRun)
  const after = new Set(
    ancestors
      .flatMap((node) => blockOf(node))
      .filter(({ type, end }) => type !== 'FunctionDeclaration' && end > fn.start)
      .flatMap(namesDeclaredBy),
  )
  return captured.some((name) => assigned.has(name) || after.has(name)) ? undefined : captured
}

/** Where the statement ends that belongs to the file, and the first function or block within it begins. */
function firstScope(ancestors: readonly Node[]): number {
  const at = ancestors.findIndex(
    (node) => isFunction(node) || node.type === 'BlockStatement' || node.type.startsWith('For'),
  )
  return at < 0 ? ancestors.length : at
}

function declaredAtTop(body: Node | undefined): readonly string[] {
  return body?.type === 'BlockStatement' ? nodesIn(body, 'body').flatMap(namesDeclaredBy) : []
}

/** The statements that share a scope in a node. */
function blockOf(node: Node): readonly Node[] {
  if (node.type === 'SwitchStatement')
    return nodesIn(node, 'cases').flatMap((one) => nodesIn(one, 'consequent'))
  return node.type === 'BlockStatement' || node.type === 'StaticBlock' ? nodesIn(node, 'body') : []
}

/** What a node declares for those that lie in it. */
function namesOfScope(node: Node): readonly string[] {
  if (isFunction(node))
    return [
      ...(node.type === 'FunctionExpression' ? namesBoundBy(childIn(node, 'id')) : []),
      ...nodesIn(node, 'params').flatMap(namesBoundBy),
    ]
  switch (node.type) {
    case 'BlockStatement':
    case 'StaticBlock':
    case 'SwitchStatement':
      return blockOf(node).flatMap(namesDeclaredBy)
    case 'ForStatement':
      return namesDeclaredBy(childIn(node, 'init'))
    case 'ForOfStatement':
    case 'ForInStatement':
      return namesDeclaredBy(childIn(node, 'left'))
    case 'CatchClause':
      return namesBoundBy(childIn(node, 'param'))
    default:
      return []
  }
}

/**
 * The names of which anything in a node changes the value; `exceptIn`: unless it is the code of that function
 * itself, which waits while what it calls is run.
 */
function assignedIn(node: Node, exceptIn?: Node): ReadonlySet<string> {
  const names = new Set<string>()
  const add = (target: Node | undefined): void => namesBoundBy(target).forEach((name) => names.add(name))
  walk(node, (one, ancestors) => {
    if (exceptIn !== undefined && ancestors.findLast(isFunction) === exceptIn) return undefined
    if (one.type === 'AssignmentExpression') add(childIn(one, 'left'))
    if (one.type === 'UpdateExpression') add(childIn(one, 'argument'))
    if (one.type === 'ForOfStatement' || one.type === 'ForInStatement') add(childIn(one, 'left'))
    return undefined
  })
  return names
}
