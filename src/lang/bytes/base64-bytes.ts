const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const PAD = 61
const NEWLINE = 10
const CARRIAGE_RETURN = 13
/** Marks what is no digit. */
const NONE = 255

let tables: { readonly digits: Uint8Array; readonly values: Uint8Array } | undefined

function tablesOf(): NonNullable<typeof tables> {
  if (tables !== undefined) return tables
  const digits = Uint8Array.from(ALPHABET, (char) => char.charCodeAt(0))
  const values = new Uint8Array(256).fill(NONE)
  for (const [value, digit] of digits.entries()) values[digit] = value
  return (tables = { digits, values })
}

/**
 * Encodes bytes as base64 in lines of `width` characters (0: one line), the first of which already has
 * `column`. Bytes that do not fill a group of three are padded, so all parts but the last need a multiple of
 * three. A line end follows each full line.
 */
export function encodeBase64(bytes: Uint8Array, width: number, column: number): Uint8Array {
  const { digits } = tablesOf()
  const size = Math.ceil(bytes.length / 3) * 4
  const out = new Uint8Array(width === 0 ? size : size + Math.floor((column + size) / width))
  let [to, at] = [0, column]
  const put = (digit: number): void => {
    out[to++] = digit
    if (++at !== width) return
    out[to++] = NEWLINE
    at = 0
  }
  for (let from = 0; from < bytes.length; from += 3) {
    const left = bytes.length - from
    const group = ((bytes[from] as number) << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0)
    put(digits[group >> 18] as number)
    put(digits[(group >> 12) & 63] as number)
    put(left > 1 ? (digits[(group >> 6) & 63] as number) : PAD)
    put(left > 2 ? (digits[group & 63] as number) : PAD)
  }
  return out
}

/** Base64 that arrives in parts: the bits of an unfinished group, their number of digits, and of pads. */
export type Base64Progress = { readonly bits: number; readonly digits: number; readonly pads: number }

export const BASE64_BEGIN: Base64Progress = { bits: 0, digits: 0, pads: 0 }

/** Decodes a part of base64 without its line ends; undefined if it has anything else in it. */
export function decodeBase64(
  part: Uint8Array,
  before: Base64Progress,
): { readonly bytes: Uint8Array; readonly progress: Base64Progress } | undefined {
  const { values } = tablesOf()
  let { bits, digits, pads } = before
  const out = new Uint8Array(Math.ceil((part.length * 3) / 4) + 3)
  let to = 0
  for (let at = 0; at < part.length; at++) {
    const char = part[at] as number
    if (char === NEWLINE || char === CARRIAGE_RETURN) continue
    const value = values[char] as number
    if (char === PAD && digits >= 2) {
      if (digits + ++pads > 4) return undefined
      continue
    }
    if (value === NONE || pads > 0) return undefined
    bits = (bits << 6) | value
    if (++digits < 4) continue
    out[to++] = bits >> 16
    out[to++] = bits >> 8
    out[to++] = bits
    ;[bits, digits] = [0, 0]
  }
  return { bytes: out.subarray(0, to), progress: { bits, digits, pads } }
}

/** Returns the bytes of an unfinished last group; undefined if it has a single digit, or too few pads. */
export function endBase64({ bits, digits, pads }: Base64Progress): Uint8Array | undefined {
  if (digits === 0) return new Uint8Array()
  if (digits === 1 || (pads > 0 && digits + pads !== 4)) return undefined
  return digits === 2 ? Uint8Array.of(bits >> 4) : Uint8Array.of(bits >> 10, bits >> 2)
}
