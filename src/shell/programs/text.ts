import { spend } from '../../lang/bounds/budget.js'
import type { GoRegExp } from '../../lang/go/regexp.js'
import type { Content } from '../../lang/bytes/content.js'
import { piecesOf, sizeOf, sliceContent, textOfContent } from '../../lang/bytes/content.js'
import { absolutePath } from '../files/tree.js'
import type { Invocation, Program } from './command.js'
import { attempt, flagsOf, inputContent, inputText, isPause } from './command.js'
import { deviceContent } from './devices.js'
import { unescaped } from './output.js'
import { bytesIn } from './sizes.js'
import { inSlices } from './slices.js'
import { posixPattern, quotedPattern } from './posix-pattern.js'

/** Prints fields or characters of lines: `-d: -f1,3-4`, `-c1-5`. */
export const cut: Program = {
  name: 'cut',
  run: (call) => {
    const text = inputText(call)
    if (typeof text !== 'string') return text
    const { flags } = flagsOf(call.args, 'dfc')
    const wanted = (flags.get('f') ?? flags.get('c') ?? '').split(',').map((range) => {
      const [first = '', last] = range.split('-')
      return {
        first: Number(first || 1),
        last: last === undefined ? Number(first) : last === '' ? Infinity : Number(last),
      }
    })
    const delimiter = flags.has('c') ? '' : (flags.get('d') ?? '\t')
    const lines = text.split('\n')
    if (lines.at(-1) === '') lines.pop()
    for (const line of lines) {
      const pieces = line.split(delimiter)
      spend((pieces.length * wanted.length) / 8)
      const kept = pieces.filter((_, at) =>
        wanted.some(({ first, last }) => at + 1 >= first && at + 1 <= last),
      )
      call.write(`${pieces.length === 1 && delimiter !== '' ? line : kept.join(delimiter)}\n`)
    }
    return 0
  },
}

/**
 * Prints matching lines: `-i`, `-v`, `-c`, `-q`, `-o`, `-E`, `-F`, `-n`, `-w`. Basic expressions are read as
 * extended ones.
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
        const isWanted = !flags.has('v')
        if (expression.test(line) !== isWanted) continue
        count++
        if (flags.has('q') || flags.has('c')) continue
        const place = `${paths.length > 1 ? `${name}:` : ''}${flags.has('n') ? `${at + 1}:` : ''}`
        const found =
          flags.has('o') && isWanted ? expression.findAll(line).map(({ text: part }) => part) : [line]
        for (const part of found) if (part !== '' || !flags.has('o')) call.write(`${place}${part}\n`)
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

function expressionOf(pattern: string, flags: ReadonlyMap<string, string>): GoRegExp | undefined {
  // a basic expression is read as an extended one, also with its backslashes
  const source = flags.has('F') ? quotedPattern(pattern) : pattern.replaceAll(/\\([|(){}+?])/g, '$1')
  return posixPattern(flags.has('w') ? `\\b(?:${source})\\b` : source, {
    extended: true,
    ignoresCase: flags.has('i'),
  })
}

/** Prints the first lines: `-n 5`, `-5`, `-c 10`. */
export const head: Program = {
  name: 'head',
  run: (call) => {
    const args = call.args.map((word) => (/^-\d+$/.test(word) ? `-n${word.slice(1)}` : word))
    const { flags, rest } = flagsOf(args, 'nc')
    const [count, bytes] = [Number(flags.get('n') ?? 10), bytesIn(flags.get('c'), 0)]
    const wrong = Number.isNaN(count) ? flags.get('n') : Number.isNaN(bytes) ? flags.get('c') : undefined
    if (wrong !== undefined) {
      call.error(`head: invalid number '${wrong}'\n`)
      return 1
    }
    const first = (content: Content): Content => {
      if (flags.has('c')) return sliceContent(content, 0, bytes)
      return sliceContent(content, 0, endOfLines(content, count))
    }
    if (rest.length === 0) {
      const content = inputContent(call)
      if (isPause(content)) return content
      call.write(first(content))
      return 0
    }
    let status = 0
    for (const path of rest) {
      if (rest.length > 1) call.write(`${path === rest[0] ? '' : '\n'}==> ${path} <==\n`)
      status |= attempt(call, path, "can't open", () =>
        call.write(first(contentOrDevice(call, path, flags.has('c') ? bytes : undefined))),
      )
    }
    return status
  },
}

