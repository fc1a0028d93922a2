import { sha256Hex } from '../../lang/bytes/sha256.js'
import { reserve } from '../../lang/bounds/budget.js'
import { FileFault } from '../files/file-system.js'
import { absolutePath } from '../files/tree.js'
import type { Invocation, Program } from './command.js'
import { attempt, flagsOf, inputText } from './command.js'

/** Makes a file or, with `-d`, a directory of a new name: `mktemp [-d] [-p DIR] [TEMPLATE]`. */
export const mktemp: Program = {
  name: 'mktemp',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args, 'p')
    const { files, now } = call.world
    const template = rest[0] ?? `${flags.get('p') ?? '/tmp'}/tmp.XXXXXX`
    const marks = /X{3,}$/.exec(template)?.[0]
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

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  c: 1,
  w: 2,
  b: 512,
  k: 1024,
  kB: 1000,
  K: 1024,
  M: 1024 ** 2,
  MB: 1000 ** 2,
  G: 1024 ** 3,
}

/** Most bytes that one call copies, since files are kept in memory. */
const MOST_BYTES = 16 * 1024 ** 2

function sizeOf(text: string | undefined, otherwise: number): number {
  const [, amount = '', unit = ''] = /^(\d+)([A-Za-z]{0,2})$/.exec(text ?? '') ?? []
  return amount === '' ? otherwise : Number(amount) * (UNITS[unit] ?? 1)
}

const DEVICES: Readonly<Record<string, string>> = {
  '/dev/zero': '\0',
  '/dev/urandom': 'x',
  '/dev/random': 'x',
}

/** Reads what dd copies: `length` characters after `skip`. */
function source(call: Invocation, path: string, skip: number, length: number): string {
  const device = DEVICES[path]
  if (device !== undefined) {
    reserve(Math.min(length, MOST_BYTES))
    // bounded: MOST_BYTES, which is charged above
    return device.repeat(Math.min(length, MOST_BYTES))
  }
  return call.world.files.read(absolutePath(call.cwd, path)).slice(skip, skip + length)
}

/** `dd [if=FILE] [of=FILE] [bs=N] [count=N] [skip=N] [seek=N] [conv=notrunc]`. Random devices give `x`. */
export const dd: Program = {
  name: 'dd',
  run: (call) => {
    const given = new Map(call.args.map((word) => word.split(/=(.*)/s) as [string, string]))
    const block = Math.max(1, sizeOf(given.get('bs'), 512))
    const count = given.has('count') ? sizeOf(given.get('count'), 0) : Infinity
    const [skip, seek] = [sizeOf(given.get('skip'), 0) * block, sizeOf(given.get('seek'), 0) * block]
    const length = block * count
    const [input, output] = [given.get('if'), given.get('of')]
    let text = ''
    if (input === undefined) {
      const read = inputText(call)
      if (typeof read !== 'string') return read
      text = read.slice(skip, skip + length)
    } else if (
      attempt(call, input, "can't open", () => void (text = source(call, input, skip, length))) !== 0
    )
      return 1
    if (output === undefined) call.write(text)
    else {
      const full = absolutePath(call.cwd, output)
      const keeps = given.get('conv')?.includes('notrunc') === true
      const status = attempt(call, output, "can't open", () => {
        if (full === '/dev/null') return
        const { files } = call.world
        if (seek > MOST_BYTES) throw new FileFault('File too large')
        const old = files.stat(full) === undefined ? '' : files.read(full)
        const after = keeps ? old.slice(seek + text.length) : ''
        files.write(full, old.slice(0, seek).padEnd(seek, '\0') + text + after)
      })
      if (status !== 0) return 1
    }
    const [whole, part] = [Math.floor(text.length / block), text.length % block === 0 ? 0 : 1]
    call.error(`${whole}+${part} records in\n${whole}+${part} records out\n`)
    return 0
  },
}
