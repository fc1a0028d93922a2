import { spend } from '../../lang/bounds/budget.js'
import type { Content } from '../../lang/bytes/content.js'
import { sizeOf, sliceContent } from '../../lang/bytes/content.js'
import { absolutePath } from '../files/tree.js'
import type { TarEntry, TarHeader, TarProgress, TarReader } from '../files/tar-archive.js'
import { TAR_BEGIN, readTar, writeTar } from '../files/tar-archive.js'
import { FileFault } from '../files/file-system.js'
import type { Invocation, Pause, Program } from './command.js'
import { SLICE, pauseForOthers } from './slices.js'

/** Exit code of a failure. Source: GNU tar, TAREXIT_FAILURE. */
const FAILURE = 2
/** Bytes of an archive that are handled in one step of the budget. */
const BYTES_OF_STEP = 1024

interface Asked {
  readonly mode: 'c' | 'x' | 't'
  /** `-` means standard input or output. */
  readonly file: string
  readonly directory: string
  readonly isVerbose: boolean
  /** `-O`: what is extracted goes to standard output. */
  readonly prints: boolean
  readonly names: readonly string[]
}

/**
 * `tar cf - NAME...`, `tar -xmf - -C DIR`, `tar tf FILE`: archives without compression, with the texts of GNU
 * tar. This is what `kubectl cp` runs.
 */
export const tar: Program = {
  name: 'tar',
  run: (call) => {
    const asked = askedOf(call.args)
    if (asked === undefined) {
      call.error(
        "tar: You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\nTry 'tar " +
          "--help' or 'tar --usage' for more information.\n",
      )
      return FAILURE
    }
    const cwd = absolutePath(call.cwd, asked.directory)
    if (!call.world.files.isDirectory(cwd)) {
      call.error(
        `tar: ${asked.directory}: Cannot open: No such file or directory\ntar: Error is not ` +
          `recoverable: exiting now\n`,
      )
      return FAILURE
    }
    return asked.mode === 'c' ? create(call, asked, cwd) : read(call, asked, cwd)
  },
}

/** Parses the arguments; the first word may lack its dash. */
function askedOf([first = '', ...rest]: readonly string[]): Asked | undefined {
  const words = [first.startsWith('-') || first === '' ? first : `-${first}`, ...rest]
  const letters = new Set<string>()
  const values: Record<string, string> = { f: '-', C: '.' }
  const names: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string
    if (word.startsWith('--')) continue
    if (!/^-./.test(word)) {
      if (word !== '') names.push(word)
      continue
    }
    for (const letter of word.slice(1)) {
      letters.add(letter)
      if (letter in values) values[letter] = words[++at] ?? ''
    }
  }
  const mode = (['c', 'x', 't'] as const).find((letter) => letters.has(letter))
  return mode === undefined
    ? undefined
    : {
        mode,
        file: values['f'] as string,
        directory: values['C'] as string,
        isVerbose: letters.has('v'),
        prints: letters.has('O'),
        names,
      }
}

function create(call: Invocation, { file, isVerbose, names }: Asked, cwd: string): number {
  const { files } = call.world
  const faults: string[] = []
  const entries = names.flatMap((name) => collected(call, cwd, name, faults))
  if (names.some((name) => name.startsWith('/'))) call.error("tar: Removing leading `/' from member names\n")
  if (isVerbose) for (const { name } of entries) (file === '-' ? call.error : call.write)(`${name}\n`)
  // a reader of a piped archive may stop at its end, as kubectl does, so errors are printed before it
  if (faults.length > 0)
    call.error(
      `${faults.map((fault) => `tar: ${fault}\n`).join('')}tar: Exiting with failure status due to ` +
        `previous errors\n`,
    )
  const archive = writeTar(entries.map((entry) => ({ ...entry, name: entry.name.replace(/^\/+/, '') })))
  if (file === '-') call.write(archive)
  else files.write(absolutePath(call.cwd, file), archive)
  return faults.length > 0 ? FAILURE : 0
}

