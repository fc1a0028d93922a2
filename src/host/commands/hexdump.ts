import { bytesOfContent } from '../../lang/bytes/content.js'
import { dumped } from '../../shell/programs/hexdump.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed } from './command.js'

/** `hexdump [-C] [-v] [-n BYTES] [FILE]` of bsdmainutils. */
export function hexdump(call: CommandCall): CommandOutput {
  const { args, machine, path: absolute } = call
  const flags = new Set<string>()
  let most = Number.POSITIVE_INFINITY
  let file: string | undefined
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? ''
    if (word === '-n') most = Number(args[++at])
    else if (/^-[Cv]+$/.test(word)) for (const flag of word.slice(1)) flags.add(flag)
    else if (word.startsWith('-') && word !== '-')
      return failed(`hexdump: invalid option -- '${word.slice(1)}'`)
    else file = word
  }
  if (Number.isNaN(most)) return failed('hexdump: -n: bad length value')
  const content = file === undefined || file === '-' ? undefined : machine.files.content(absolute(file))
  if (content === undefined && file !== undefined && file !== '-')
    return failed(`hexdump: ${file}: No such file or directory`)
  const bytes = content === undefined ? call.stdinBytes() : bytesOfContent(content)
  return { stdout: dumped(bytes.subarray(0, Math.min(most, bytes.length)), flags.has('C'), flags.has('v')) }
}