/** What a file holds, or as many bytes of a device as are wanted. */
function contentOrDevice(call: Invocation, path: string, size: number | undefined): Content {
  const device = size === undefined ? undefined : deviceContent(path, size)
  return device ?? call.world.files.content(absolutePath(call.cwd, path))
}

/** Returns the position after the nth line end; that of the end if there are fewer. */
function endOfLines(content: Content, count: number): number {
  let [left, before] = [count, 0]
  for (const piece of piecesOf(content)) {
    for (let at = left > 0 ? piece.indexOf(NEWLINE) : -1; at >= 0; at = piece.indexOf(NEWLINE, at + 1))
      if (--left === 0) return before + at + 1
    before += piece.length
  }
  return left > 0 && count > 0 ? before : 0
}

const NEWLINE = 10

/** Sorts lines: `-n`, `-r`, `-u`. */
export const sort: Program = {
  name: 'sort',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args, 'kt')
    let text = ''
    if (rest.length === 0) {
      const read = inputText(call)
      if (typeof read !== 'string') return read
      text = read
    }
    let status = 0
    for (const path of rest)
      status |= attempt(
        call,
        path,
        '',
        () => void (text += call.world.files.read(absolutePath(call.cwd, path))),
      )
    const lines = text.split('\n')
    if (lines.at(-1) === '') lines.pop()
    const compare = (a: string, b: string): number =>
      (flags.has('n') ? (Number.parseFloat(a) || 0) - (Number.parseFloat(b) || 0) : 0) ||
      (a < b ? -1 : a > b ? 1 : 0)
    const sorted = flags.has('r') ? lines.sort(compare).toReversed() : lines.sort(compare)
    for (const line of flags.has('u') ? new Set(sorted) : sorted) call.write(`${line}\n`)
    return status
  },
}

/** Virtual ms between two looks at a followed file. */
const LOOK = 1000

/** Prints the last lines: `-n 5`, `-5`, `-c 10`, `-f` (follows one file; /dev/null stays empty). */
export const tail: Program = {
  name: 'tail',
  run: (call) => {
    const args = call.args.map((word) => (/^-\d+$/.test(word) ? `-n${word.slice(1)}` : word))
    const { flags, rest } = flagsOf(args, 'nc')
    const lines = flags.get('n') ?? '10'
    const count = Math.abs(Number(lines))
    const last = (content: Content): Content => {
      const bytes = flags.get('c')
      if (bytes?.startsWith('+') === true) return sliceContent(content, Number(bytes) - 1)
      if (bytes !== undefined) return sliceContent(content, Math.max(0, sizeOf(content) - Number(bytes)))
      const text = textOfContent(content)
      const all = text.split(/(?<=\n)/).filter((line) => line !== '')
      return (lines.startsWith('+') ? all.slice(count - 1) : count === 0 ? [] : all.slice(-count)).join('')
    }
    const follows = flags.has('f') || flags.has('F')
    const [path = ''] = rest
    if (rest.length === 0) {
      const content = inputContent(call)
      if (isPause(content)) return content
      call.write(last(content))
      return 0
    }
    let size = 0
    const status = attempt(call, path, "can't open", () => {
      const content = path === '/dev/null' ? '' : call.world.files.content(absolutePath(call.cwd, path))
      if (typeof call.memory === 'number') call.write(sliceContent(content, call.memory))
      else call.write(last(content))
      size = sizeOf(content)
    })
    if (status !== 0 || !follows) return status
    return path === '/dev/null' ? { memory: null } : { until: call.world.now + LOOK, memory: size }
  },
}

