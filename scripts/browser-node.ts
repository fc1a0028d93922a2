/**
 * What just-bash's browser entry needs of Node: zlib's gzip, by fflate, and the one use of Buffer that has no
 * other way beside it. `npm run build` puts it into dist/browser-shell.js.
 */
import { gunzipSync as gunzip, gzipSync as gzip } from 'fflate'

interface Limit {
  /** Bytes that the result may have. */
  readonly maxOutputLength?: number
}

export const constants: Readonly<Record<string, number>> = {
  Z_BEST_SPEED: 1,
  Z_BEST_COMPRESSION: 9,
  Z_DEFAULT_COMPRESSION: -1,
}

/** The level that zlib means by its default. */
const DEFAULT_LEVEL = 6

/** @throws RangeError if the result has too many bytes */
export function gzipSync(
  bytes: Uint8Array,
  { level = -1, ...limit }: Limit & { readonly level?: number } = {},
): Uint8Array {
  const chosen = (level < 0 ? DEFAULT_LEVEL : level) as 1
  return within(gzip(bytes, { level: chosen, mtime: 0 }), limit)
}

/** @throws Error if the bytes are not gzip's @throws RangeError if the result has too many bytes */
export function gunzipSync(bytes: Uint8Array, limit: Limit = {}): Uint8Array {
  return within(gunzip(bytes), limit)
}

function within(bytes: Uint8Array, { maxOutputLength = Infinity }: Limit): Uint8Array {
  if (bytes.length > maxOutputLength) throw new RangeError(`more than ${maxOutputLength} bytes`)
  return bytes
}

/** `Buffer.from(bytes).toString('latin1')`: one character a byte. */
export const Buffer: { readonly from: (bytes: Uint8Array) => { readonly toString: () => string } } = {
  from: (bytes) => ({
    toString: () => {
      let text = ''
      for (const byte of bytes) text += String.fromCharCode(byte)
      return text
    },
  }),
}
