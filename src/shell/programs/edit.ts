import { reserve } from '../../lang/bounds/budget.js'
import type { GoRegExp } from '../../lang/go/regexp.js'
import { absolutePath } from '../files/tree.js'
import type { Invocation, Pause, Program } from './command.js'
import { attempt, flagsOf, inputText } from './command.js'
import { posixPattern } from './posix-pattern.js'

/** Returns the lines of a text without their ends. */
function linesOf(text: string): readonly string[] {
  const lines = text.split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

/** Reads the files, or standard input if there are none; undefined if one cannot be read. */
function wholeText(call: Invocation, paths: readonly string[]): string | Pause | undefined {
  if (paths.length === 0 || paths[0] === '-') return inputText(call)
  let text = ''
  let status = 0
  for (const path of paths)
    status |= attempt(
      call,
      path,
      '',
      () => void (text += call.world.files.read(absolutePath(call.cwd, path))),
    )
  return status === 0 ? text : undefined
}

/** Prints runs of equal lines once: `-c` counts, `-d` only repeated ones, `-u` only single ones. */
export const uniq: Program = {
  name: 'uniq',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args)
    const text = wholeText(call, rest.slice(0, 1))
    if (text === undefined) return 1
    if (typeof text !== 'string') return text
    const runs: { line: string; count: number }[] = []
    for (const line of linesOf(text)) {
      const last = runs.at(-1)
      if (last?.line === line) last.count++
      else runs.push({ line, count: 1 })
    }
    for (const { line, count } of runs) {
      if ((flags.has('d') && count < 2) || (flags.has('u') && count > 1)) continue
      call.write(`${flags.has('c') ? `${String(count).padStart(7)} ` : ''}${line}\n`)
    }
    return 0
  },
}

/** A line of a difference: removed, added or in both. */
type Change = readonly [side: '-' | '+' | ' ', line: string]

/** Longest files, in lines, whose difference is calculated exactly. */
const MOST_LINES = 1000

function changesOf(a: readonly string[], b: readonly string[]): readonly Change[] {
  if (a.length > MOST_LINES || b.length > MOST_LINES)
    return [...a.map((line): Change => ['-', line]), ...b.map((line): Change => ['+', line])]
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1))
  const at = (row: number, column: number): number => common[row]?.[column] ?? 0
  for (let row = a.length - 1; row >= 0; row--)
    for (let column = b.length - 1; column >= 0; column--) {
      const longest =
        a[row] === b[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1))
      ;(common[row] as Uint16Array)[column] = longest
    }
  const changes: Change[] = []
  for (let row = 0, column = 0; row < a.length || column < b.length;) {
    if (row < a.length && column < b.length && a[row] === b[column]) {
      changes.push([' ', a[row++] as string])
      column++
    } else if (row < a.length && (column >= b.length || at(row + 1, column) >= at(row, column + 1)))
      changes.push(['-', a[row++] as string])
    else changes.push(['+', b[column++] as string])
  }
  return changes
}

/** `diff [-q] FILE FILE`: one hunk in the unified format, as busybox prints it, with all lines. */
export const diff: Program = {
  name: 'diff',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args, 'U')
    const [first = '', second = ''] = rest
    const texts: string[] = []
    for (const path of [first, second])
      if (
        attempt(call, path, "can't stat", () =>
          texts.push(call.world.files.read(absolutePath(call.cwd, path))),
        )
      )
        return 2
    if (texts[0] === texts[1]) return 0
    if (flags.has('q')) call.write(`Files ${first} and ${second} differ\n`)
    else {
      const [a, b] = [linesOf(texts[0] ?? ''), linesOf(texts[1] ?? '')]
      const range = (lines: readonly string[]): string =>
        lines.length === 0 ? '0,0' : lines.length === 1 ? '1' : `1,${lines.length}`
      call.write(`--- ${first}\n+++ ${second}\n@@ -${range(a)} +${range(b)} @@\n`)
      for (const [side, line] of changesOf(a, b)) call.write(`${side}${line}\n`)
    }
    return 1
  },
}

/** Which lines a command of sed is for. */
type Address = number | '$' | GoRegExp

interface Edit {
  readonly from?: Address
  readonly to?: Address
  readonly negated: boolean
  readonly verb: string
  readonly pattern?: GoRegExp
  /** Whether all matches are replaced, or only the one of that number. */
  readonly occurrence?: number | 'all'
  readonly text: string
  readonly prints: boolean
}

class SedFault extends Error {}

function expressionOf(source: string, extended: boolean, ignoresCase: boolean): GoRegExp {
  const pattern = posixPattern(source, { extended, ignoresCase })
  if (pattern === undefined) throw new SedFault(`bad regex '${source}': Invalid regexp`)
  return pattern
}

/** Reads a part of `s/a/b/` up to its mark, which is its own with a backslash. */
function partOf(text: string, mark: string): { readonly part: string; readonly rest: string } {
  let part = ''
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === mark) return { part, rest: text.slice(at + 1) }
    const next = char === '\\' ? text.charAt(++at) : ''
    part += next === mark ? mark : char + next
  }
  throw new SedFault("unmatched 's'")
}

