import { beginDigest, addToDigest, finishDigest } from '../../../lang/bytes/block-digest.js'
import { bytesOfContent } from '../../../lang/bytes/content.js'
import { MD5 } from '../../../lang/bytes/md5.js'
import { SHA_256 } from '../../../lang/bytes/sha256.js'
import type { CommandCall, CommandOutput } from '../command.js'
import { failed } from '../command.js'

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** The digests that are simulated, with the names that openssl 3.0 prints. */
const DIGESTS = { md5: ['MD5', MD5], sha256: ['SHA2-256', SHA_256] } as const

/** `openssl dgst -sha256 [-hex] [-r] [FILE...]`, and `openssl md5`, `openssl sha256` for short. */
export function digest({
  args: [verb = '', ...args],
  machine,
  path,
  stdinBytes,
}: CommandCall): CommandOutput {
  const flags = args.filter((arg) => arg.startsWith('-')).map((arg) => arg.replace(/^--?/, ''))
  const wrong = flags.find((flag) => !['hex', 'r', ...Object.keys(DIGESTS)].includes(flag))
  if (wrong !== undefined)
    return failed(`${verb}: Unknown option or message digest: ${wrong}\n${verb}: Use -help for summary.`)
  const named = verb === 'dgst' ? (flags.find((flag) => flag in DIGESTS) ?? 'sha256') : verb
  // one of these by now
  const [title, kind] = DIGESTS[named as keyof typeof DIGESTS]
  const files = args.filter((arg) => !arg.startsWith('-'))
  let [stdout, stderr] = ['', '']
  for (const file of files.length === 0 ? [undefined] : files) {
    const bytes =
      file === undefined
        ? stdinBytes()
        : machine.files.stat(path(file))?.kind === 'file'
          ? bytesOfContent(machine.files.read(path(file)))
          : undefined
    const text = bytes && hexOf(finishDigest(kind, addToDigest(kind, beginDigest(kind), bytes)))
    if (text === undefined) stderr += `Can't open "${file ?? ''}" for reading, No such file or directory\n`
    else
      stdout += flags.includes('r')
        ? `${text} *${file ?? 'stdin'}\n`
        : `${title}(${file ?? 'stdin'})= ${text}\n`
  }
  return { stdout, stderr, code: stderr === '' ? 0 : 1 }
}
