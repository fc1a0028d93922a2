import { ByteDecoder, bytesOfText } from './byte-text.js'
import { joinBytes } from './join-bytes.js'

/**
 * Bytes in pieces; a number stands for as many zero bytes. Frozen plain data: copies of a file, a pipe and a
 * stream share the pieces, so the bytes of a piece must never change.
 */
export type Bytes = { readonly size: number; readonly pieces: readonly (Uint8Array | number)[] }

/** What a file holds or a stream carries: text, or bytes that may be none. */
export type Content = string | Bytes

/** Pieces that are appended are joined up to this size, so that a stream of small ones stays short. */
const PIECE = 256 * 1024
/** Bytes that are valid text are kept as text up to this size, and joined texts up to that length. */
const SHORT = 16 * 1024
const LONGEST = 1024 * 1024

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Returns bytes as content: short text as text, anything else as a copy of the bytes. */
export const contentOf = (bytes: Uint8Array): Content => madeOf(bytes, true)

/** As {@link contentOf}, of bytes that nobody else changes. */
export const ownContentOf = (bytes: Uint8Array): Content => madeOf(bytes, false)

function madeOf(bytes: Uint8Array, copies: boolean): Content {
  if (bytes.length <= SHORT) {
    try {
      return strict.decode(bytes)
    } catch {
      // not text
    }
  }
  return made(bytes.length, [copies ? Uint8Array.from(bytes) : bytes])
}

/** Returns content of zero bytes. */
export const zeros = (size: number): Content => (size === 0 ? '' : made(size, [size]))

/** Returns the number of bytes. */
export function sizeOf(content: Content): number {
  return typeof content === 'string' ? bytesOfText(content).length : content.size
}

/** Returns the number of bytes, counting one for each character of a text. */
export function roughSizeOf(content: Content): number {
  return typeof content === 'string' ? content.length : content.size
}

/** Returns the number of bytes that are held in memory: runs of zeros are not. */
export function heldSizeOf(content: Content): number {
  if (typeof content === 'string') return content.length
  let size = 0
  for (const piece of content.pieces) if (typeof piece !== 'number') size += piece.length
  return size
}

/** Returns the text of content, in which bytes that are no text are escaped as by `textOfBytes`. */
export function textOfContent(content: Content): string {
  if (typeof content === 'string') return content
  const decoder = new ByteDecoder()
  let text = ''
  for (const piece of content.pieces)
    if (typeof piece !== 'number') text += decoder.decode(piece)
    // bounded: whoever reads a text is charged for its size before
    else text += decoder.decode(undefined, true) + '\0'.repeat(piece)
  return text + decoder.decode(undefined, true)
}

/** Returns all bytes in one array, which must not be changed. */
export function bytesOfContent(content: Content): Uint8Array {
  if (typeof content === 'string') return bytesOfText(content)
  const [first, ...more] = content.pieces
  if (more.length === 0 && first instanceof Uint8Array) return first
  return joinBytes(content.pieces.map((piece) => (typeof piece === 'number' ? new Uint8Array(piece) : piece)))
}

/** Returns the pieces of content, each of at most `most` bytes. */
export function* piecesOf(content: Content, most: number = PIECE): Generator<Uint8Array, void> {
  if (content === '') return
  const { pieces } = inPieces(content)
  for (const piece of pieces) {
    const size = typeof piece === 'number' ? piece : piece.length
    for (let at = 0; at < size; at += most)
      yield typeof piece === 'number'
        ? new Uint8Array(Math.min(most, size - at))
        : piece.subarray(at, at + most)
  }
}

/** Joins content. Two texts give a text, unless it would be long. */
export function joinContent(first: Content, second: Content): Content {
  if (second === '') return first
  if (first === '') return second
  if (typeof first === 'string' && typeof second === 'string' && first.length + second.length <= LONGEST)
    return first + second
  const [head, tail] = [inPieces(first), inPieces(second)]
  const pieces = [...head.pieces]
  for (const piece of tail.pieces) append(pieces, piece)
  return made(head.size + tail.size, pieces)
}

/** Whether two contents have the same bytes. */
export function isSameContent(first: Content, second: Content): boolean {
  if (first === second) return true
  if (sizeOf(first) !== sizeOf(second)) return false
  const [a, b] = [bytesOfContent(first), bytesOfContent(second)]
  return a.every((byte, at) => byte === b[at])
}

/** Joins any number of contents. */
export function joinContents(contents: readonly Content[]): Content {
  const pieces: (Uint8Array | number)[] = []
  let size = 0
  for (const content of contents) {
    if (content === '') continue
    const part = inPieces(content)
    size += part.size
    for (const piece of part.pieces) append(pieces, piece)
  }
  return size === 0 ? '' : made(size, pieces)
}

/** Returns the bytes from `from` to before `to`. */
export function sliceContent(content: Content, from: number, to: number = Infinity): Content {
  const { size, pieces } = inPieces(content)
  if (from <= 0 && to >= size) return content
  const slice: (Uint8Array | number)[] = []
  let [at, length] = [0, 0]
  for (const piece of pieces) {
    const [start, end] = [Math.max(from - at, 0), Math.min(to - at, sizeOfPiece(piece))]
    at += sizeOfPiece(piece)
    if (end <= start) continue
    slice.push(typeof piece === 'number' ? end - start : piece.subarray(start, end))
    length += end - start
  }
  return length === 0 ? '' : made(length, slice)
}

const sizeOfPiece = (piece: Uint8Array | number): number => (typeof piece === 'number' ? piece : piece.length)

const made = (size: number, pieces: (Uint8Array | number)[]): Bytes =>
  Object.freeze({ size, pieces: Object.freeze(pieces) })

function inPieces(content: Content): Bytes {
  if (typeof content !== 'string') return content
  const bytes = bytesOfText(content)
  return made(bytes.length, [bytes])
}

/**
 * Appends a piece. Of the last pieces, those that are no larger than what follows are joined, so that each
 * byte is copied a few times only.
 */
function append(pieces: (Uint8Array | number)[], piece: Uint8Array | number): void {
  let last = pieces.at(-1)
  if (typeof piece === 'number') {
    if (typeof last === 'number') pieces[pieces.length - 1] = last + piece
    else pieces.push(piece)
    return
  }
  const tail: Uint8Array[] = [piece]
  let { length } = piece
  while (last instanceof Uint8Array && last.length <= length && last.length + length <= PIECE) {
    tail.unshift(last)
    length += last.length
    pieces.pop()
    last = pieces.at(-1)
  }
  pieces.push(tail.length === 1 ? piece : joinBytes(tail))
}
