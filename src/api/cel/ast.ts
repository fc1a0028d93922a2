/** The nodes of a parsed expression that the checker uses, in cel-js' form. */
export interface CelNode {
  readonly op: string
  readonly args: unknown
  readonly start: number
  readonly end: number
}

/** The operand nodes of a binary or other fixed form. */
export function operands(node: CelNode): readonly CelNode[] {
  return node.args as readonly CelNode[]
}

/**
 * Returns the position that cel-go reports for a node: its operator, a call's parenthesis, the dot of a
 * field.
 */
export function positionOf(node: CelNode, source: string): number {
  switch (node.op) {
    case 'id':
    case 'value':
    case 'list':
    case 'map':
      return node.start
    case '!_':
    case '-_':
      return node.start
    case '.':
    case '.?':
      return find(source, '.', (operands(node)[0] as CelNode).end)
    case '[]':
    case '[?]':
      return find(source, '[', (operands(node)[0] as CelNode).end)
    case '?:':
      return find(source, '?', (operands(node)[0] as CelNode).end)
    case 'call':
      return find(source, '(', node.start)
    case 'rcall': {
      const [name, receiver] = node.args as readonly [string, CelNode]
      return find(source, '(', find(source, name, receiver.end) + name.length)
    }
    default:
      return find(source, node.op, (operands(node)[0] as CelNode).end)
  }
}

function find(source: string, text: string, from: number): number {
  const at = source.indexOf(text, from)
  return at < 0 ? from : at
}
