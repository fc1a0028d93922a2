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

import { apartArrays } from './shell-arrays.js'

/** The command that {@link ScriptReader} has run before one that writes to files. */
export const GUARD = '__can_write__'
/** The command that starts another in the background: `__background__ TEXT WORD...`. */
export const BACKGROUND = '__background__'
/** The command that shows functions, in place of `type` and `declare -f`. */
export const SHOW_FUNCTION = '__show_function__'
/** The command that keeps a shell's arrays at the end of a script: `__keep_arrays__ CODE "$(declare -p)"`. */
export const KEEP_ARRAYS = '__keep_arrays__'

/** The command before and after one that `time` measures; behind it with its exit code. */
export const TIME = '__time__'

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
  /** What bash shows of them. */
  readonly shown: Map<string, string> = new Map()
  /** Reads a script that `source` names; undefined if there is none. */
  readonly #sourced: (path: string) => ScriptNode | undefined
  readonly #aliasOf: (name: string) => string | undefined

  /** `aliasOf`: the text of an alias that the terminal remembers. */
  constructor(
    functions: Iterable<readonly [string, string]>,
    sourced: (path: string) => ScriptNode | undefined,
    aliasOf: (name: string) => string | undefined,
  ) {
    this.functions = new Map(functions)
    this.#sourced = sourced
    this.#aliasOf = aliasOf
  }

  transform({ ast }: TransformContext): TransformResult {
    this.define(ast)
    const shown = apartArrays(measured(this.#showing(ast)))
    return { ast: guarded(inBackground(shown, this.#aliasOf)) as ScriptNode }
  }

  /** Has functions shown as they were written: just-bash would show what it runs. */
  #showing(node: unknown): unknown {
    if (Array.isArray(node)) return node.map((each) => this.#showing(each))
    if (typeof node !== 'object' || node === null) return node
    const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, this.#showing(value)]))
    if (!('type' in node) || node.type !== 'SimpleCommand') return copy
    // of this type
    const command = node as SimpleCommandNode
    const [program = '', ...words] = [command.name, ...command.args].map((word) =>
      word === null ? '' : literal(word),
    )
    const isOfFunctions = program === 'type' || (/^(?:declare|typeset)$/.test(program) && words[0] === '-f')
    const names = program === 'type' ? words : words.slice(1)
    if (!isOfFunctions || !names.every((name) => this.functions.has(name))) return copy
    const own = (value: string): WordNode => ({ type: 'Word', parts: [{ type: 'Literal', value }] })
    const known = names.length > 0 ? names : [...this.functions.keys()]
    if (known.length === 0) return copy
    return { ...copy, name: own(SHOW_FUNCTION), args: [program, ...known].map(own) }
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
      if (command.type === 'FunctionDef' && statement.sourceText !== undefined) {
        this.functions.set(command.name, statement.sourceText)
        this.shown.set(command.name, shownFunction(command.name, command.body, statement.sourceText))
      } else if (command.type === 'SimpleCommand') this.#simple(command)
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

/** The statements between the braces of a function. */
const insideOf = (source: string): string =>
  source
    .slice(source.indexOf('{') + 1, source.lastIndexOf('}'))
    .trim()
    .replace(/;$/, '')
    .trimEnd()

/** How bash shows a function: its statements, each on a line. */
function shownFunction(name: string, body: CommandNode, source: string): string {
  const own = body.type === 'Group' ? body.body.map(({ sourceText }) => sourceText) : [undefined]
  const lines = own.every((text) => text !== undefined)
    ? own.map((text) => text.trim().replace(/;$/, ''))
    : [insideOf(source)]
  return `${name} () \n{ \n${lines.map((line) => `    ${line}`).join(';\n')}\n}\n`
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

/**
 * Returns a tree in which a simple command with `&` behind it is started by {@link BACKGROUND}: just-bash
 * would wait for its end.
 */
function inBackground(node: unknown, aliasOf: (name: string) => string | undefined): unknown {
  if (Array.isArray(node)) return node.map((each) => inBackground(each, aliasOf))
  if (typeof node !== 'object' || node === null) return node
  const copy = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, inBackground(value, aliasOf)]),
  )
  if (!('type' in node) || node.type !== 'Statement' || !('background' in node) || node.background !== true)
    return copy
  // of this type
  const statement = node as unknown as StatementNode
  const [pipeline, ...others] = statement.pipelines
  const [command, ...piped] = pipeline?.commands ?? []
  if (command?.type !== 'SimpleCommand' || command.name === null || others.length + piped.length > 0)
    return copy
  const own = (value: string): WordNode => ({ type: 'Word', parts: [{ type: 'SingleQuoted', value }] })
  const text = withoutSign((statement.sourceText ?? '').trim())
  const alias = aliasOf(literal(command.name))?.split(' ')
  const named = alias === undefined ? [command.name] : alias.map(own)
  const started = { ...command, name: own(BACKGROUND), args: [own(text), ...named, ...command.args] }
  return { ...statement, background: false, pipelines: [{ ...pipeline, commands: [started] }] }
}

const wordOf = (...parts: WordNode['parts']): WordNode => ({ type: 'Word', parts })

const commandOf = (name: string, ...args: WordNode[]): SimpleCommandNode => ({
  type: 'SimpleCommand',
  assignments: [],
  name: wordOf({ type: 'Literal', value: name }),
  args,
  redirections: [],
})

const pipelineOf = (command: CommandNode): PipelineNode => ({
  type: 'Pipeline',
  commands: [command],
  negated: false,
})

const statementOf = (pipeline: PipelineNode): StatementNode => ({
  type: 'Statement',
  pipelines: [pipeline],
  operators: [],
  background: false,
})

/** Returns a tree in which {@link TIME} measures what `time` stands before: just-bash has the real time. */
function measured(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(measured)
  if (typeof node !== 'object' || node === null) return node
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, measured(value)]))
  if (!('type' in node) || node.type !== 'Pipeline' || !('timed' in node) || node.timed !== true) return copy
  // a copy of a pipeline is one
  const { timed: _timed, timePosix: _posix, ...pipeline } = copy as unknown as PipelineNode
  const code = wordOf({ type: 'ParameterExpansion', parameter: '?', operation: null })
  const body = [pipelineOf(commandOf(TIME)), pipeline, pipelineOf(commandOf(TIME, code))].map(statementOf)
  return pipelineOf({ type: 'Group', body, redirections: [] })
}

/** A line without the `&` at its end. */
const withoutSign = (text: string): string => (text.endsWith('&') ? text.slice(0, -1).trimEnd() : text)

/** Returns a tree in which the guard runs before every command that writes to files. */
function guarded(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(guarded)
  if (typeof node !== 'object' || node === null) return node
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, guarded(value)]))
  if (!('type' in node) || node.type !== 'Pipeline') return copy
  // a copy of a pipeline is one
  const pipeline = copy as unknown as PipelineNode
  return { ...pipeline, commands: pipeline.commands.map(inOrder).map(withGuard) }
}

