import { Glob } from '../../lang/text/glob.js'
import { sizeOf } from '../../lang/bytes/content.js'
import type { FileSystem } from '../files/file-system.js'
import { contentOfEntry } from '../files/file-system.js'
import { absolutePath } from '../files/tree.js'
import type { Invocation, Program } from './command.js'
import { attempt, flagsOf } from './command.js'

/** A file below a starting point: its path as it is printed, and from the root. */
interface Found {
  readonly shown: string
  readonly full: string
  readonly depth: number
  readonly isDirectory: boolean
}

/** Lists a tree, directories before what they hold. */
export function* walk(files: FileSystem, shown: string, full: string, depth = 0): Generator<Found> {
  const isDirectory = files.isDirectory(full)
  yield { shown, full, depth, isDirectory }
  if (!isDirectory) return
  for (const name of files.list(full)) {
    const below = `${shown === '/' ? '' : shown}/${name}`
    yield* walk(files, below, `${full === '/' ? '' : full}/${name}`, depth + 1)
  }
}

type Test = (found: Found) => boolean

interface Query {
  readonly tests: readonly Test[]
  readonly actions: readonly ((found: Found) => void)[]
  readonly least: number
  readonly most: number
}

/** Reads the expression of find; a string is an unknown word. */
function queryOf(call: Invocation, words: readonly string[]): Query | string {
  const tests: Test[] = []
  const actions: ((found: Found) => void)[] = []
  let [least, most] = [0, Infinity]
  let negated = false
  const add = (test: Test): void => {
    const isWanted = !negated
    tests.push((found) => test(found) === isWanted)
    negated = false
  }
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string
    const value = words[at + 1] ?? ''
    if (word === '!' || word === '-not') negated = true
    else if (word === '-print') actions.push(({ shown }) => call.write(`${shown}\n`))
    else if (word === '-print0') actions.push(({ shown }) => call.write(`${shown}\0`))
    else if (word === '-delete') actions.push(({ full }) => call.world.files.remove(full))
    else if (word === '-exec') {
      const end = words.findIndex((one, place) => place > at && (one === ';' || one === '+'))
      if (end < 0) return word
      const command = words.slice(at + 1, end)
      actions.push(({ shown }) => {
        const result = call.spawn(command.map((one) => one.replaceAll('{}', shown)))
        call.write(result?.stdout ?? '')
        call.error(result?.stderr ?? '')
      })
      at = end
    } else {
      at++
      const isName = word === '-name' || word === '-iname'
      if (isName || word === '-path') {
        const glob = new Glob(value, { ignoresCase: word === '-iname' })
        add(({ shown }) => glob.test(isName ? (shown.split('/').at(-1) ?? '') : shown))
      } else if (word === '-type')
        add(({ isDirectory }) => (value === 'd') === isDirectory && /[df]/.test(value))
      else if (word === '-maxdepth') most = Number(value)
      else if (word === '-mindepth') least = Number(value)
      else return word
    }
  }
  return { tests, actions, least, most }
}

/**
 * `find [PATH...] [-name, -iname, -path, -type, -maxdepth, -mindepth, !, -print, -print0, -delete, -exec]`:
 * all tests must hold.
 */
export const find: Program = {
  name: 'find',
  run: (call) => {
    const first = call.args.findIndex((word) => /^[-!(]/.test(word))
    const paths = first < 0 ? call.args : call.args.slice(0, first)
    const query = queryOf(call, first < 0 ? [] : call.args.slice(first))
    if (typeof query === 'string') {
      call.error(`find: unrecognized: ${query}\n`)
      return 1
    }
    const { tests, actions, least, most } = query
    let status = 0
    for (const path of paths.length === 0 ? ['.'] : paths) {
      const { files } = call.world
      const full = absolutePath(call.cwd, path)
      if (files.stat(full) === undefined) {
        call.error(`find: ${path}: No such file or directory\n`)
        status = 1
        continue
      }
      for (const found of [...walk(files, path, full)]) {
        if (found.depth < least || found.depth > most || !tests.every((test) => test(found))) continue
        if (actions.length === 0) call.write(`${found.shown}\n`)
        for (const action of actions) status |= attempt(call, found.shown, '', () => action(found))
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
          const { shown: name, full, depth, isDirectory } = all[at] as Found
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
