import { bytesOfText, textOfBytes } from '../../lang/bytes/byte-text.js'
import { absolutePath } from '../files/tree.js'
import type { TarEntry } from '../files/tar-archive.js'
import { readTar, writeTar } from '../files/tar-archive.js'
import { FileFault } from '../files/file-system.js'
import type { Invocation, Pause, Program } from './command.js'
import { inputText } from './command.js'

/** Exit code of a failure. Source: GNU tar, TAREXIT_FAILURE. */
const FAILURE = 2

interface Asked {
  readonly mode: 'c' | 'x' | 't'
  /** `-` means standard input or output. */
  readonly file: string
  readonly directory: string
  readonly isVerbose: boolean
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
  const archive = textOfBytes(
    writeTar(entries.map((entry) => ({ ...entry, name: entry.name.replace(/^\/+/, '') }))),
  )
  if (file === '-') call.write(archive)
  else files.write(absolutePath(call.cwd, file), archive)
  return faults.length > 0 ? FAILURE : 0
}

/** Returns a file, or a directory with its contents. */
function collected(call: Invocation, cwd: string, name: string, faults: string[]): readonly TarEntry[] {
  const { files } = call.world
  const path = absolutePath(cwd, name)
  const entry = files.stat(path)
  if (entry === undefined) {
    faults.push(`${name}: Cannot stat: No such file or directory`)
    return []
  }
  const { mode, owner, group, time } = entry
  try {
    if (entry.kind !== 'directory')
      return [{ name, kind: 'file', mode, owner, group, time, content: bytesOfText(files.read(path)) }]
    const own = name.replace(/(?<!\/)\/*$/, '/')
    const inside = files.list(path).flatMap((one) => collected(call, cwd, own + one, faults))
    return [{ name: own, kind: 'directory', mode, owner, group, time, content: new Uint8Array() }, ...inside]
  } catch (error) {
    if (!(error instanceof FileFault)) throw error
    faults.push(`${name}: Cannot open: ${error.message}`)
    return []
  }
}

function read(call: Invocation, { file, mode, isVerbose }: Asked, cwd: string): number | Pause {
  const { files } = call.world
  let text: string | Pause
  try {
    text = file === '-' ? inputText(call) : files.read(absolutePath(call.cwd, file))
  } catch (error) {
    if (!(error instanceof FileFault)) throw error
    call.error(`tar: ${file}: Cannot open: ${error.message}\ntar: Error is not recoverable: exiting now\n`)
    return FAILURE
  }
  if (typeof text !== 'string') return text
  const entries = readTar(bytesOfText(text))
  if (entries === undefined) {
    call.error(
      'tar: This does not look like a tar archive\ntar: Exiting with failure status due to previous errors\n',
    )
    return FAILURE
  }
  if (mode === 't' || isVerbose) for (const { name } of entries) call.write(`${name}\n`)
  if (mode === 't') return 0
  const failed = entries.map((entry) => extract(call, cwd, entry)).includes(false)
  if (failed) call.error('tar: Exiting with failure status due to previous errors\n')
  return failed ? FAILURE : 0
}

/** Extracts an entry, creating missing parents and overwriting existing files. */
function extract(call: Invocation, cwd: string, { name, kind, content }: TarEntry): boolean {
  const { files } = call.world
  const path = absolutePath(cwd, name.replace(/^\/+/, ''))
  try {
    const parts = path.split('/').slice(1, kind === 'directory' ? undefined : -1)
    for (const [at] of parts.entries()) {
      const folder = `/${parts.slice(0, at + 1).join('/')}`
      if (parts[at] !== '' && files.stat(folder) === undefined) files.makeDirectory(folder)
    }
    if (kind === 'file') files.write(path, textOfBytes(content))
    return true
  } catch (error) {
    if (!(error instanceof FileFault)) throw error
    call.error(`tar: ${name}: Cannot open: ${error.message}\n`)
    return false
  }
}
