import { bytesOf, textOf } from '../../lang/go/utf8.js'
import { joinBytes } from '../../lang/bytes/join-bytes.js'

/** One entry of an archive. */
export interface TarEntry {
  /** The name as it is stored; that of a directory ends in a slash. */
  readonly name: string
  readonly mode: number
  readonly owner: number
  readonly group: number
  /** Virtual ms; stored in whole seconds. */
  readonly time: number
  readonly kind: 'file' | 'directory'
  readonly content: Uint8Array
}

const BLOCK = 512
/** An archive is padded to a whole record. Source: GNU tar, blocking factor 20. */
const RECORD = 20 * BLOCK
const NAME = 100
const CHECKSUM_AT = 148
const EXTENDED = 'x'
const LONG_NAME = 'L'
const DIRECTORY = '5'

/** Encodes an archive (POSIX ustar); names that do not fit are stored in a header of their own. */
export function writeTar(entries: readonly TarEntry[]): Uint8Array {
  const parts = entries.flatMap((entry) => [
    ...longName(entry.name),
    ...file(entry.kind === 'directory' ? DIRECTORY : '0', entry, entry.name),
  ])
  const content = joinBytes(parts)
  const archive = new Uint8Array(Math.ceil((content.length + 2 * BLOCK) / RECORD) * RECORD)
  archive.set(content)
  return archive
}

function longName(name: string): readonly Uint8Array[] {
  const bytes = bytesOf(name)
  if (bytes.length <= NAME) return []
  return file(
    LONG_NAME,
    { mode: 0, owner: 0, group: 0, time: 0, content: bytesOf(`${name}\0`) },
    '././@LongLink',
  )
}

function file(
  type: string,
  { mode, owner, group, time, content }: Omit<TarEntry, 'name' | 'kind'>,
  name: string,
): readonly Uint8Array[] {
  const header = new Uint8Array(BLOCK)
  const put = (at: number, text: string | Uint8Array): void =>
    header.set(typeof text === 'string' ? bytesOf(text) : text, at)
  const octal = (at: number, length: number, value: number): void =>
    put(at, `${value.toString(8).padStart(length - 1, '0')}\0`)
  put(0, bytesOf(name).subarray(0, NAME))
  octal(100, 8, mode)
  octal(108, 8, owner)
  octal(116, 8, group)
  octal(124, 12, content.length)
  octal(136, 12, Math.floor(time / 1000))
  put(CHECKSUM_AT, '        ')
  put(156, type)
  put(257, 'ustar\u000000')
  octal(
    CHECKSUM_AT,
    7,
    header.reduce((sum, byte) => sum + byte, 0),
  )
  const filling = new Uint8Array((BLOCK - (content.length % BLOCK)) % BLOCK)
  return [header, content, filling]
}

/** Decodes an archive; undefined if it is invalid. Links and devices are skipped. */
export function readTar(archive: Uint8Array): readonly TarEntry[] | undefined {
  const entries: TarEntry[] = []
  let name: string | undefined
  for (let at = 0; at + BLOCK <= archive.length;) {
    const header = archive.subarray(at, at + BLOCK)
    if (header.every((byte) => byte === 0)) return entries
    if (!isSummed(header)) return undefined
    const size = octalAt(header, 124, 12)
    const content = archive.subarray(at + BLOCK, at + BLOCK + size)
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
    const type = String.fromCharCode(header[156] as number)
    if (type === LONG_NAME) name = textOf(content).replace(/\0.*$/s, '')
    else if (type === EXTENDED) name = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(textOf(content))?.[1] ?? name
    else {
      const kind = type === DIRECTORY ? 'directory' : type === '0' || type === '\0' ? 'file' : undefined
      if (kind !== undefined) {
        entries.push({
          kind,
          content,
          name: name ?? nameOf(header),
          mode: octalAt(header, 100, 8),
          owner: octalAt(header, 108, 8),
          group: octalAt(header, 116, 8),
          time: octalAt(header, 136, 12) * 1000,
        })
      }
      name = undefined
    }
  }
  return entries.length === 0 ? undefined : entries
}

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
