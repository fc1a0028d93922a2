import type { Content } from '../../lang/bytes/content.js'
import { bytesOfContent } from '../../lang/bytes/content.js'
import { absolutePath } from '../files/tree.js'
import type { Pause, Program } from './command.js'
import { attempt, flagsOf, inputContent, isPause } from './command.js'

const LINE = 16

/**
 * `hexdump [-C] [-v] [FILE]`: bytes as hexadecimal words, or with `-C` as bytes and characters. `-v` shows
 * equal lines, too.
 */
export const hexdump: Program = {
  name: 'hexdump',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args)
    const [path] = rest
    let content: Content | Pause = ''
    if (path === undefined) content = inputContent(call)
    else if (
      attempt(call, path, '', () => (content = call.world.files.content(absolutePath(call.cwd, path)))) !== 0
    )
      return 1
    if (isPause(content)) return content
    call.write(dumped(bytesOfContent(content), flags.has('C'), flags.has('v')))
    return 0
  },
}

/** Returns the lines of `hexdump`. */
export function dumped(bytes: Uint8Array, isCanonical: boolean, showsAll: boolean): string {
  let text = ''
  let last: string | undefined
  let isSqueezed = false
  const offset = (at: number): string => at.toString(16).padStart(isCanonical ? 8 : 7, '0')
  for (let at = 0; at < bytes.length; at += LINE) {
    const line = bytes.subarray(at, at + LINE)
    const shown = isCanonical ? canonical(line) : words(line)
    if (shown === last && !showsAll) {
      if (!isSqueezed) text += '*\n'
      isSqueezed = true
      continue
    }
    text += `${offset(at)}${shown}\n`
    last = shown
    isSqueezed = false
  }
  return bytes.length === 0 ? '' : `${text}${offset(bytes.length)}\n`
}

const hex = (value: number, width: number): string => value.toString(16).padStart(width, '0')

function canonical(line: Uint8Array): string {
  const group = (from: number): string =>
    [...line.subarray(from, from + LINE / 2)]
      .map((byte) => hex(byte, 2))
      .join(' ')
      .padEnd(23)
  const characters = [...line].map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '.'))
  return `  ${group(0)}  ${group(LINE / 2)}  |${characters.join('')}|`
}

/** Two-byte words of a little-endian machine. */
function words(line: Uint8Array): string {
  let text = ''
  for (let at = 0; at < line.length; at += 2)
    text += ` ${hex((line[at] as number) | ((line[at + 1] ?? 0) << 8), 4)}`
  return text
}
