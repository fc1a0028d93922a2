import { quoteWord } from '../shell/interpreter/syntax.js'

/**
 * A shell in a container that `kubectl exec -it POD -- sh` opens in a terminal. Each line is a call of
 * kubectl; the directory and the exported variables go from one to the next, so that a fork of the terminal
 * has them, too.
 */
export interface ContainerShell {
  /** The call, without its script: `kubectl exec web -- sh`. */
  readonly call: string
  readonly shell: string
  readonly pod: string
  readonly isRoot: boolean
  /** The variables with which it began. */
  readonly variables: Readonly<Record<string, string>>
  /** The container that `kubectl run` or `kubectl debug` has made for it. */
  readonly made?: MadeContainer
}

/** A container that `kubectl run -it` or `kubectl debug -it` has made. */
export interface MadeContainer {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly isEphemeral: boolean
  /** Whether the pod is deleted when the shell ends (`--rm`). */
  readonly isRemoved: boolean
  readonly isQuiet: boolean
}

/** What a call has left: where the shell is, and who runs it. */
export interface ContainerShellState {
  readonly cwd: string
  readonly isRoot: boolean
  readonly variables: Readonly<Record<string, string>>
}

/** The source of a pattern for the program of a shell. */
export const SHELL = '(?:/usr)?(?:/bin/)?(?:sh|bash|ash|dash)'

const INTERACTIVE = new RegExp(`^\\s*(?:kubectl|k)\\s+exec\\s+([^|;&<>()]*?)\\s+--\\s+(${SHELL})\\s*$`)
const ALONE = new RegExp(`^${SHELL}$`)

/** Whether a program is a shell. */
export const isShell = (program: string): boolean => ALONE.test(program)

/** Reads a line that opens a shell with a terminal; undefined for any other line. */
export function interactiveExec(line: string): Pick<ContainerShell, 'call' | 'shell' | 'pod'> | undefined {
  const [, words = '', shell = ''] = INTERACTIVE.exec(line) ?? []
  const args = words.split(/\s+/).filter((word) => word !== '')
  const has = (flag: RegExp): boolean => args.some((word) => flag.test(word))
  if (!has(/^(?:-(?:it?|ti)|--stdin(?:=true)?)$/) || !has(/^(?:-(?:t|it|ti)|--tty(?:=true)?)$/))
    return undefined
  const kept = args.filter((word) => !/^(?:-(?:i|t|it|ti)|--(?:stdin|tty)(?:=true)?)$/.test(word))
  const pod = kept.find(
    (word, at) => !word.startsWith('-') && !/^(?:-[cn]|--container|--namespace)$/.test(kept[at - 1] ?? ''),
  )
  return { call: `kubectl exec ${kept.join(' ')} -- ${shell}`, shell, pod: pod?.replace(/^.*\//, '') ?? '' }
}

const MARK = '__the_line_has_ended__'
const VARIABLE = /^([A-Za-z_]\w*)=(.*)$/

/** Returns what a shell in the container runs for a script: it reports the shell's state at its end. */
export function inContainer(
  script: string,
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): string {
  const lines = [
    ...(cwd === '' ? [] : [`cd ${quoteWord(cwd)}`]),
    ...Object.entries(env).map(([name, value]) => `export ${name}=${quoteWord(value)}`),
    script,
    `{ code=$?; echo; echo ${MARK}; pwd; id -u; env; exit $code; } 2>/dev/null`,
  ]
  return lines.join('\n')
}

/** Cuts the report off what a script has printed; no state if the shell ended before its end. */
export function reported(stdout: string): { readonly stdout: string; readonly state?: ContainerShellState } {
  const at = stdout.lastIndexOf(`\n${MARK}\n`)
  if (at < 0) return { stdout }
  const [cwd = '', uid = '', ...rest] = stdout.slice(at + MARK.length + 2).split('\n')
  const variables = Object.fromEntries(
    rest.flatMap((line): (readonly [string, string])[] => {
      const [, name, value = ''] = VARIABLE.exec(line) ?? []
      return name === undefined || OWN.has(name) ? [] : [[name, value]]
    }),
  )
  return { stdout: stdout.slice(0, at), state: { cwd, isRoot: uid === '0', variables } }
}

/** Variables that shells set themselves. */
const OWN: ReadonlySet<string> = new Set(['PWD', 'OLDPWD', 'SHLVL', '_', 'code'])

/** The variables that differ from those with which the shell began. */
export const changed = (
  variables: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(variables).filter(([name, value]) => before[name] !== value))
