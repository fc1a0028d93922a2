import { sizeOf } from '../../lang/bytes/content.js'
import { contentOfEntry } from '../files/file-system.js'
import { absolutePath } from '../files/tree.js'
import type { Program } from './command.js'
import { attempt, flagsOf } from './command.js'
import type { FindFiles, FoundFile } from './find-expression.js'
import { FindFault, FindParser } from './find-expression.js'

/** Lists a tree, directories before what they hold. Links are not followed. */
export function* walk(files: FindFiles, shown: string, full: string, depth = 0): Generator<FoundFile> {
  const isDirectory = files.linkAt(full) === undefined && files.isDirectory(full)
  yield { shown, full, depth, isDirectory }
  if (!isDirectory) return
  for (const name of files.list(full)) {
    const below = `${shown.endsWith('/') ? shown.slice(0, -1) : shown}/${name}`
    yield* walk(files, below, `${full === '/' ? '' : full}/${name}`, depth + 1)
  }
}

/**
 * `find [PATH...] [EXPRESSION]`: tests, actions, `!`, `-a`, `-o` and parentheses, see find-expression.ts.
 * Without an action, what matches is printed.
 */
export const find: Program = {
  name: 'find',
  run: (call) => {
    const first = call.args.findIndex((word) => /^[-!(]/.test(word))
    const paths = first < 0 ? call.args : call.args.slice(0, first)
    let parser: FindParser
    try {
      parser = new FindParser(call, first < 0 ? [] : call.args.slice(first))
    } catch (error) {
      if (!(error instanceof FindFault)) throw error
      call.error(`find: ${error.message}\n`)
      return 1
    }
    let status = 0
    for (const path of paths.length === 0 ? ['.'] : paths) {
      const { files } = call.world
      const asked = absolutePath(call.cwd, path)
      // a link is followed where a slash says that a directory is meant
      const full = path.endsWith('/') ? files.real(asked) : asked
      if (files.stat(full) === undefined) {
        call.error(`find: ${path}: No such file or directory\n`)
        status = 1
        continue
      }
      let pruned: string | undefined
      for (const found of [...walk(files, path, full)]) {
        if (pruned !== undefined && found.full.startsWith(`${pruned}/`)) continue
        pruned = undefined
        if (found.depth < parser.least || found.depth > parser.most) continue
        status |= attempt(call, found.shown, '', () => parser.visit(found))
        if (parser.prunes) pruned = found.full
      }
    }
    return status
  },
}

/** Bytes of a block, of which a file uses whole ones. */
const BLOCK = 4096

/** `du [-s] [-h] [-a] [PATH...]`: KiB of directories, with what they hold. */
export const du: Program = {
  name: 'du',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args, 'd')
    const { files } = call.world
    const most = flags.has('s') ? 0 : Number(flags.get('d') ?? Infinity)
    const shown = (bytes: number): string => {
      const kib = bytes / 1024
      if (!flags.has('h')) return String(kib)
      return kib >= 1024 ? `${(kib / 1024).toFixed(1)}M` : `${kib.toFixed(1)}K`
    }
    let status = 0
    for (const path of rest.length === 0 ? ['.'] : rest)
      status |= attempt(call, path, '', () => {
        const all = [...walk(files, path, absolutePath(call.cwd, path))]
        const sizes = all.map(({ full, isDirectory }) => {
          const entry = isDirectory ? undefined : files.stat(full)
          const bytes = entry === undefined ? BLOCK : sizeOf(contentOfEntry(entry))
          return Math.ceil(bytes / BLOCK) * BLOCK
        })
        for (let at = all.length - 1; at >= 0; at--) {
          const { shown: name, full, depth, isDirectory } = all[at] as FoundFile
          if (depth > most || (!isDirectory && depth > 0 && !flags.has('a'))) continue
          const total = all.reduce(
            (sum, other, index) =>
              other.full === full || other.full.startsWith(`${full === '/' ? '' : full}/`)
                ? sum + (sizes[index] as number)
                : sum,
            0,
          )
          call.write(`${shown(total)}\t${name}\n`)
        }
      })
    return status
  },
}
