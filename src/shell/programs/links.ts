import { absolutePath } from '../files/tree.js'
import type { Program } from './command.js'
import { attempt, flagsOf } from './command.js'

/** `ln -s [-f] TARGET... LINK|DIR`: symbolic links. There are no hard links here. */
export const ln: Program = {
  name: 'ln',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args)
    const { files } = call.world
    if (rest.length === 0 || !flags.has('s')) {
      call.error(
        rest.length === 0
          ? 'BusyBox v1.36.1 () multi-call binary.\n\nUsage: ln [-sf] TARGET... LINK|DIR\n'
          : `ln: ${rest[0] ?? ''}: Operation not supported\n`,
      )
      return 1
    }
    const targets = rest.length === 1 ? rest : rest.slice(0, -1)
    const place = absolutePath(call.cwd, rest.length === 1 ? '.' : (rest.at(-1) as string))
    const isInside = files.isDirectory(place) && !(flags.has('n') && files.linkAt(place) !== undefined)
    let status = 0
    for (const target of targets) {
      const link = isInside ? absolutePath(place, target.split('/').at(-1) ?? '') : place
      status |= attempt(call, link, '', () => {
        if (flags.has('f') && (files.linkAt(link) !== undefined || files.stat(link)?.kind === 'file'))
          files.remove(link)
        files.link(target, link)
      })
    }
    return status
  },
}

/** `readlink [-f] PATH`: where a link leads, or the path without links. */
export const readlink: Program = {
  name: 'readlink',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args)
    let status = 0
    for (const path of rest) {
      const full = absolutePath(call.cwd, path)
      const target = flags.has('f') ? call.world.files.real(full) : call.world.files.linkAt(full)
      if (target === undefined) status = 1
      else call.write(`${target}\n`)
    }
    return status
  },
}

/** `realpath PATH...`: the paths of files without links. */
export const realpath: Program = {
  name: 'realpath',
  run: (call) => {
    let status = 0
    for (const path of flagsOf(call.args).rest)
      status |= attempt(call, path, '', () =>
        call.write(`${call.world.files.real(absolutePath(call.cwd, path))}\n`),
      )
    return status
  },
}

/** Writes what is cached to the disk: everything is there already. */
export const sync: Program = { name: 'sync', run: () => 0 }
