import type { Program } from './command.js'
import { flagsOf, inputText } from './command.js'
import { unescaped } from './escapes.js'

/** Replaces characters, or deletes them (`-d`): sets with ranges. */
export const tr: Program = {
  name: 'tr',
  run: (call) => {
    const text = inputText(call)
    if (typeof text !== 'string') return text
    const { flags, rest } = flagsOf(call.args)
    const from = membersOf(rest[0] ?? '')
    const to = membersOf(rest[1] ?? '')
    const replace = (char: string): string => {
      const at = from.indexOf(char)
      if (at < 0) return char
      return flags.has('d') ? '' : (to[Math.min(at, to.length - 1)] ?? char)
    }
    call.write(Array.from(text, replace).join(''))
    return 0
  },
}

const CLASSES: Readonly<Record<string, string>> = {
  '[:lower:]': 'a-z',
  '[:upper:]': 'A-Z',
  '[:digit:]': '0-9',
  '[:space:]': ' \t\n\r',
}

function membersOf(set: string): string[] {
  const text = unescaped(Object.hasOwn(CLASSES, set) ? (CLASSES[set] as string) : set)
  const members: string[] = []
  for (let at = 0; at < text.length; at++) {
    const last = text.charCodeAt(at + 2)
    if (text.charAt(at + 1) !== '-' || Number.isNaN(last)) members.push(text.charAt(at))
    else {
      for (let code = text.charCodeAt(at); code <= last; code++) members.push(String.fromCharCode(code))
      at += 2
    }
  }
  return members
}
