import { absolutePath } from '../files/tree.js'
import type { Program } from './command.js'
import { attempt, flagsOf, inputText } from './command.js'

/** Longest line that a pattern is tried on, and longest pattern: regular expressions may take long. */
const LONGEST = 10_000
const LONGEST_PATTERN = 200

/**
 * Lines that match: `-i`, `-v`, `-c`, `-q`, `-o`, `-E`, `-F`, `-n`, `-w`. Basic and extended expressions are
 * read alike.
 */
export const grep: Program = {
  name: 'grep',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args, 'eABCm')
    const [pattern = '', ...paths] = flags.has('e') ? [flags.get('e') ?? '', ...rest] : rest
    const expression = expressionOf(pattern, flags)
    if (expression === undefined) {
      call.error(`grep: bad regex '${pattern}': Invalid regexp\n`)
      return 2
    }
    let found = 0
    const search = (text: string, name: string): void => {
      let count = 0
      const lines = text.split('\n')
      if (lines.at(-1) === '') lines.pop()
      for (const [at, line] of lines.entries()) {
        expression.lastIndex = 0
        const match = expression.exec(line.slice(0, LONGEST))
        if ((match !== null) === flags.has('v')) continue
        count++
        if (flags.has('q') || flags.has('c')) continue
        const place = `${paths.length > 1 ? `${name}:` : ''}${flags.has('n') ? `${at + 1}:` : ''}`
        call.write(`${place}${flags.has('o') && match !== null ? match[0] : line}\n`)
      }
      if (flags.has('c')) call.write(`${paths.length > 1 ? `${name}:` : ''}${count}\n`)
      found += count
    }
    if (paths.length === 0) {
      const text = inputText(call)
      if (typeof text !== 'string') return text
      search(text, '')
      return found > 0 ? 0 : 1
    }
    let failed = 0
    for (const path of paths)
      failed |= attempt(call, path, '', () =>
        search(call.world.files.read(absolutePath(call.cwd, path)), path),
      )
    return failed === 0 ? (found > 0 ? 0 : 1) : 2
  },
}

function expressionOf(pattern: string, flags: ReadonlyMap<string, string>): RegExp | undefined {
  if (pattern.length > LONGEST_PATTERN) return undefined
  const source = flags.has('F')
    ? pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    : pattern.replaceAll(/\\([|(){}+?])/g, '$1')
  try {
    return new RegExp(flags.has('w') ? `\\b(?:${source})\\b` : source, flags.has('i') ? 'i' : '')
  } catch {
    return undefined
  }
}
