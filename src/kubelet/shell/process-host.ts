import type { World } from '../commands/command.js'

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
