import type { FileSystem } from '../files/file-system.js'
import { absolutePath } from '../files/tree.js'
import type { Invocation, Program } from './command.js'
import { attempt, flagsOf } from './command.js'
import { walk } from './find.js'

/** Copies a file, or a directory with its content; an existing directory takes what it lacks. */
function copyTree(files: FileSystem, from: string, to: string): void {
  // the list is complete before the first write, for a directory that is copied into itself
  for (const { full, isDirectory } of [...walk(files, from, from)]) {
    const next = to + full.slice(from.length)
    const target = files.linkAt(full)
    if (target !== undefined && full !== from) files.link(target, next)
    else if (!isDirectory) files.write(next, files.content(full), false, files.stat(full)?.mode)
    else if (!files.isDirectory(next)) files.makeDirectory(next)
  }
}

/** Where a source goes: into the target when that is a directory, else in its place. */
const destination = (files: FileSystem, source: string, target: string): string =>
  files.isDirectory(target) ? absolutePath(target, source.split('/').at(-1) ?? '') : target

/** Whether a file may belong to an image that no one has described: it is copied as an empty program. */
const mayBeInImage = ({ world }: Invocation, path: string): boolean =>
  world.hasUnknownFiles === true && world.files.mountOf(path).path === ''

/** Copies files, with `-r`, `-R` or `-a` directories, too: to another name, or into a directory. */
export const cp: Program = {
  name: 'cp',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args)
    const target = rest.at(-1)
    if (target === undefined || rest.length < 2) {
      call.error('BusyBox v1.36.1 () multi-call binary.\n\nUsage: cp [-r] SOURCE... DEST\n')
      return 1
    }
    const { files } = call.world
    const recursive = ['r', 'R', 'a'].some((flag) => flags.has(flag))
    let status = 0
    for (const path of rest.slice(0, -1)) {
      const source = absolutePath(call.cwd, path)
      if (files.isDirectory(source) && !recursive) {
        call.error(`cp: omitting directory '${path}'\n`)
        status = 1
      } else if (files.stat(source) === undefined && mayBeInImage(call, source)) {
        const to = destination(files, source, absolutePath(call.cwd, target))
        status |= attempt(call, target, "can't create", () => files.write(to, '', false, 0o755))
      } else if (files.stat(source) === undefined) {
        call.error(`cp: can't stat '${path}': No such file or directory\n`)
        status = 1
      } else {
        const to = destination(files, source, absolutePath(call.cwd, target))
        status |= attempt(call, target, "can't create", () => copyTree(files, source, to))
      }
    }
    return status
  },
}

/** Renames files and directories, or moves them into a directory; `-v` says what it has moved. */
export const mv: Program = {
  name: 'mv',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args)
    const { files } = call.world
    const target = absolutePath(call.cwd, rest.at(-1) ?? '')
    let status = 0
    for (const path of rest.slice(0, -1)) {
      const source = absolutePath(call.cwd, path)
      const one = attempt(call, path, "can't rename", () => {
        const [to, link] = [destination(files, source, target), files.linkAt(source)]
        if (link === undefined) copyTree(files, source, to)
        else files.link(link, to)
        files.remove(source)
      })
      if (one === 0 && flags.has('v')) call.write(`'${path}' -> '${rest.at(-1) ?? ''}'\n`)
      status |= one
    }
    return status
  },
}
