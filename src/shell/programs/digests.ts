import type { BlockDigest, DigestState } from '../../lang/bytes/block-digest.js'
import { addToDigest, beginDigest, finishDigest } from '../../lang/bytes/block-digest.js'
import { bytesOfContent } from '../../lang/bytes/content.js'
import { MD5 } from '../../lang/bytes/md5.js'
import { SHA_256 } from '../../lang/bytes/sha256.js'
import { absolutePath } from '../files/tree.js'
import type { Invocation, Program } from './command.js'
import { attempt, flagsOf } from './command.js'
import { inSlices } from './slices.js'

/** Bytes that are digested in one step, which takes about a millisecond. */
const SLICE_OF_DIGEST = 128 * 1024

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** A program that prints digests of files, or checks a list of them (`-c`). */
function digestProgram(name: string, digest: BlockDigest): Program {
  return {
    name,
    run: (call) => {
      const { flags, rest } = flagsOf(call.args)
      if (flags.has('c')) return checked(call, rest, digest)
      return inSlices<DigestState>(call, rest, "can't open", {
        most: SLICE_OF_DIGEST,
        begin: () => beginDigest(digest),
        add: (state, slice) => addToDigest(digest, state, bytesOfContent(slice)),
        finish: (state, path = '-') => call.write(`${hexOf(finishDigest(digest, state))}  ${path}\n`),
      })
    },
  }
}

/** Checks the digests that files list. */
function checked(call: Invocation, paths: readonly string[], digest: BlockDigest): number {
  const { files } = call.world
  let [status, failed] = [0, 0]
  for (const path of paths)
    status |= attempt(call, path, "can't open", () => {
      for (const [, wanted, listed = ''] of files
        .read(absolutePath(call.cwd, path))
        .matchAll(/^([0-9a-f]+) [ *](.*)$/gm)) {
        const bytes = bytesOfContent(files.content(absolutePath(call.cwd, listed)))
        const isSame = hexOf(finishDigest(digest, addToDigest(digest, beginDigest(digest), bytes))) === wanted
        call.write(`${listed}: ${isSame ? 'OK' : 'FAILED'}\n`)
        if (!isSame) failed = 1
      }
    })
  return status | failed
}

export const md5sum: Program = digestProgram('md5sum', MD5)
export const sha256sum: Program = digestProgram('sha256sum', SHA_256)
