import { InputError } from '../../lang/input-error.js'
import { sha256 } from '../../lang/bytes/sha256.js'

/** The start of the first line of a file. */
const MAGIC = 'simcluster snapshot'
/** The version of the first line; the document after it is versioned separately. */
const FORMAT = 1
const LONGEST_HEADER = 200

/**
 * Writes a document as a file: a first line with format, length and SHA-256, then the document as JSON.
 * `simcluster snapshot 1 bytes=4711 sha256=...`
 */
export function writeSnapshotFile(document: unknown): Uint8Array {
  const encoder = new TextEncoder()
  const body = encoder.encode(`${JSON.stringify(document)}\n`)
  const header = encoder.encode(`${MAGIC} ${FORMAT} bytes=${body.length} sha256=${hex(sha256(body))}\n`)
  const file = new Uint8Array(header.length + body.length)
  file.set(header)
  file.set(body, header.length)
  return file
}

/**
 * Returns the document in such a file.
 * @throws InputError that says what is wrong with it
 */
export function readSnapshotFile(file: Uint8Array): unknown {
  const decoder = new TextDecoder()
  const end = file.subarray(0, LONGEST_HEADER).indexOf(0x0a)
  const header = end < 0 ? '' : decoder.decode(file.subarray(0, end))
  if (!header.startsWith(`${MAGIC} `)) throw new InputError(describeOtherFile(file))
  const [, format, length, expected] =
    /^simcluster snapshot (\d+)(?: bytes=(\d+) sha256=([0-9a-f]{64}))?/.exec(header) ?? []
  if (format !== `${FORMAT}` || length === undefined) {
    throw new InputError(
      `this snapshot file has format ${format ?? 'unknown'}; this version of simcluster reads format ` +
        `${FORMAT}`,
    )
  }
  const body = file.subarray(end + 1)
  if (body.length < Number(length))
    throw new InputError(`the snapshot file is truncated: ${body.length} of ${length} bytes are there`)
  const document = body.subarray(0, Number(length))
  const found = hex(sha256(document))
  if (found !== expected)
    throw new InputError(
      `the snapshot file is corrupt: its sha256 is ${found} and should be ${expected ?? ''}`,
    )
  return JSON.parse(decoder.decode(document))
}

function describeOtherFile(file: Uint8Array): string {
  const looksLikeBolt =
    file.length > 20 && new DataView(file.buffer, file.byteOffset).getUint32(16, true) === 0xed0cdaed
  return looksLikeBolt
    ? 'this is a snapshot of etcd: SimCluster.fromEtcdSnapshot reads it'
    : 'this is not a simcluster snapshot file'
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
