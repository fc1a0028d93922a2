import { changed, childIn, isFunction, namesBoundBy, namesDeclaredBy, namesIn, nodesIn, walk, type Change, type Node } from './syntax.js'

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
 * Makes of a function expression (or a function declared in another) one at the top of a file, which is given what it uses of the functions around it.
 * `undefined` when that cannot be: it uses a variable of theirs that changes, or that may not have its value yet (it is declared further down), or
 * `arguments`, `super` and the like.
 */
export function lift(code: string, fn: Node, ancestors: readonly Node[]): Lifted | undefined {
  const parameters = nodesIn(fn, 'params')
  const body = childIn(fn, 'body')
  if (!body || fn.generator === true || parameters.some(({ type }) => type === 'RestElement') || isBound(fn)) return undefined
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
      const isAlone = around.length === 0 && ancestors.every((one) => !isFunction(one) && !one.type.startsWith('Class'))
      const passed = [...(selves.length > 0 ? ['this'] : []), ...captured, ...given].join(', ')
      return { ...placeOf(fn, ancestors), by: standIn(code, fn, ancestors, isAlone ? name : undefined, given.join(', '), `${name}(${passed})`) }
    },
    declaration(name, changes) {
      const inner = [...changes, ...selves.map((self) => ({ start: self.start, end: self.end, by: SELF }))]
      const all = [...around, ...(parameters.length > 0 ? [changed(code, inner, { start, end })] : [])].join(', ')
      const text = changed(code, inner, body)
      return `export const ${name} = ${fn.async === true ? 'async ' : ''}(${all}) => ${body.type === 'BlockStatement' ? text : `(${text})`}`
    },
  }
}

function standIn(code: string, fn: Node, ancestors: readonly Node[], alone: string | undefined, given: string, call: string): string {
  const parent = ancestors.at(-1)
  if (fn.type === 'FunctionDeclaration') return `function ${String(childIn(fn, 'id')?.name)}(${given}) { return ${call} }`
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
  let found = fn.type === 'FunctionExpression' && childIn(fn, 'id') !== undefined
  walk(fn, (node) => {
    if (node.type === 'Super' || node.type === 'MetaProperty' || (node.type === 'Identifier' && node.name === 'arguments')) found = true
    return undefined
  })
  return found
}

/** Where a function says `this` and means the one around it, or its own when it is no arrow function. */
function thisIn(fn: Node): readonly Node[] {
  const found: Node[] = []
  walk(fn, (node) => {
    if (node.type === 'ThisExpression') found.push(node)
    return node === fn || node.type === 'ArrowFunctionExpression' || (!isFunction(node) && !node.type.startsWith('Class'))
  })
  return found
}

/** The names of the functions around it that a function uses; `undefined` when one of them changes or has its value later. */
function capturedBy(fn: Node, ancestors: readonly Node[]): readonly string[] | undefined {
  const own = new Set([...nodesIn(fn, 'params').flatMap(namesBoundBy), ...declaredAtTop(childIn(fn, 'body'))])
  const around = new Set(ancestors.slice(firstScope(ancestors)).flatMap(namesOfScope))
  const captured = [...namesIn(fn)].filter((name) => around.has(name) && !own.has(name))
  const outermost = ancestors[firstScope(ancestors)]
  if (outermost === undefined || captured.length === 0) return captured
  const assigned = assignedIn(outermost)
  const after = new Set(ancestors.flatMap((node) => blockOf(node)).filter(({ type, end }) => type !== 'FunctionDeclaration' && end > fn.start).flatMap(namesDeclaredBy))
  return captured.some((name) => assigned.has(name) || after.has(name)) ? undefined : captured
}

/** Where the statement ends that belongs to the file, and the first function or block within it begins. */
function firstScope(ancestors: readonly Node[]): number {
  const at = ancestors.findIndex((node) => isFunction(node) || node.type === 'BlockStatement' || node.type.startsWith('For'))
  return at < 0 ? ancestors.length : at
}

function declaredAtTop(body: Node | undefined): readonly string[] {
  return body?.type === 'BlockStatement' ? nodesIn(body, 'body').flatMap(namesDeclaredBy) : []
}

/** The statements that share a scope in a node. */
function blockOf(node: Node): readonly Node[] {
  if (node.type === 'SwitchStatement') return nodesIn(node, 'cases').flatMap((one) => nodesIn(one, 'consequent'))
  return node.type === 'BlockStatement' || node.type === 'StaticBlock' ? nodesIn(node, 'body') : []
}

/** What a node declares for those that lie in it. */
function namesOfScope(node: Node): readonly string[] {
  if (isFunction(node)) return [...(node.type === 'FunctionExpression' ? namesBoundBy(childIn(node, 'id')) : []), ...nodesIn(node, 'params').flatMap(namesBoundBy)]
  switch (node.type) {
    case 'BlockStatement':
    case 'StaticBlock':
    case 'SwitchStatement': return blockOf(node).flatMap(namesDeclaredBy)
    case 'ForStatement': return namesDeclaredBy(childIn(node, 'init'))
    case 'ForOfStatement':
    case 'ForInStatement': return namesDeclaredBy(childIn(node, 'left'))
    case 'CatchClause': return namesBoundBy(childIn(node, 'param'))
    default: return []
  }
}

/** The names of which anything in a node changes the value. */
export function assignedIn(node: Node): ReadonlySet<string> {
  const names = new Set<string>()
  const add = (target: Node | undefined): void => namesBoundBy(target).forEach((name) => names.add(name))
  walk(node, (one) => {
    if (one.type === 'AssignmentExpression') add(childIn(one, 'left'))
    if (one.type === 'UpdateExpression') add(childIn(one, 'argument'))
    if (one.type === 'ForOfStatement' || one.type === 'ForInStatement') add(childIn(one, 'left'))
    return undefined
  })
  return names
}
