import { quote } from '../../../lang/go/quote.js'
import { Budget } from '../../../lang/bounds/budget.js'
import type { Container } from '../../../api/core/generated.js'
import type { Program } from '../../../shell/programs/command.js'
import { programOf } from '../../../shell/programs/programs.js'
import { areTooLong, EXPANSION, tooLong, unlessTooLong } from './arg-max.js'
import { expanded, lookUp } from './expansion.js'
import type { ImageFacts } from '../../images/image-table.js'
import { SHELLS, baseOf } from '../../../shell/interpreter/shell-call.js'

/** How a container runs: the image's own service, a command of the built-in shell, assumed, or not at all. */
export type StartPlan =
  | { readonly kind: 'service'; readonly words: readonly string[] }
  | { readonly kind: 'process'; readonly words: readonly string[] }
  /** A program that is taken to work, see {@link OnCommand}. */
  | { readonly kind: 'assumed'; readonly words: readonly string[] }
  | { readonly kind: 'error'; readonly message: string }

const CREATE_FAILED =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc ' +
  'create failed: ' +
  'unable to start container process: error during container init: '

/** The end of an entrypoint's `exec "$@"` of what is no program: its shell has been started, and says so. */
const NO_SUCH_PROGRAM = `case $1 in
-*) echo "$0: exec: Illegal option $1" >&2; exit 2;;
*) echo "$0: exec: $1: not found" >&2; exit 127;;
esac`

/**
 * Computes what a container runs: command and args of its spec, or else those of the image, with `$(NAME)`
 * replaced. `hasFile`: whether a path is a file in the container, its volumes included.
 */
export function startPlan(
  container: Container | undefined,
  image: ImageFacts,
  env: Readonly<Record<string, string>>,
  hasFile: (path: string) => boolean,
): StartPlan {
  const own = (container?.command?.length ?? 0) > 0
  const { words: given, script } = containerCommand(container ?? {}, image)
  const budget = new Budget(EXPANSION)
  const words = unlessTooLong(() => given.map((word) => expanded(word, lookUp(env), budget)))
  if (words === undefined || areTooLong(words, env))
    return { kind: 'error', message: argumentsTooLong((words ?? given)[0]) }
  const [first] = words
  if (first === undefined) return { kind: 'service', words }
  if (ownProgramOf(image, first) !== undefined) return { kind: 'process', words }
  if (image.behavior !== undefined && !own) return { kind: 'service', words }
  if (hasProgram(image, first) && image.behavior?.exec === undefined) return { kind: 'process', words }
  if (isScript(image, first)) return { kind: 'process', words }
  const isClosed = image.closed === true || (own && image.distroless === true)
  if (isListed(image, first)) return { kind: isOwnProgram(image, first) ? 'service' : 'assumed', words }
  if (!isClosed) return { kind: 'service', words }
  if (first.includes('/') && hasFile(first)) return { kind: 'process', words }
  if (script !== undefined) return { kind: 'process', words: ['sh', '-c', NO_SUCH_PROGRAM, script, first] }
  return { kind: 'error', message: notFound(first, CREATE_FAILED) }
}

/** What a container is told to run. */
interface ContainerCommand {
  readonly words: readonly string[]
  /** The entrypoint that runs `words` as its last deed; undefined if they begin with what runs. */
  readonly script?: string
}

/**
 * Returns what a container runs: command and args of its spec, or else those of the image, with `$(NAME)` as
 * written. An entrypoint that runs its arguments gives way to them, see `argumentsAre` of an image.
 */
export function containerCommand(
  { command = [], args = [] }: Pick<Container, 'command' | 'args'>,
  image: ImageFacts,
): ContainerCommand {
  if (command.length > 0) return { words: [...command, ...args] }
  const { entrypoint = [], cmd = [], argumentsAre } = image
  const rest = args.length > 0 ? args : cmd
  const [script] = entrypoint
  if (argumentsAre === undefined || script === undefined) return { words: [...entrypoint, ...rest] }
  const [first = ''] = rest
  const isFlag = argumentsAre !== 'command' && first.startsWith('-')
  const isArgument =
    argumentsAre === 'arguments or command' && !hasProgram(image, first) && !isListed(image, first)
  return { words: isFlag || isArgument ? [...cmd.slice(0, 1), ...rest] : rest, script }
}

/** Whether a word starts what the image runs by itself. An image that names nothing runs anything. */
export function isOwnProgram({ entrypoint = [], cmd = [], argumentsAre }: ImageFacts, word: string): boolean {
  const [own] = argumentsAre === undefined ? [...entrypoint, ...cmd] : cmd
  return own === undefined || (baseOf(own) ?? own) === (baseOf(word) ?? word)
}

/**
 * Whether an image is known to have a program that the built-in shell cannot run: one of those that it lists,
 * or the one that it starts itself.
 */
export function isListed({ programs, entrypoint, cmd }: ImageFacts, word: string): boolean {
  const name = baseOf(word) ?? word
  if (programs?.includes(name) === true) return true
  return [entrypoint, cmd].some(
    (words) => words?.[0] !== undefined && (baseOf(words[0]) ?? words[0]) === name,
  )
}

/** Returns the image's own program that a word starts. */
export function ownProgramOf({ commands }: ImageFacts, word: string): Program | undefined {
  return commands !== undefined && Object.hasOwn(commands, word) ? commands[word] : undefined
}

/** Whether the built-in shell runs the program in containers of the image. */
export function hasProgram(image: ImageFacts, name: string): boolean {
  if (ownProgramOf(image, name) !== undefined) return true
  const base = baseOf(name)
  if (base === undefined || image.distroless === true) return false
  if (base === 'bash') return image.programs?.includes('bash') === true
  return SHELLS.has(base) || programOf(base) !== undefined
}

function isScript({ files }: ImageFacts, path: string): boolean {
  return files !== undefined && Object.hasOwn(files, path) && (files[path]?.startsWith('#!') ?? false)
}

/** runc's error for a container whose words and variables are more than Linux takes. */
export const argumentsTooLong = (program = 'init'): string => `${CREATE_FAILED}${tooLong(program)}: unknown`

/** runc's error for a missing program. */
export function notFound(name: string, prefix: string): string {
  return name.includes('/')
    ? `${prefix}exec: ${quote(name)}: stat ${name}: no such file or directory: unknown`
    : `${prefix}exec: ${quote(name)}: executable file not found in $PATH: unknown`
}
