import type { Program } from './command.js'
import { unescaped } from './escapes.js'

/** Prints its arguments; `-n`, `-e`. */
export const echo: Program = {
  name: 'echo',
  run: ({ args, write }) => {
    let at = 0
    let newline = true
    let escapes = false
    for (; /^-[neE]+$/.test(args[at] ?? ''); at++) {
      const word = args[at] as string
      if (word.includes('n')) newline = false
      if (word.includes('e')) escapes = true
    }
    const text = args.slice(at).join(' ')
    write(`${escapes ? unescaped(text) : text}${newline ? '\n' : ''}`)
    return 0
  },
}
