import type { Deflate, Inflate } from 'node:zlib'
import { constants, createDeflate, createInflate } from 'node:zlib'
import { spdyDictionary } from './dictionary.js'
import { setImmediate } from '../real-timers.js'

/** Headers of a SPDY stream; names are lower case. */
export type SpdyHeaders = Readonly<Record<string, string>>

/** Largest header block that is accepted, in inflated bytes; requests are far smaller. */
const MOST_BYTES = 64 * 1024

/**
 * Compresses and parses the header blocks of a connection. All blocks of one direction share one zlib state,
 * so calls must not overlap.
 */
export class HeaderCodec {
  readonly #inflate: Inflate
  readonly #deflate: Deflate

  constructor() {
    const dictionary = spdyDictionary()
    this.#inflate = createInflate({ dictionary, flush: constants.Z_SYNC_FLUSH })
    this.#deflate = createDeflate({ dictionary, flush: constants.Z_SYNC_FLUSH })
  }

  /** @throws Error when the block is malformed. */
  async read(block: Buffer): Promise<SpdyHeaders> {
    const bytes = await pass(this.#inflate, block, MOST_BYTES)
    const headers: [string, string][] = []
    let at = 4
    const next = (): string => {
      const end = at + 4 + bytes.readUInt32BE(at)
      const text = bytes.toString('latin1', at + 4, end)
      if (end > bytes.length) throw new Error('spdy: truncated header block')
      at = end
      return text
    }
    for (let left = bytes.readUInt32BE(0); left > 0; left--) headers.push([next().toLowerCase(), next()])
    return Object.fromEntries(headers)
  }

  write(headers: SpdyHeaders): Promise<Buffer> {
    const parts: Buffer[] = [uint32(Object.keys(headers).length)]
    for (const text of Object.entries(headers).flat())
      parts.push(uint32(Buffer.byteLength(text, 'latin1')), Buffer.from(text, 'latin1'))
    return pass(this.#deflate, Buffer.concat(parts), Infinity)
  }

  close(): void {
    this.#inflate.close()
    this.#deflate.close()
  }
}

/**
 * Passes one block through a zlib stream and returns the output. Destroys the stream and rejects when there
 * are more than `most` bytes: a block can inflate a thousandfold.
 */
function pass(stream: Inflate | Deflate, block: Buffer, most: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk)
      size += chunk.length
      if (size <= most) return
      stream.destroy()
      settle(new Error('spdy: header block too large'))
    }
    const settle = (error?: Error | null): void => {
      stream.off('data', onData)
      stream.off('error', settle)
      if (error) reject(error)
      else resolve(Buffer.concat(chunks))
    }
    stream.on('data', onData)
    stream.once('error', settle)
    stream.write(block, (error) => setImmediate(settle, error))
  })
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
