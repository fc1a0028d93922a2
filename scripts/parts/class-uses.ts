import type { parseAst } from 'rolldown/parseAst'

interface Place {
  readonly start: number
  readonly end: number
}

/**
 * Where a file has the name of an imported class in `new Name(...)`; `undefined` when it uses it otherwise
 * too, or never as a value.
 */
export function placesOfNew(
  program: ReturnType<typeof parseAst>,
  name: string,
): readonly Place[] | undefined {
  const places: Place[] = []
  let isOnlyMade = true
  const visit = (node: object, parent: object): void => {
    const { type } = node as { readonly type?: string }
    if (type === 'ImportDeclaration') return
    if (type === 'Identifier' && 'name' in node && node.name === name) {
      const isCallee =
        'type' in parent && parent.type === 'NewExpression' && 'callee' in parent && parent.callee === node
      if (isCallee) places.push(node as unknown as Place)
      else isOnlyMade = false
    }
    for (const child of Object.values(node) as unknown[]) {
      if (typeof child === 'object' && child !== null) visit(child, node)
    }
  }
  visit(program.body, program)
  return isOnlyMade && places.length > 0 ? places : undefined
}
