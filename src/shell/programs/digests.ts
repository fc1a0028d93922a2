import { bytesOfText } from '../../lang/bytes/byte-text.js'
import { sha256Hex } from '../../lang/bytes/sha256.js'
import { absolutePath } from '../files/tree.js'
import type { Program } from './command.js'
import { attempt, flagsOf, inputText } from './command.js'

const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
/** The constants of the rounds, made on first use. */
let sines: readonly number[] | undefined

/** Returns the MD5 of bytes in hex (RFC 1321). */
function md5(bytes: Uint8Array): string {
  sines ??= Array.from({ length: 64 }, (_, at) => Math.floor(Math.abs(Math.sin(at + 1)) * 2 ** 32))
  const padded = new Uint8Array((((bytes.length + 8) >>> 6) + 1) * 64)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, (bytes.length * 8) >>> 0, true)
  view.setUint32(padded.length - 4, Math.floor(bytes.length / 2 ** 29), true)
  let [a, b, c, d] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
  for (let block = 0; block < padded.length; block += 64) {
    const [oldA, oldB, oldC, oldD] = [a, b, c, d]
    for (let at = 0; at < 64; at++) {
      const round = at >> 4
      const mixed = [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][round] as number
      const word = [at, 5 * at + 1, 3 * at + 5, 7 * at][round] as number
      const sum = (a + mixed + (sines[at] as number) + view.getUint32(block + (word % 16) * 4, true)) | 0
      const shift = SHIFTS[round * 4 + (at % 4)] as number
      ;[a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0]
    }
    ;[a, b, c, d] = [(a + oldA) | 0, (b + oldB) | 0, (c + oldC) | 0, (d + oldD) | 0]
  }
  const out = new DataView(new ArrayBuffer(16))
  for (const [at, value] of [a, b, c, d].entries()) out.setInt32(at * 4, value, true)
  return Array.from(new Uint8Array(out.buffer), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A program that prints digests of files, or checks a list of them (`-c`). */
function digestProgram(name: string, digest: (text: string) => string): Program {
  return {
    name,
    run: (call) => {
      const { flags, rest } = flagsOf(call.args)
      const read = (path: string): string => call.world.files.read(absolutePath(call.cwd, path))
      if (rest.length === 0) {
        const text = inputText(call)
        if (typeof text !== 'string') return text
        call.write(`${digest(text)}  -\n`)
        return 0
      }
      let status = 0
      let failed = 0
      for (const path of rest)
        status |= attempt(call, path, "can't open", () => {
          if (!flags.has('c')) call.write(`${digest(read(path))}  ${path}\n`)
          else
            for (const [, wanted, listed = ''] of read(path).matchAll(/^([0-9a-f]+) [ *](.*)$/gm)) {
              const isSame = digest(read(listed)) === wanted
              call.write(`${listed}: ${isSame ? 'OK' : 'FAILED'}\n`)
              if (!isSame) failed = 1
            }
        })
      return status | failed
    },
  }
}

export const md5sum: Program = digestProgram('md5sum', (text) => md5(bytesOfText(text)))
export const sha256sum: Program = digestProgram('sha256sum', (text) => sha256Hex(text).toLowerCase())