/** Copies standard input to files and to standard output; `-a` appends. */
export const tee: Program = {
  name: 'tee',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args)
    // the files are made before the first byte arrives
    let status =
      typeof call.memory === 'object' && call.memory !== null ? 0 : opened(call, rest, flags.has('a'))
    const outcome = inSlices<number>(call, [], '', {
      begin: () => status,
      add: (failed, slice) => {
        status = failed
        for (const path of rest)
          status |= attempt(call, path, '', () =>
            call.world.files.write(absolutePath(call.cwd, path), slice, true),
          )
        call.write(slice)
        return status
      },
      finish: (failed) => {
        status = failed
      },
    })
    return typeof outcome === 'number' ? status : outcome
  },
}

/** Makes or empties the files of tee. Returns its exit code so far. */
function opened(call: Invocation, paths: readonly string[], appends: boolean): number {
  let status = 0
  for (const path of paths)
    status |= attempt(call, path, '', () => call.world.files.write(absolutePath(call.cwd, path), '', appends))
  return status
}

/** Replaces characters by sets with ranges, or deletes them (`-d`). */
export const tr: Program = {
  name: 'tr',
  run: (call) => {
    const text = inputText(call)
    if (typeof text !== 'string') return text
    const { flags, rest } = flagsOf(call.args)
    const from = new Map<string, number>()
    for (const [at, member] of membersOf(rest[0] ?? '').entries()) if (!from.has(member)) from.set(member, at)
    const to = membersOf(rest[1] ?? '')
    const replace = (char: string): string => {
      const at = from.get(char)
      if (at === undefined) return char
      return flags.has('d') ? '' : (to[Math.min(at, to.length - 1)] ?? char)
    }
    call.write(Array.from(text, replace).join(''))
    return 0
  },
}

const CLASSES: Readonly<Record<string, string>> = {
  '[:lower:]': 'a-z',
  '[:upper:]': 'A-Z',
  '[:digit:]': '0-9',
  '[:space:]': ' \t\n\r',
}

function membersOf(set: string): string[] {
  const text = unescaped(Object.hasOwn(CLASSES, set) ? (CLASSES[set] as string) : set)
  const members: string[] = []
  for (let at = 0; at < text.length; at++) {
    const last = text.charCodeAt(at + 2)
    if (text.charAt(at + 1) !== '-' || Number.isNaN(last)) members.push(text.charAt(at))
    else {
      spend(Math.max(0, last - text.charCodeAt(at)))
      for (let code = text.charCodeAt(at); code <= last; code++) members.push(String.fromCharCode(code))
      at += 2
    }
  }
  return members
}

/** Counts lines, words, bytes: `-l`, `-w`, `-c`. */
export const wc: Program = {
  name: 'wc',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args)
    const wanted = (['l', 'w', 'c'] as const).filter((flag) => flags.size === 0 || flags.has(flag))
    return inSlices<Counts>(call, rest, "can't open", {
      begin: () => ({ l: 0, w: 0, c: 0, inWord: false }),
      add: counted,
      finish: (counts, path) => {
        const fields = wanted.map((flag) => String(counts[flag]))
        const shown = fields.length === 1 ? fields : fields.map((field) => field.padStart(9))
        call.write(`${shown.join(' ')}${path === undefined ? '' : ` ${path}`}\n`)
      },
    })
  },
}

/** Lines, words and bytes so far. */
type Counts = { readonly l: number; readonly w: number; readonly c: number; readonly inWord: boolean }

function counted({ l, w, c, inWord }: Counts, slice: Content): Counts {
  let [lines, words, bytes, isWord] = [l, w, c, inWord]
  for (const piece of piecesOf(slice)) {
    bytes += piece.length
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at] as number
      if (byte === NEWLINE) lines++
      // as isspace(3)
      const isSpace = byte === SPACE || (byte >= TAB && byte <= CARRIAGE_RETURN)
      if (!isSpace && !isWord) words++
      isWord = !isSpace
    }
  }
  return { l: lines, w: words, c: bytes, inWord: isWord }
}

const [TAB, CARRIAGE_RETURN, SPACE] = [9, 13, 32]
