import type { Content } from '../../lang/bytes/content.js'
import type { ProcessContext } from '../programs/command.js'
import { secondsOf } from '../programs/system.js'

/** Names of the built-in shell in images that have it. */
export const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'ash', 'dash'])

/** The program of a path or a name: `/bin/ls` is `ls`. Undefined for a path to something else. */
export function baseOf(name: string): string | undefined {
  if (!name.includes('/')) return name === '' ? undefined : name
  return /^\/(?:usr\/)?(?:local\/)?s?bin\/([^/]+)$/.exec(name)?.[1]
}

/** The arguments of a shell. */
export interface ShellCall {
  /** `-c`: the first word is the script itself instead of the name of its file. */
  readonly isCommand: boolean
  readonly first: string | undefined
  readonly args: readonly string[]
  /** `-e` */
  readonly errexit: boolean
}

/** Parses `sh -c SCRIPT [NAME ARG...]`, `sh FILE [ARG...]`, and `sh` with the script on standard input. */
export function shellCall(words: readonly string[]): ShellCall {
  let at = 1
  let errexit = false
  let isCommand = false
  for (; /^[-+]\w+$/.test(words[at] ?? ''); at++) {
    const letters = words[at] as string
    if (letters.includes('e')) errexit = true
    if (letters.includes('c')) isCommand = true
    if (letters.endsWith('o')) at++
  }
  const [first, ...args] = words.slice(at)
  return { isCommand, first, args, errexit }
}

export const TIMEOUT_USAGE =
  'BusyBox v1.36.1 () multi-call binary.\n\nUsage: timeout [-s SIG] [-k KILL_SECS] SECS PROG ARGS\n'

/** Parses the arguments of `timeout`; undefined if the time or the command is missing. 0 is no limit. */
export function timeoutOf(
  args: readonly string[],
): { readonly ms: number; readonly command: readonly string[] } | undefined {
  let at = 0
  while (args[at]?.startsWith('-') === true) at += /^-[skt]$/.test(args[at] as string) ? 2 : 1
  const seconds = secondsOf(args[at] ?? '')
  const command = args.slice(at + 1)
  return seconds === undefined || command.length === 0 ? undefined : { ms: seconds * 1000, command }
}

/** What a process needs. */
export interface ProcessHost {
  readonly world: ProcessContext
  /** Writes to stdout (1) or stderr (2) of the process. */
  emit(fd: number, content: Content): void
  /** Writes to the output of the container's first process (`> /proc/1/fd/1`). */
  emitMain(fd: number, content: Content): void
  /** Whether what only lets others run continues at once: the caller waits for the process' end. */
  readonly isUninterrupted?: boolean
  /** Runs a program of the image itself; undefined if the image has none of that name. */
  runImage(
    words: readonly string[],
  ): { readonly stdout?: string; readonly stderr?: string; readonly exitCode: number } | undefined
}
