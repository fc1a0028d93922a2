import type { Content } from '../../lang/bytes/content.js'
import { heldSizeOf } from '../../lang/bytes/content.js'
import type { ShellProcess, ShellState } from './state.js'

/** Characters that the variables, inputs and scripts of a process hold, with 64 for each. */
export const MOST_MEMORY: number = 16 * 1024 * 1024
/** Bytes of a pipe, or of unread input, that count as one character: they hold up to 512 MiB. */
const BYTES_OF_CHARACTER = 32

/** Returns about how much memory a process takes: the characters of all texts that it holds. */
export function memoryOf({ threads, stdin }: ShellProcess): number {
  let size = memoryOfContent(stdin.content)
  const add = (text: string): void => void (size += text.length + 64)
  const addShell = ({ vars, functions, traps, args }: ShellState): void => {
    for (const [name, value] of vars) size += name.length + value.length + 64
    for (const name of functions.keys()) add(name)
    for (const text of traps.values()) add(text)
    for (const text of args) add(text)
  }
  for (const { frames, shells } of threads) {
    shells.forEach(addShell)
    for (const { text, contexts, captured } of frames) {
      add(text)
      captured.forEach(add)
      for (const context of contexts) {
        if ('saved' in context) addShell(context.saved)
        if ('content' in context) size += memoryOfContent(context.content)
        if (context.kind === 'redirect') size += memoryOfContent(context.input ?? '')
        if (context.kind === 'loop') context.items.forEach(add)
      }
    }
  }
  return size
}

/** A text costs its characters. Bytes are shared with files and streams: a pipe may hold many. */
const memoryOfContent = (content: Content): number =>
  typeof content === 'string' ? content.length : Math.ceil(heldSizeOf(content) / BYTES_OF_CHARACTER)
