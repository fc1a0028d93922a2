import { bytesOf, textOf } from '../../lang/go/utf8.js'
import type { Content } from '../../lang/bytes/content.js'
import {
  bytesOfContent,
  joinContent,
  joinContents,
  sizeOf,
  sliceContent,
  zeros,
} from '../../lang/bytes/content.js'

/** The header of an entry of an archive. */
export type TarHeader = {
  /** The name as it is stored; that of a directory ends in a slash. */
  readonly name: string
  readonly mode: number
  readonly owner: number
  readonly group: number
  /** Virtual ms; stored in whole seconds. */
  readonly time: number
  readonly kind: 'file' | 'directory' | 'link'
  /** Where a link leads. */
  readonly target?: string
}

/** One entry of an archive. */
export type TarEntry = TarHeader & { readonly content: Content }

const BLOCK = 512
/** An archive is padded to a whole record. Source: GNU tar, blocking factor 20. */
const RECORD = 20 * BLOCK
const NAME = 100
const CHECKSUM_AT = 148
const EXTENDED = 'x'
const LONG_NAME = 'L'
const DIRECTORY = '5'
const LINK = '2'
const TARGET_AT = 157
/** Most bytes of a long name or of extended headers. */
const MOST_OF_NAME = 1024 * 1024

/** Encodes an archive (POSIX ustar); names that do not fit are stored in a header of their own. */
export function writeTar(entries: readonly TarEntry[]): Content {
  const content = joinContents(
    entries.flatMap((entry) => [...longName(entry.name), ...file(TYPES[entry.kind], entry, entry.name)]),
  )
  const size = sizeOf(content)
  return joinContent(content, zeros(Math.ceil((size + 2 * BLOCK) / RECORD) * RECORD - size))
}

const TYPES = { file: '0', directory: DIRECTORY, link: LINK } as const

function longName(name: string): readonly Content[] {
  const bytes = bytesOf(name)
  if (bytes.length <= NAME) return []
  return file(LONG_NAME, { mode: 0, owner: 0, group: 0, time: 0, content: `${name}\0` }, '././@LongLink')
}

function file(
  type: string,
  { mode, owner, group, time, content, target = '' }: Omit<TarEntry, 'name' | 'kind'>,
  name: string,
): readonly Content[] {
  const header = new Uint8Array(BLOCK)
  const size = sizeOf(content)
  const put = (at: number, text: string | Uint8Array): void =>
    header.set(typeof text === 'string' ? bytesOf(text) : text, at)
  const octal = (at: number, length: number, value: number): void =>
    put(at, `${value.toString(8).padStart(length - 1, '0')}\0`)
  put(0, bytesOf(name).subarray(0, NAME))
  octal(100, 8, mode)
  octal(108, 8, owner)
  octal(116, 8, group)
  octal(124, 12, size)
  octal(136, 12, Math.floor(time / 1000))
  put(CHECKSUM_AT, '        ')
  put(156, type)
  put(TARGET_AT, bytesOf(target).subarray(0, NAME))
  put(257, 'ustar\u000000')
  octal(
    CHECKSUM_AT,
    7,
    header.reduce((sum, byte) => sum + byte, 0),
  )
  return [{ size: BLOCK, pieces: [header] }, content, zeros(paddingOf(size))]
}

const paddingOf = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK

/** How far an archive was read. Plain data. */
export type TarProgress = {
  /** What has arrived and was not read. */
  readonly waiting: Content
  /** The entry whose content follows; undefined before a header. */
  readonly entry?: TarHeader | undefined
  /** Bytes of its content, and of the padding behind it, that are to come. */
  readonly left: number
  readonly padding: number
  /** The name that a header of its own gives to the next entry. */
  readonly name?: string | undefined
  /** Whether a header was read. */
  readonly isArchive: boolean
  /** Whether the end of the archive was read, or something that is none. */
  readonly end?: 'whole' | 'invalid' | undefined
}

/** The progress before the first byte. */
export const TAR_BEGIN: TarProgress = { waiting: '', left: 0, padding: 0, isArchive: false }

/** What is told of an archive while it is read. */
export interface TarReader {
  /** An entry begins. */
  entry(entry: TarHeader): void
  /** The next bytes of a file. */
  content(entry: TarHeader, content: Content): void
}

