import type { World } from '../commands/command.js'

/** Names under which the little shell runs, where the image has them. */
export const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'ash', 'dash'])

/** The program that a path or a name means: `/bin/ls` is `ls`. Undefined: a path to something else. */
export function baseOf(name: string): string | undefined {
  if (!name.includes('/')) return name === '' ? undefined : name
  return /^\/(?:usr\/)?(?:local\/)?s?bin\/([^/]+)$/.exec(name)?.[1]
}

/** What a shell is called with. */
export interface ShellCall {
  /** `-c`: the first word is the script itself, and not the name of its file. */
  readonly isCommand: boolean
  readonly first: string | undefined
  readonly args: readonly string[]
  /** `-e` */
  readonly errexit: boolean
}

/** Reads `sh -c SCRIPT [NAME ARG...]`, `sh FILE [ARG...]`, and `sh` with the script as its input. */
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

/** What a process needs around it. */
export interface ProcessHost {
  readonly world: World
  /** Output of the process: 1 or 2. */
  emit(fd: number, text: string): void
  /** Output of the container's first process (`> /proc/1/fd/1`). */
  emitMain(fd: number, text: string): void
  /** A program of the image itself. Undefined: the image has none of that name. */
  runImage(
    words: readonly string[],
  ): { readonly stdout?: string; readonly stderr?: string; readonly exitCode: number } | undefined
}
