import type { CommandNode, SimpleCommandNode, StatementNode, WordNode } from 'just-bash'

type Part = WordNode['parts'][number]

const FLAG = /^-\w*A/
const DECLARES = new Set(['declare', 'typeset', 'local'])

const literal = ({ parts }: WordNode): string =>
  parts.every((part) => part.type === 'Literal') ? parts.map((part) => part.value).join('') : ''

/**
 * Returns a tree in which `declare -A m=([x]="a b")` is two commands, `declare -A m` and `m=([x]="a b")`:
 * just-bash cuts the elements of the first form at their blanks.
 */
export function apartArrays(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(apartArrays)
  if (typeof node !== 'object' || node === null) return node
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, apartArrays(value)]))
  if (!('type' in node) || node.type !== 'SimpleCommand') return copy
  // of this type
  const command = copy as unknown as SimpleCommandNode
  if (command.name === null || !DECLARES.has(literal(command.name))) return copy
  if (!command.args.some((word) => FLAG.test(literal(word)))) return copy
  const assigned = command.args.map(arrayIn)
  if (assigned.every((array) => array === undefined)) return copy
  const args = command.args.map((word, at) => (assigned[at] === undefined ? word : wordOf(assigned[at].name)))
  const more = assigned.flatMap((array) => (array === undefined ? [] : [assigning(array, command)]))
  return { type: 'Group', body: [{ ...command, args }, ...more].map(statementOf), redirections: [] }
}

const wordOf = (value: string): WordNode => ({ type: 'Word', parts: [{ type: 'Literal', value }] })

const statementOf = (command: CommandNode): StatementNode => ({
  type: 'Statement',
  pipelines: [{ type: 'Pipeline', commands: [command], negated: false }],
  operators: [],
  background: false,
})

interface ArrayWord {
  readonly name: string
  readonly elements: readonly WordNode[]
}

const assigning = ({ name, elements }: ArrayWord, { line }: SimpleCommandNode): SimpleCommandNode => ({
  type: 'SimpleCommand',
  name: null,
  args: [],
  assignments: [{ type: 'Assignment', name, value: null, append: false, array: [...elements] }],
  redirections: [],
  ...(line === undefined ? {} : { line }),
})

/** Reads `name=(...)`, which just-bash has made one word of; undefined for another word. */
function arrayIn({ parts }: WordNode): ArrayWord | undefined {
  const [first, ...rest] = parts
  const last = parts.at(-1)
  if (first?.type !== 'Literal' || last?.type !== 'Literal' || !last.value.endsWith(')')) return undefined
  const [, name = '', begin = ''] = /^(\w+)=\(([^]*)$/.exec(first.value) ?? []
  if (name === '') return undefined
  const inner: readonly Part[] =
    rest.length === 0
      ? [{ ...first, value: begin.slice(0, -1) }]
      : [{ ...first, value: begin }, ...rest.slice(0, -1), { ...last, value: last.value.slice(0, -1) }]
  const elements: Part[][] = [[]]
  for (const part of inner) {
    if (part.type !== 'Literal') {
      elements.at(-1)?.push(part)
      continue
    }
    part.value.split(/\s+/).forEach((value, at) => {
      if (at > 0) elements.push([])
      if (value !== '') elements.at(-1)?.push({ ...part, value })
    })
  }
  return {
    name,
    elements: elements.filter((each) => each.length > 0).map((each) => ({ type: 'Word', parts: each })),
  }
}
