import { contentOfEntry } from '../../shell/files/file-system.js'
import { sizeOf } from '../../lang/bytes/content.js'
import { stableHex } from '../../kubelet/stable-hex.js'
import type { FileEntry } from '../../shell/files/tree.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed, readOptions, unknownOption } from './command.js'

const VALUED = ['c', 'format', 'printf']

const HELP = "Try 'stat --help' for more information."

const KINDS = {
  file: ['regular file', '-'],
  directory: ['directory', 'd'],
  link: ['symbolic link', 'l'],
} as const

/** `stat [-c FORMAT] [--printf FORMAT] FILE...`. Source: coreutils src/stat.c. */
export function stat({ args, machine, path }: CommandCall): CommandOutput {
  const wrong = unknownOption(args, VALUED, ['L', 'dereference'])
  if (wrong !== undefined) {
    const what = wrong.startsWith('--')
      ? `unrecognized option '${wrong}'`
      : `invalid option -- '${wrong.slice(1)}'`
    return failed(`stat: ${what}\n${HELP}`)
  }
  const options = readOptions(args, VALUED)
  if (options.words.length === 0) return failed(`stat: missing operand\n${HELP}`)
  const printf = options.get('printf')
  const format =
    printf?.replaceAll(String.raw`\n`, '\n').replaceAll(String.raw`\t`, '\t') ?? options.get('c', 'format')
  let [stdout, stderr] = ['', '']
  for (const word of options.words) {
    const entry = machine.files.stat(path(word))
    if (entry === undefined) stderr += `stat: cannot statx '${word}': No such file or directory\n`
    else {
      // a directory that was there from the beginning has no time of its own
      const time = entry.time === 0 ? machine.cluster.pki.config.created : entry.time
      const parts = partsOf(word, path(word), entry, time)
      const shown =
        format?.replaceAll(/%([a-zA-Z%])/g, (text, letter: string) => parts[letter] ?? text) ??
        whole(parts, entry)
      stdout += printf === undefined ? `${shown}\n` : shown
    }
  }
  return { stdout, stderr, code: stderr === '' ? 0 : 1 }
}

const BITS = 'rwxrwxrwx'
const BLOCK = 4096

const ownerName = (id: number): string => (id === 0 ? 'root' : 'UNKNOWN')

const timeText = (ms: number): string =>
  `${new Date(ms).toISOString().replace('T', ' ').replace('Z', '000000')} +0000`

/** What the letters of a format stand for. */
function partsOf(
  name: string,
  full: string,
  entry: FileEntry,
  time: number,
): Readonly<Record<string, string>> {
  const [kind, sign] = entry.kind === 'gone' ? KINDS.file : KINDS[entry.kind]
  const size = entry.kind === 'file' ? sizeOf(contentOfEntry(entry)) : BLOCK
  const mode = entry.mode & 0o7777
  const bits = Array.from(BITS, (letter, at) => ((mode >> (8 - at)) & 1 ? letter : '-')).join('')
  const [text, seconds] = [timeText(time), String(Math.floor(time / 1000))]
  return {
    a: mode.toString(8),
    A: `${sign}${bits}`,
    b: String(Math.ceil(size / BLOCK) * 8),
    B: '512',
    F: size === 0 && entry.kind === 'file' ? 'regular empty file' : kind,
    g: String(entry.group),
    G: ownerName(entry.group),
    h: entry.kind === 'directory' ? '2' : '1',
    i: String(Number.parseInt(stableHex(full, 5), 16)),
    n: name,
    N: `'${name}'`,
    o: String(BLOCK),
    s: String(size),
    u: String(entry.owner),
    U: ownerName(entry.owner),
    w: text,
    W: seconds,
    x: text,
    X: seconds,
    y: text,
    Y: seconds,
    z: text,
    Z: seconds,
    '%': '%',
  }
}

const owned = (id: number): string => `${String(id).padStart(5)}/${ownerName(id).padStart(8)}`

/** The listing without a format. */
function whole(parts: Readonly<Record<string, string>>, entry: FileEntry): string {
  const [size = '', blocks = '', mode = ''] = [parts.s, parts.b, parts.a]
  return `  File: ${parts.n ?? ''}
  Size: ${size.padEnd(10)}\tBlocks: ${blocks.padEnd(10)} IO Block: ${BLOCK}   ${parts.F ?? ''}
Device: fe01h/65025d\tInode: ${(parts.i ?? '').padEnd(11)} Links: ${parts.h ?? ''}
Access: (0${mode.padStart(3, '0')}/${parts.A ?? ''})  Uid: (${owned(entry.owner)})   Gid: (${owned(entry.group)})
Access: ${parts.x ?? ''}
Modify: ${parts.y ?? ''}
Change: ${parts.z ?? ''}
 Birth: ${parts.w ?? ''}`
}
