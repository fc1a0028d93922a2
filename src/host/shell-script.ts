import type {
  CommandNode,
  PipelineNode,
  ScriptNode,
  SimpleCommandNode,
  StatementNode,
  TransformContext,
  TransformPlugin,
  TransformResult,
  WordNode,
} from 'just-bash'

/** The command that {@link ScriptReader} has run before one that writes to files. */
export const GUARD = '__can_write__'

const WRITES = ['>', '>>', '>|', '&>', '&>>']
/** Parts of a word that may be expanded twice. */
const HARMLESS = [
  'Word',
  'Literal',
  'SingleQuoted',
  'DoubleQuoted',
  'Escaped',
  'ParameterExpansion',
  'TildeExpansion',
]

/**
 * Reads what a shell is about to run: which functions it defines, which a terminal remembers, and to which
 * files its commands write. just-bash throws at a file whose folder is missing; the guard before the command
 * says so as bash does, and the command does not run.
 */
export class ScriptReader implements TransformPlugin {
  readonly name = 'simcluster'
  /** The functions of the terminal by name: the text that defines each. */
  readonly functions: Map<string, string>
  /** Reads a script that `source` names; undefined if there is none. */
  readonly #sourced: (path: string) => ScriptNode | undefined

  constructor(
    functions: Iterable<readonly [string, string]>,
    sourced: (path: string) => ScriptNode | undefined,
  ) {
    this.functions = new Map(functions)
    this.#sourced = sourced
  }

  transform({ ast }: TransformContext): TransformResult {
    this.define(ast)
    return { ast: guarded(ast) as ScriptNode }
  }

  /** Notes the functions that a script defines or removes in this shell, and not in a subshell. */
  define({ statements }: ScriptNode): void {
    for (const statement of statements) this.#note(statement)
  }

  #note(statement: StatementNode): void {
    for (const { commands } of statement.pipelines) {
      const [command] = commands
      // the others run in subshells
      if (command === undefined || commands.length > 1) continue
      if (command.type === 'FunctionDef' && statement.sourceText !== undefined)
        this.functions.set(command.name, statement.sourceText)
      else if (command.type === 'SimpleCommand') this.#simple(command)
      else for (const inner of bodiesOf(command)) this.#note(inner)
    }
  }

  #simple({ name, args }: SimpleCommandNode): void {
    const [program, ...words] = [name, ...args].map((word) => (word === null ? '' : literal(word)))
    if (program === 'unset' && words[0] === '-f') for (const each of words) this.functions.delete(each)
    if (program !== 'source' && program !== '.') return
    const script = words[0] === undefined || words[0] === '' ? undefined : this.#sourced(words[0])
    if (script !== undefined) this.define(script)
  }
}

/** The text of a word without expansions; '' for another. */
const literal = ({ parts }: WordNode): string =>
  parts.every((part) => part.type === 'Literal') ? parts.map((part) => part.value).join('') : ''

/** The statements of a compound command that run in the same shell. */
function bodiesOf(command: CommandNode): readonly StatementNode[] {
  switch (command.type) {
    case 'If':
      return [...command.clauses.flatMap(({ body }) => body), ...(command.elseBody ?? [])]
    case 'For':
    case 'CStyleFor':
    case 'While':
    case 'Until':
    case 'Group':
      return command.body
    case 'Case':
      return command.items.flatMap(({ body }) => body)
    default:
      return []
  }
}

/** Returns a tree in which the guard runs before every command that writes to files. */
function guarded(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(guarded)
  if (typeof node !== 'object' || node === null) return node
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, guarded(value)]))
  if (!('type' in node) || node.type !== 'Pipeline') return copy
  // a copy of a pipeline is one
  const pipeline = copy as unknown as PipelineNode
  return { ...pipeline, commands: pipeline.commands.map(withGuard) }
}

function withGuard(command: CommandNode): CommandNode {
  if (command.type === 'FunctionDef') return command
  const targets = command.redirections.flatMap(({ operator, target }) =>
    WRITES.includes(operator) && target.type === 'Word' && isHarmless(target) ? [target] : [],
  )
  if (targets.length === 0) return command
  const guard: SimpleCommandNode = {
    type: 'SimpleCommand',
    assignments: [],
    name: { type: 'Word', parts: [{ type: 'Literal', value: GUARD }] },
    args: targets,
    redirections: [],
  }
  const both: StatementNode = {
    type: 'Statement',
    pipelines: [guard, command].map((each) => ({ type: 'Pipeline', commands: [each], negated: false })),
    operators: ['&&'],
    background: false,
  }
  return { type: 'Group', body: [both], redirections: [] }
}

/** Whether all that a word consists of may be expanded twice. */
function isHarmless(node: unknown): boolean {
  if (Array.isArray(node)) return node.every(isHarmless)
  if (typeof node !== 'object' || node === null) return true
  if ('type' in node && typeof node.type === 'string' && !HARMLESS.includes(node.type)) return false
  return Object.values(node).every(isHarmless)
}
