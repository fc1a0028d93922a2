import { sha256Hex } from '../../lang/bytes/sha256.js'
import { absolutePath } from '../files/tree.js'
import type { Program } from './command.js'
import { attempt, flagsOf } from './command.js'

/** Makes a file or, with `-d`, a directory of a new name: `mktemp [-d] [-p DIR] [TEMPLATE]`. */
export const mktemp: Program = {
  name: 'mktemp',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args, 'p')
    const { files, now } = call.world
    const template = rest[0] ?? `${flags.get('p') ?? '/tmp'}/tmp.XXXXXX`
    const marks = /(?<!X)X{3,}$/.exec(template)?.[0]
    if (marks === undefined) {
      call.error(`mktemp: invalid template '${template}'\n`)
      return 1
    }
    for (let at = 0; ; at++) {
      const random = sha256Hex(`${template} ${now} ${at}`).slice(0, marks.length)
      const path = `${template.slice(0, -marks.length)}${random}`
      const full = absolutePath(call.cwd, path)
      if (files.stat(full) !== undefined) continue
      const status = attempt(call, template, "can't create", () => {
        if (flags.has('d')) files.makeDirectory(full)
        else files.write(full, '', false, 0o600)
      })
      if (status === 0) call.write(`${path}\n`)
      return status
    }
  },
}