/** Reads the commands of a script: `s/a/b/g`, `2d`, `/x/,$p`, `$!N` is not supported. */
function editsOf(script: string, extended: boolean): readonly Edit[] {
  const edits: Edit[] = []
  let rest = script.trimStart()
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    const found = pattern.exec(rest)
    if (found === null) return undefined
    rest = rest.slice(found[0].length)
    return found
  }
  const address = (): Address | undefined => {
    const found = take(/^(?:(\d+)|(\$)|\/((?:[^/\\]|\\.)*)\/)/)
    if (found === undefined) return undefined
    if (found[1] !== undefined) return Number(found[1])
    return found[2] === undefined ? expressionOf(found[3] ?? '', extended, false) : '$'
  }
  while (rest !== '') {
    const from = address()
    const to = from !== undefined && take(/^\s*,\s*/) !== undefined ? address() : undefined
    const negated = take(/^\s*!\s*/) !== undefined
    const verb = take(/^\s*([sdpqaic=])/)?.[1]
    if (verb === undefined) throw new SedFault(`unsupported command ${rest.charAt(0)}`)
    let edit: Edit = {
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      negated,
      verb,
      text: '',
      prints: false,
    }
    if (verb === 's') {
      const mark = rest.charAt(0)
      const { part: source, rest: behind } = partOf(rest.slice(1), mark)
      const { part: text, rest: left } = partOf(behind, mark)
      rest = left
      const options = take(/^[gip\d]*/)?.[0] ?? ''
      const number = /\d+/.exec(options)?.[0]
      edit = {
        ...edit,
        pattern: expressionOf(source, extended, options.includes('i')),
        occurrence: options.includes('g') ? 'all' : Number(number ?? 1),
        text,
        prints: options.includes('p'),
      }
    } else if (/[aic]/.test(verb)) edit = { ...edit, text: take(/^\s*\\?\n?\s*([^\n]*)/)?.[1] ?? '' }
    edits.push(edit)
    if (rest !== '' && take(/^\s*[;\n}]\s*/) === undefined && rest.trim() !== '')
      throw new SedFault(`unknown option to '${verb}'`)
    rest = rest.trimStart()
  }
  return edits
}

/** `&` and `\1` in a replacement. */
const filled = (text: string, groups: readonly (string | undefined)[]): string =>
  text.replaceAll(/\\([0-9n&\\])|&/g, (found, what?: string) => {
    if (what === undefined) return groups[0] ?? ''
    if (what === 'n') return '\n'
    return /\d/.test(what) ? (groups[Number(what)] ?? '') : found.slice(1)
  })

function substituted(line: string, { pattern, occurrence = 1, text }: Edit): string {
  if (pattern === undefined) return line
  const matches = pattern.findGroups(line, occurrence === 'all' ? -1 : occurrence)
  const wanted = occurrence === 'all' ? matches : matches.slice(occurrence - 1)
  const parts: string[] = []
  let end = 0
  for (const match of wanted) {
    const part = line.slice(end, match.start) + filled(text, match.groups)
    reserve(part.length)
    parts.push(part)
    end = match.end
  }
  return parts.join('') + line.slice(end)
}

function edited(text: string, edits: readonly Edit[], quiet: boolean): string {
  const lines = linesOf(text)
  const open = new Set<Edit>()
  let out = ''
  const is = (address: Address, line: string, number: number): boolean =>
    address === '$'
      ? number === lines.length
      : typeof address === 'number'
        ? address === number
        : address.test(line)
  const applies = (edit: Edit, line: string, number: number): boolean => {
    const { from, to } = edit
    if (from === undefined) return true
    if (to === undefined) return is(from, line, number)
    if (open.has(edit)) {
      if (is(to, line, number) || (typeof to === 'number' && number >= to)) open.delete(edit)
      return true
    }
    if (!is(from, line, number)) return false
    if (!(typeof to === 'number' && to <= number)) open.add(edit)
    return true
  }
  for (const [index, original] of lines.entries()) {
    let line = original
    let after = ''
    let isKept = true
    let isLast = false
    for (const edit of edits) {
      if (applies(edit, line, index + 1) === edit.negated) continue
      if (edit.verb === 's' && edit.pattern !== undefined) {
        const next = substituted(line, edit)
        if (next !== line && edit.prints) out += `${next}\n`
        line = next
      } else if (edit.verb === 'd' || edit.verb === 'c') {
        isKept = false
        if (edit.verb === 'c') out += `${edit.text}\n`
        break
      } else if (edit.verb === 'p') out += `${line}\n`
      else if (edit.verb === '=') out += `${index + 1}\n`
      else if (edit.verb === 'i') out += `${edit.text}\n`
      else if (edit.verb === 'a') after += `${edit.text}\n`
      else if (edit.verb === 'q') isLast = true
      if (isLast) break
    }
    if (isKept && !quiet) out += `${line}\n`
    out += after
    if (isLast) break
  }
  return text.endsWith('\n') || text === '' ? out : out.replace(/\n$/, '')
}

/** `sed [-n] [-E] [-i] SCRIPT [FILE...]`: `s`, `d`, `p`, `q`, `a`, `i`, `c`, `=`, with addresses. */
export const sed: Program = {
  name: 'sed',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args, 'e')
    const [script = '', ...paths] = flags.has('e') ? [flags.get('e') ?? '', ...rest] : rest
    try {
      const edits = editsOf(script, flags.has('E') || flags.has('r'))
      if (flags.has('i')) {
        let status = 0
        for (const path of paths)
          status |= attempt(call, path, '', () => {
            const full = absolutePath(call.cwd, path)
            call.world.files.write(full, edited(call.world.files.read(full), edits, flags.has('n')))
          })
        return status
      }
      const text = wholeText(call, paths)
      if (text === undefined) return 1
      if (typeof text !== 'string') return text
      call.write(edited(text, edits, flags.has('n')))
      return 0
    } catch (fault) {
      if (!(fault instanceof SedFault)) throw fault
      call.error(`sed: ${fault.message}\n`)
      return 1
    }
  },
}
