import { InputError } from '../../lang/input-error.js'
import { keyBytes } from '../mvcc/keys.js'
import { Crc32c } from '../mvcc/storage-hash.js'
import { readBolt } from './bolt-reader.js'
import { HASH_SIZE } from './pages.js'

/** The output of `etcdutl snapshot status`. */
export interface SnapshotStatus {
  /** CRC-32C over everything, in hexadecimal without leading zeros. */
  readonly hash: string
  /** The last stored revision; 0 if there is none. */
  readonly revision: number
  /** Number of entries in all buckets: stored revisions and etcd's own records. */
  readonly totalKeys: number
  /** Size of the database in bytes. */
  readonly totalSize: number
}

/**
 * Returns the status of a snapshot. Like `etcdutl snapshot status`, it ignores the hash at the end of the
 * file.
 * @throws SnapshotError if the file is not a database
 * @example snapshotStatus(readFileSync('backup.db')).totalKeys
 */
export function snapshotStatus(file: Uint8Array): SnapshotStatus {
  if (!(file instanceof Uint8Array))
    throw new InputError(
      'snapshotStatus() takes the bytes of a snapshot. Write for example: ' +
        "snapshotStatus(readFileSync('snapshot.db'))",
    )
  const { buckets, size } = readBolt(file.length % 512 === HASH_SIZE ? file.subarray(0, -HASH_SIZE) : file)
  const crc = new Crc32c()
  let totalKeys = 0
  for (const [name, entries] of buckets) {
    crc.add(keyBytes(name))
    for (const { key, value } of entries) {
      crc.add(key)
      crc.add(value)
    }
    totalKeys += entries.length
  }
  const last = buckets.get('key')?.at(-1)?.key
  const revision =
    last === undefined || last.length < 8
      ? 0
      : Number(new DataView(last.buffer, last.byteOffset).getBigInt64(0))
  return { hash: crc.sum.toString(16), revision, totalKeys, totalSize: size }
}

/**
 * Returns the output of `etcdutl snapshot status -w table`, or with `simple` that without `-w`.
 * @example console.log(formatSnapshotStatus(snapshotStatus(file), 'table'))
 */
export function formatSnapshotStatus(status: SnapshotStatus, as: 'table' | 'simple' = 'table'): string {
  if (typeof (status as Partial<SnapshotStatus> | undefined)?.hash !== 'string')
    throw new InputError('formatSnapshotStatus() takes what snapshotStatus(file) returns')
  if (as !== 'table' && as !== 'simple')
    throw new InputError(`formatSnapshotStatus(): as must be 'table' or 'simple', not ${JSON.stringify(as)}`)
  const { hash, revision, totalKeys, totalSize } = status
  const cells = [hash, `${revision}`, `${totalKeys}`, siBytes(totalSize)]
  if (as === 'simple') return `${cells.join(', ')}\n`
  const titles = ['HASH', 'REVISION', 'TOTAL KEYS', 'TOTAL SIZE']
  const widths = titles.map((title, at) => Math.max(title.length, (cells[at] as string).length))
  // bounded: widths of its own texts
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`
  const head = `|${titles.map((title, at) => ` ${centred(title, widths[at] as number)} `).join('|')}|\n`
  const row = `|${cells.map((cell, at) => ` ${cell.padStart(widths[at] as number)} `).join('|')}|\n`
  return rule + head + rule + row + rule
}

function centred(text: string, width: number): string {
  const left = Math.floor((width - text.length) / 2)
  return text.padStart(text.length + left).padEnd(width)
}

/** Formats a size as go-humanize's `Bytes`: `737 kB`, `1.2 MB`. */
function siBytes(bytes: number): string {
  if (bytes < 10) return `${bytes} B`
  const power = Math.floor(Math.log10(bytes) / 3)
  const value = Math.floor((bytes / 1000 ** power) * 10 + 0.5) / 10
  return (
    `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ` +
    `${['B', 'kB', 'MB', 'GB', 'TB', 'PB'][power] ?? 'EB'}`
  )
}
