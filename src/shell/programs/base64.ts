import type { Base64Progress } from '../../lang/bytes/base64-bytes.js'
import { BASE64_BEGIN, decodeBase64, encodeBase64, endBase64 } from '../../lang/bytes/base64-bytes.js'
import { bytesOfContent, ownContentOf } from '../../lang/bytes/content.js'
import { joinBytes } from '../../lang/bytes/join-bytes.js'
import type { Invocation, Pause, Program } from './command.js'
import { flagsOf } from './command.js'
import { inSlices } from './slices.js'

const DEFAULT_WIDTH = 76
/** Bytes that are encoded in one step. */
const SLICE_OF_ENCODING = 128 * 1024

/** `base64 [-d] [-w N] [FILE]` */
export const base64: Program = {
  name: 'base64',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args, 'w')
    const width = Math.max(0, Math.trunc(Number(flags.get('w') ?? DEFAULT_WIDTH)) || 0)
    const files = rest.slice(0, 1)
    return flags.has('d') || flags.has('decode') ? decode(call, files) : encode(call, files, width)
  },
}

/** Bytes that do not fill a group of three yet, and the characters in the line so far. */
type Encoding = { readonly rest: Uint8Array; readonly column: number }

function encode(call: Invocation, files: readonly string[], width: number): number | Pause {
  const print = (bytes: Uint8Array, column: number): number => {
    call.write(ownContentOf(encodeBase64(bytes, width, column)))
    const size = column + Math.ceil(bytes.length / 3) * 4
    return width === 0 ? size : size % width
  }
  return inSlices<Encoding>(call, files, '', {
    most: SLICE_OF_ENCODING,
    begin: () => ({ rest: new Uint8Array(), column: 0 }),
    add: ({ rest, column }, slice) => {
      const bytes = joinBytes([rest, bytesOfContent(slice)])
      const end = bytes.length - (bytes.length % 3)
      return { rest: bytes.slice(end), column: print(bytes.subarray(0, end), column) }
    },
    finish: ({ rest, column }) => {
      const end = print(rest, column)
      if (width > 0 && end > 0) call.write('\n')
    },
  })
}

class NotBase64 extends Error {}

function decode(call: Invocation, files: readonly string[]): number | Pause {
  try {
    return inSlices<Base64Progress>(call, files, '', {
      most: SLICE_OF_ENCODING,
      begin: () => BASE64_BEGIN,
      add: (before, slice) => {
        const part = decodeBase64(bytesOfContent(slice), before)
        if (part === undefined) throw new NotBase64()
        call.write(ownContentOf(part.bytes))
        return part.progress
      },
      finish: (progress) => {
        const last = endBase64(progress)
        if (last === undefined) throw new NotBase64()
        call.write(ownContentOf(last))
      },
    })
  } catch (error) {
    if (!(error instanceof NotBase64)) throw error
    call.error('base64: invalid input\n')
    return 1
  }
}