/** Reads as much of an archive as has arrived. Hard links and devices are skipped. */
export function readTar(progress: TarProgress, more: Content, reader: TarReader): TarProgress {
  let at: TarProgress = { ...progress, waiting: joinContent(progress.waiting, more) }
  for (;;) {
    const next = at.end === undefined ? step(at, reader) : undefined
    if (next === undefined) return at
    at = next
  }
}

/** Reads a piece of content, its padding, or a header; undefined if more must arrive. */
function step(at: TarProgress, reader: TarReader): TarProgress | undefined {
  const size = sizeOf(at.waiting)
  if (at.left > 0) {
    if (size === 0) return undefined
    const taken = Math.min(size, at.left)
    if (at.entry !== undefined) reader.content(at.entry, sliceContent(at.waiting, 0, taken))
    return { ...at, waiting: sliceContent(at.waiting, taken), left: at.left - taken }
  }
  if (at.padding > 0) {
    if (size === 0) return undefined
    const taken = Math.min(size, at.padding)
    return { ...at, waiting: sliceContent(at.waiting, taken), padding: at.padding - taken, entry: undefined }
  }
  if (size < BLOCK) return undefined
  const header = bytesOfContent(sliceContent(at.waiting, 0, BLOCK))
  if (header.every((byte) => byte === 0)) return { ...at, end: 'whole' }
  return isSummed(header) ? headed(at, header, size, reader) : { ...at, end: 'invalid' }
}

/** Reads a header, with the name that follows it if there is one. */
function headed(
  at: TarProgress,
  header: Uint8Array,
  waiting: number,
  reader: TarReader,
): TarProgress | undefined {
  const length = octalAt(header, 124, 12)
  const padding = paddingOf(length)
  const type = String.fromCharCode(header[156] as number)
  const behind = sliceContent(at.waiting, BLOCK)
  const read = { ...at, waiting: behind, isArchive: true }
  if (type === LONG_NAME || type === EXTENDED) {
    if (length > MOST_OF_NAME) return { ...at, end: 'invalid' }
    if (waiting < BLOCK + length + padding) return undefined
    const text = textOf(bytesOfContent(sliceContent(behind, 0, length)))
    const name =
      type === LONG_NAME
        ? text.replace(/\0.*$/s, '')
        : (/(?:^|\n)\d+ path=([^\n]*)\n/.exec(text)?.[1] ?? at.name)
    return { ...read, waiting: sliceContent(behind, length + padding), name }
  }
  const kind = kindOf(type)
  const entry = kind === undefined ? undefined : headerOf(header, kind, at.name ?? nameOf(header))
  if (entry !== undefined) reader.entry(entry)
  return { ...read, entry, left: length, padding, name: undefined }
}

function kindOf(type: string): TarHeader['kind'] | undefined {
  if (type === DIRECTORY) return 'directory'
  if (type === LINK) return 'link'
  return type === '0' || type === '\0' ? 'file' : undefined
}

const headerOf = (header: Uint8Array, kind: TarHeader['kind'], name: string): TarHeader => ({
  kind,
  name,
  mode: octalAt(header, 100, 8),
  owner: octalAt(header, 108, 8),
  group: octalAt(header, 116, 8),
  time: octalAt(header, 136, 12) * 1000,
  ...(kind === 'link' ? { target: textAt(header, TARGET_AT, NAME) } : {}),
})

function nameOf(header: Uint8Array): string {
  const prefix = textAt(header, 345, 155)
  const name = textAt(header, 0, NAME)
  return prefix === '' || textAt(header, 257, 6) !== 'ustar' ? name : `${prefix}/${name}`
}

const textAt = (header: Uint8Array, at: number, length: number): string =>
  textOf(header.subarray(at, at + length)).replace(/\0.*$/s, '')

const octalAt = (header: Uint8Array, at: number, length: number): number =>
  Number.parseInt(textAt(header, at, length).trim(), 8) || 0

function isSummed(header: Uint8Array): boolean {
  const sum = header.reduce(
    (total, byte, at) => total + (at >= CHECKSUM_AT && at < CHECKSUM_AT + 8 ? 32 : byte),
    0,
  )
  return sum === octalAt(header, CHECKSUM_AT, 8)
}
