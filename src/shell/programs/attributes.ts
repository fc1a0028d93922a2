import { sizeOf } from '../../lang/bytes/content.js'
import { contentOfEntry } from '../files/file-system.js'
import { absolutePath } from '../files/tree.js'
import type { Invocation, Program } from './command.js'
import { attempt, flagsOf } from './command.js'
import { modeText } from './files.js'
import { walk } from './find.js'

/** Returns the named files; with `-R`, everything below them, too. */
function operands(
  { world, cwd }: Invocation,
  flags: ReadonlyMap<string, string>,
  paths: readonly string[],
): readonly string[] {
  if (!flags.has('R')) return paths
  return paths.flatMap((path) => {
    const full = absolutePath(cwd, path)
    return [...walk(world.files, full, full)].map((found) => found.full)
  })
}

/** Returns a mode after a change such as `755`, `u+x`, `a-w`, `go=r`; undefined if it is none. */
function changedMode(mode: number, change: string): number | undefined {
  if (/^[0-7]{1,4}$/.test(change)) return Number.parseInt(change, 8)
  let next = mode
  for (const part of change.split(',')) {
    const [, who = '', operator, what = ''] = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(part) ?? []
    if (operator === undefined) return undefined
    const bits = (what.includes('r') ? 4 : 0) | (what.includes('w') ? 2 : 0) | (/[xX]/.test(what) ? 1 : 0)
    const classes = who === '' || who.includes('a') ? 'ugo' : who
    const shift = { u: 6, g: 3, o: 0 } as const
    const mask = [...new Set(classes)].reduce((sum, one) => sum | (bits << shift[one as 'u']), 0)
    const whole = [...new Set(classes)].reduce((sum, one) => sum | (7 << shift[one as 'u']), 0)
    next = operator === '+' ? next | mask : operator === '-' ? next & ~mask : (next & ~whole) | mask
  }
  return next
}

/** `chmod [-R] MODE FILE...` */
export const chmod: Program = {
  name: 'chmod',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args.map((word) => (/^-[rwx]+$/.test(word) ? `a${word}` : word)))
    const [change = '', ...paths] = rest
    let status = 0
    for (const path of operands(call, flags, paths)) {
      const full = absolutePath(call.cwd, path)
      const mode = changedMode(call.world.files.stat(full)?.mode ?? 0, change)
      if (mode === undefined) {
        call.error(`chmod: invalid mode '${change}'\n`)
        return 1
      }
      status |= attempt(call, path, '', () => call.world.files.setAttributes(full, { mode }))
    }
    return status
  },
}

/** `chown [-R] USER[:GROUP] FILE...`, `chgrp GROUP FILE...`: numbers or `root`. */
function changeOwner(call: Invocation): number {
  const { flags, rest } = flagsOf(call.args)
  const [owners = '', ...paths] = rest
  const [user = '', group = ''] = call.name === 'chgrp' ? ['', owners] : owners.split(/[:.]/)
  const idOf = (name: string): number => (name === 'root' ? 0 : Number(name))
  if (Number.isNaN(idOf(user)) || Number.isNaN(idOf(group))) {
    call.error(`${call.name}: unknown user/group ${owners}\n`)
    return 1
  }
  const attributes = {
    ...(user === '' ? {} : { owner: idOf(user) }),
    ...(group === '' ? {} : { group: idOf(group) }),
  }
  let status = 0
  for (const path of operands(call, flags, paths))
    status |= attempt(call, path, '', () =>
      call.world.files.setAttributes(absolutePath(call.cwd, path), attributes),
    )
  return status
}

export const chown: Program = { name: 'chown', run: changeOwner }
export const chgrp: Program = { name: 'chgrp', run: changeOwner }

/** `stat FILE...`, `stat -c FORMAT FILE...`: %a, %A, %n, %s, %u, %g, %U, %G, %F, %Y. */
export const stat: Program = {
  name: 'stat',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args, 'c')
    const { files } = call.world
    let status = 0
    for (const path of rest) {
      const full = absolutePath(call.cwd, path)
      const entry = files.stat(full)
      if (entry === undefined) {
        call.error(`stat: can't stat '${path}': No such file or directory\n`)
        status = 1
        continue
      }
      const isDirectory = entry.kind === 'directory'
      const user = (id: number): string => (id === 0 ? 'root' : 'UNKNOWN')
      const fields: Readonly<Record<string, string>> = {
        a: entry.mode.toString(8),
        A: modeText(isDirectory, entry.mode),
        n: path,
        s: String(isDirectory ? 4096 : sizeOf(contentOfEntry(entry))),
        u: String(entry.owner),
        g: String(entry.group),
        U: user(entry.owner),
        G: user(entry.group),
        F: isDirectory ? 'directory' : 'regular file',
        Y: String(Math.trunc(entry.time / 1000)),
        T: files.mountOf(full).type,
        m: files.mountOf(full).path || '/',
      }
      const format =
        flags.get('c') ?? '  File: %n\n  Size: %s\t%F\nAccess: (0%a/%A)  Uid: (%u/%U)   Gid: (%g/%G)'
      call.write(`${format.replaceAll(/%(\w)/g, (all, name: string) => fields[name] ?? all)}\n`)
    }
    return status
  },
}
