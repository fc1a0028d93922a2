import { absolutePath } from '../files/tree.js'
import type { Program } from './command.js'
import { attempt, flagsOf, inputText } from './command.js'

/** The first lines: `-n 5`, `-5`, `-c 10`. */
export const head: Program = {
  name: 'head',
  run: (call) => {
    const args = call.args.map((word) => (/^-\d+$/.test(word) ? `-n${word.slice(1)}` : word))
    const { flags, rest } = flagsOf(args, 'nc')
    const count = Number(flags.get('n') ?? 10)
    const first = (text: string): string =>
      flags.has('c')
        ? text.slice(0, Number(flags.get('c')))
        : text
            .split(/(?<=\n)/)
            .slice(0, count)
            .join('')
    if (rest.length === 0) {
      const text = inputText(call)
      if (typeof text !== 'string') return text
      call.write(first(text))
      return 0
    }
    let status = 0
    for (const path of rest) {
      if (rest.length > 1) call.write(`${path === rest[0] ? '' : '\n'}==> ${path} <==\n`)
      status |= attempt(call, path, "can't open", () =>
        call.write(first(call.world.files.read(absolutePath(call.cwd, path)))),
      )
    }
    return status
  },
}
