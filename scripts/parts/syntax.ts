import { parseAst } from 'rolldown/parseAst'
import { transformSync } from 'rolldown/utils'

/** A node of a syntax tree (ESTree). */
export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

export interface Place {
  readonly start: number
  readonly end: number
}

/** One change of a text: what stands at a place gives way. */
export interface Change extends Place {
  readonly by: string
}

/** A source file without its types: JavaScript, with the imports that are left. */
export function withoutTypes(file: string, code: string): string {
  const { code: plain, errors } = transformSync(file, code, { lang: 'ts', target: 'esnext' })
  if (errors.length > 0) throw new Error(`${file}: ${errors.map(({ message }) => message).join('; ')}`)
  return plain
}

/** The statements of a file of JavaScript. */
export function statementsOf(code: string): readonly Node[] {
  return parseAst(code).body as unknown as readonly Node[]
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}

/** What a node consists of, in order. */
export function childrenOf(node: Node): readonly Node[] {
  return Object.values(node)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter(isNode)
}

/** The node in a field, when there is one. */
export function childIn(node: Node | undefined, field: string): Node | undefined {
  const value = node?.[field]
  return isNode(value) ? value : undefined
}

export function nodesIn(node: Node, field: string): readonly Node[] {
  const value = node[field]
  return Array.isArray(value) ? value.filter(isNode) : []
}

/**
 * Visits a node and all below, each with its ancestors (the nearest last); nothing below one for which
 * `visit` gives `false`.
 */
export function walk(
  node: Node,
  visit: (node: Node, ancestors: readonly Node[]) => boolean | undefined,
  ancestors: readonly Node[] = [],
): void {
  if (visit(node, ancestors) === false) return
  const inside = [...ancestors, node]
  for (const child of childrenOf(node)) walk(child, visit, inside)
}

/** Whether a node or one below it fits; only below those that it `enters`, by default all. */
export function someIn(
  node: Node,
  fits: (one: Node) => boolean,
  enters: (one: Node) => boolean = () => true,
): boolean {
  return fits(node) || (enters(node) && childrenOf(node).some((child) => someIn(child, fits, enters)))
}

export function isFunction({ type }: Node): boolean {
  return type === 'FunctionDeclaration' || type === 'FunctionExpression' || type === 'ArrowFunctionExpression'
}

/** Whether it means something only where it stands: `super`, `new.target`, `import.meta`. */
export function isTied({ type }: Node): boolean {
  return type === 'Super' || type === 'MetaProperty'
}

/** Whether a node is an identifier that stands for a binding: not the name of a member. */
export function isReference(node: Node, parent: Node | undefined): boolean {
  if (node.type !== 'Identifier') return false
  return (
    parent === undefined ||
    parent.computed === true ||
    (parent.property !== node && (parent.key !== node || parent.shorthand === true))
  )
}

/** The names that a node refers to, of whatever scope; `#name` of private ones. */
export function namesIn(node: Node): ReadonlySet<string> {
  const names = new Set<string>()
  walk(node, (one, ancestors) => {
    if (one.type === 'PrivateIdentifier') names.add(`#${String(one.name)}`)
    if (isReference(one, ancestors.at(-1))) names.add(String(one.name))
    return undefined
  })
  return names
}

/** The names that a pattern binds: `a` and `b` of `{ a, x: [b = 1] }`. */
export function namesBoundBy(pattern: Node | undefined): readonly string[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [String(pattern.name)]
    case 'AssignmentPattern':
      return namesBoundBy(childIn(pattern, 'left'))
    case 'RestElement':
      return namesBoundBy(childIn(pattern, 'argument'))
    case 'Property':
      return namesBoundBy(childIn(pattern, 'value'))
    case 'ObjectPattern':
      return nodesIn(pattern, 'properties').flatMap(namesBoundBy)
    case 'ArrayPattern':
      return nodesIn(pattern, 'elements').flatMap(namesBoundBy)
    default:
      return []
  }
}

/** The names that a statement declares: functions, classes and variables, also behind `export`. */
export function namesDeclaredBy(statement: Node | undefined): readonly string[] {
  if (statement?.type === 'ExportNamedDeclaration') return namesDeclaredBy(childIn(statement, 'declaration'))
  if (statement?.type === 'FunctionDeclaration' || statement?.type === 'ClassDeclaration')
    return namesBoundBy(childIn(statement, 'id'))
  if (statement?.type !== 'VariableDeclaration') return []
  return nodesIn(statement, 'declarations').flatMap((one) => namesBoundBy(childIn(one, 'id')))
}

/** A part of a text with changes made. Of changes that lie in another, only the outer one is made. */
export function changed(
  code: string,
  changes: readonly Change[],
  { start, end }: Place = { start: 0, end: code.length },
): string {
  let text = ''
  let at = start
  for (const change of changes.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (change.start < at || change.end > end) continue
    text += code.slice(at, change.start) + change.by
    at = change.end
  }
  return text + code.slice(at, end)
}