type RedirectionNode = CommandNode['redirections'][number]

const JOINS: RedirectionNode = {
  type: 'Redirection',
  fd: 2,
  operator: '>&',
  target: { type: 'Word', parts: [{ type: 'Literal', value: '1' }] },
}

const isJoin = ({ fd, operator, target }: RedirectionNode): boolean =>
  fd === 2 && operator === '>&' && target.type === 'Word' && literal(target) === '1'

/**
 * Has each command in a group that joins its streams (`{ ...; } 2>&1`) join them by itself, too: just-bash
 * would put all errors of the group behind all of its output.
 */
function inOrder<C extends CommandNode>(command: C): C {
  const isCompound = command.type !== 'SimpleCommand' && command.type !== 'FunctionDef'
  return isCompound && command.redirections.some(isJoin) ? joining(command) : command
}

/** What it redirects by itself comes after the join, and so has its way. */
function joining<T>(node: T): T {
  if (Array.isArray(node)) return node.map((each: unknown) => joining(each)) as T
  if (typeof node !== 'object' || node === null) return node
  const type = 'type' in node ? node.type : undefined
  if (type === 'SimpleCommand') {
    // of this type
    const command = node as unknown as SimpleCommandNode
    return { ...command, redirections: [JOINS, ...command.redirections] } as T
  }
  // errors of a pipe's first command go past the pipe
  if (type === 'Pipeline' && (node as unknown as PipelineNode).commands.length > 1) return node
  if (type === 'Word' || type === 'FunctionDef' || type === 'Redirection') return node
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, joining(value)])) as T
}

function withGuard(command: CommandNode): CommandNode {
  if (command.type === 'FunctionDef') return command
  const targets = command.redirections.flatMap(({ operator, target }) =>
    // devices are always there; beside the guard, bytes that a command prints would become text
    WRITES.includes(operator) &&
    target.type === 'Word' &&
    isHarmless(target) &&
    !literal(target).startsWith('/dev/')
      ? [target]
      : [],
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