/** Returns a file, or a directory with its contents. */
function collected(call: Invocation, cwd: string, name: string, faults: string[]): readonly TarEntry[] {
  const { files } = call.world
  const path = absolutePath(cwd, name)
  const target = files.linkAt(path)
  if (target !== undefined)
    return [
      { name, kind: 'link', target, mode: 0o777, owner: 0, group: 0, time: call.world.now, content: '' },
    ]
  const entry = files.stat(path)
  if (entry === undefined) {
    faults.push(`${name}: Cannot stat: No such file or directory`)
    return []
  }
  const { mode, owner, group, time } = entry
  try {
    if (entry.kind !== 'directory')
      return [{ name, kind: 'file', mode, owner, group, time, content: files.content(path) }]
    const own = name.replace(/(?<!\/)\/*$/, '/')
    const inside = files.list(path).flatMap((one) => collected(call, cwd, own + one, faults))
    return [{ name: own, kind: 'directory', mode, owner, group, time, content: '' }, ...inside]
  } catch (error) {
    if (!(error instanceof FileFault)) throw error
    faults.push(`${name}: Cannot open: ${error.message}`)
    return []
  }
}

/** How far a call has come. */
type Progress = {
  readonly archive: TarProgress
  /** How much of the archive's file was read. */
  readonly at: number
  /** Whether an entry could not be extracted. */
  readonly failed: boolean
}

function read(call: Invocation, asked: Asked, cwd: string): number | Pause {
  const known = (call.memory as Progress | null | undefined) ?? { archive: TAR_BEGIN, at: 0, failed: false }
  let next: Arrived
  try {
    next = arrived(call, asked.file, known.at)
  } catch (error) {
    if (!(error instanceof FileFault)) throw error
    call.error(
      `tar: ${asked.file}: Cannot open: ${error.message}\ntar: Error is not recoverable: exiting now\n`,
    )
    return FAILURE
  }
  const reader = new Extraction(call, asked, cwd)
  const size = sizeOf(next.content)
  spend(size / BYTES_OF_STEP)
  const archive = readTar(known.archive, next.content, reader)
  const progress: Progress = { archive, at: known.at + size, failed: known.failed || reader.failed }
  const isOver = archive.end === 'invalid' || next.isEnd
  if (!isOver) return next.isLeft ? pauseForOthers(call, progress) : { input: true, memory: progress }
  if (archive.end === 'invalid' || (!archive.isArchive && archive.end === undefined)) {
    call.error(
      'tar: This does not look like a tar archive\ntar: Exiting with failure status due to previous errors\n',
    )
    return FAILURE
  }
  if (archive.left > 0) {
    call.error('tar: Unexpected EOF in archive\ntar: Error is not recoverable: exiting now\n')
    return FAILURE
  }
  if (progress.failed) call.error('tar: Exiting with failure status due to previous errors\n')
  return progress.failed ? FAILURE : 0
}

/** The next part of an archive. */
interface Arrived {
  readonly content: Content
  /** Whether more of it can be read at once, or none will arrive. */
  readonly isLeft: boolean
  readonly isEnd: boolean
}

function arrived({ input, world, cwd }: Invocation, file: string, at: number): Arrived {
  if (file === '-') {
    const content = input.take(SLICE)
    return { content, isLeft: !input.isEmpty, isEnd: input.ended && input.isEmpty }
  }
  const whole = world.files.content(absolutePath(cwd, file))
  const isEnd = at + SLICE >= sizeOf(whole)
  return { content: sliceContent(whole, at, at + SLICE), isLeft: !isEnd, isEnd }
}

/** Extracts entries, creating missing parents and replacing existing files; or only lists them. */
class Extraction implements TarReader {
  failed = false
  readonly #call: Invocation
  readonly #asked: Asked
  readonly #cwd: string

  constructor(call: Invocation, asked: Asked, cwd: string) {
    this.#call = call
    this.#asked = asked
    this.#cwd = cwd
  }

  entry({ name, kind, mode, target = '' }: TarHeader): void {
    const { mode: what, isVerbose } = this.#asked
    if (what === 't' || isVerbose) this.#call.write(`${name}\n`)
    if (what === 't' || this.#asked.prints) return
    const { files } = this.#call.world
    this.#attempt(name, (path) => {
      const parts = path.split('/').slice(1, kind === 'directory' ? undefined : -1)
      for (const [at] of parts.entries()) {
        const folder = `/${parts.slice(0, at + 1).join('/')}`
        if (parts[at] !== '' && files.stat(folder) === undefined) files.makeDirectory(folder)
      }
      if (kind === 'directory') return
      if (files.linkAt(path) !== undefined || files.stat(path)?.kind === 'file') files.remove(path)
      if (kind === 'link') return files.link(target, path)
      files.write(path, '', false, mode)
    })
  }

  content({ name, kind }: TarHeader, content: Content): void {
    if (this.#asked.mode === 't' || kind !== 'file') return
    if (this.#asked.prints) return this.#call.write(content)
    const { files } = this.#call.world
    // a file that could not be made was reported
    this.#attempt(name, (path) => {
      if (files.stat(path)?.kind === 'file') files.write(path, content, true)
    })
  }

  #attempt(name: string, work: (path: string) => void): void {
    try {
      work(absolutePath(this.#cwd, name.replace(/^\/+/, '')))
    } catch (error) {
      if (!(error instanceof FileFault)) throw error
      this.failed = true
      const path = absolutePath(this.#cwd, name.replace(/^\/+/, ''))
      // what does not fit is said once: its beginning is removed, so that no more of it is written
      if (error.message === FULL && this.#call.world.files.stat(path)?.kind === 'file')
        this.#call.world.files.remove(path)
      this.#call.error(
        `tar: ${name}: ${error.message === FULL ? 'Cannot write' : 'Cannot open'}: ${error.message}\n`,
      )
    }
  }
}

const FULL = 'No space left on device'
