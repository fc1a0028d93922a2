import {
  endsInFlow,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isBreakOrEnd,
  isDigit,
  SPACE,
  TAB,
} from './characters.js'
import type { Cursor } from './cursor.js'

/** White space between two parts of a scalar: blanks in a line, or line breaks. */
class Gap {
  #blanks = ''
  #first = ''
  #others = ''

  get hasBreaks(): boolean {
    return this.#first !== ''
  }

  blanks(text: string): void {
    this.#blanks = text
  }

  break(text: string): void {
    if (this.#first === '') this.#first = text
    else this.#others += text
  }

  /** Returns what the gap is in the value, and empties it: one line break is a space. */
  take(): string {
    const taken =
      this.#first === ''
        ? this.#blanks
        : this.#first !== '\n'
          ? this.#first + this.#others
          : this.#others === ''
            ? ' '
            : this.#others
    this.#blanks = this.#first = this.#others = ''
    return taken
  }
}

/** Reads the gap before the next part of a scalar: its lines have no tab before the column `indent`. */
function readGap(cursor: Cursor, gap: Gap, indent = 0): void {
  for (let code = cursor.code(); isBlank(code) || isBreak(code); code = cursor.code()) {
    if (isBreak(code)) {
      gap.break(cursor.readBreak())
      continue
    }
    if (code === TAB && gap.hasBreaks && cursor.column < indent)
      cursor.refuse('found a tab character that violates indentation')
    const start = cursor.at
    if (gap.hasBreaks) cursor.at++
    else {
      cursor.skipBlanks()
      gap.blanks(cursor.text.slice(start, cursor.at))
    }
  }
}

/** A scalar, and whether it ended behind a line break. */
export interface PlainScalar {
  readonly text: string
  readonly endsLine: boolean
}

/**
 * Reads a plain scalar. `indent` is the least column of its further lines. Source: go-yaml scannerc.go
 * yaml_parser_scan_plain_scalar.
 */
export function scanPlain(cursor: Cursor, isFlow: boolean, indent: number): PlainScalar {
  const gap = new Gap()
  let text = ''
  while (!cursor.isDocumentIndicator() && cursor.code() !== 35) {
    const start = cursor.at
    for (let code = cursor.code(); !isBlankOrEnd(code); code = cursor.code()) {
      if (code === 58 && isBlankOrEnd(cursor.code(1))) break
      if (isFlow && endsInFlow(code)) break
      cursor.at++
    }
    if (cursor.at > start) text += gap.take() + cursor.text.slice(start, cursor.at)
    if (!isBlank(cursor.code()) && !isBreak(cursor.code())) break
    readGap(cursor, gap, indent)
    if (!isFlow && cursor.column < indent) break
  }
  return { text, endsLine: gap.hasBreaks }
}

/** What an escape stands for; a number is that of the hexadecimal digits that follow. */
const ESCAPES: Readonly<Record<string, string | number>> = {
  '0': '\0',
  a: '\u0007',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\u001B',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\u0085',
  _: '\u00A0',
  L: '\u2028',
  P: '\u2029',
  x: 2,
  u: 4,
  U: 8,
}

/** Reads an escape of a double-quoted scalar, and returns its text. */
function readEscape(cursor: Cursor): string {
  const escape = ESCAPES[cursor.text.charAt(cursor.at + 1)]
  if (escape === undefined) cursor.refuse('found unknown escape character')
  cursor.at += 2
  if (typeof escape === 'string') return escape
  const digits = cursor.text.slice(cursor.at, cursor.at + (escape as number))
  if (digits.length !== escape || !/^[\dA-Fa-f]+$/.test(digits))
    cursor.refuse('did not find expected hexdecimal number')
  const value = parseInt(digits, 16)
  if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff)
    cursor.refuse('found invalid Unicode character escape code')
  cursor.at += digits.length
  return String.fromCodePoint(value)
}

/** Reads a quoted scalar. Source: go-yaml scannerc.go yaml_parser_scan_flow_scalar. */
export function scanQuoted(cursor: Cursor, isSingle: boolean): string {
  const quote = isSingle ? 39 : 34
  const gap = new Gap()
  let text = ''
  cursor.at++
  for (;;) {
    if (cursor.isDocumentIndicator()) cursor.refuse('found unexpected document indicator')
    if (cursor.code() === 0) cursor.refuse('found unexpected end of stream')
    let start = cursor.at
    let isContinued = false
    for (let code = cursor.code(); !isBlankOrEnd(code); code = cursor.code()) {
      if (code === quote && !(isSingle && cursor.code(1) === 39)) break
      if (code !== quote && (isSingle || code !== 92)) {
        cursor.at++
        continue
      }
      text += cursor.text.slice(start, cursor.at)
      if (isSingle) {
        text += "'"
        cursor.at += 2
      } else if (isBreak(cursor.code(1))) {
        cursor.at++
        cursor.readBreak()
        isContinued = true
      } else text += readEscape(cursor)
      start = cursor.at
      if (isContinued) break
    }
    text += cursor.text.slice(start, cursor.at)
    if (cursor.code() === quote) break
    text += isContinued ? continued(cursor) : between(cursor, gap)
  }
  cursor.at++
  return text
}

function between(cursor: Cursor, gap: Gap): string {
  readGap(cursor, gap)
  return gap.take()
}

/** Reads the blanks and breaks behind an escaped line break, and returns what is left of them. */
function continued(cursor: Cursor): string {
  let breaks = ''
  for (let code = cursor.code(); isBlank(code) || isBreak(code); code = cursor.code()) {
    if (isBreak(code)) breaks += cursor.readBreak()
    else cursor.at++
  }
  return breaks
}

/** Header of a block scalar: what becomes of its last line breaks, and the indentation that it tells. */
interface BlockHeader {
  readonly chomping: string
  readonly increment: number
}

function readHeader(cursor: Cursor): BlockHeader {
  let chomping = ''
  let increment = 0
  const readChomping = (): void => {
    const code = cursor.code()
    if (chomping !== '' || (code !== 43 && code !== 45)) return
    chomping = code === 43 ? '+' : '-'
    cursor.at++
  }
  readChomping()
  if (isDigit(cursor.code())) {
    increment = cursor.code() - 48
    if (increment === 0) cursor.refuse('found an indentation indicator equal to 0')
    cursor.at++
    readChomping()
  }
  cursor.endHeader()
  return { chomping, increment }
}

/**
 * Reads a literal or folded scalar. `parent` is the column of the block that it is in, or -1. Source: go-yaml
 * scannerc.go yaml_parser_scan_block_scalar.
 */
export function scanBlock(cursor: Cursor, isLiteral: boolean, parent: number): string {
  cursor.at++
  const { chomping, increment } = readHeader(cursor)
  const breaks = new BlockBreaks(cursor, parent)
  breaks.indent = increment > 0 ? Math.max(parent, 0) + increment : 0
  let trailing = breaks.read()
  let text = ''
  let leading = ''
  let startsBlank = false
  while (cursor.column === breaks.indent && cursor.code() !== 0) {
    const isBlankLine = isBlank(cursor.code())
    if (!isLiteral && leading === '\n' && !startsBlank && !isBlankLine) {
      if (trailing === '') text += ' '
    } else text += leading
    startsBlank = isBlankLine
    const start = cursor.at
    while (!isBreakOrEnd(cursor.code())) cursor.at++
    text += trailing + cursor.text.slice(start, cursor.at)
    leading = isBreak(cursor.code()) ? cursor.readBreak() : ''
    trailing = breaks.read()
  }
  return text + (chomping === '-' ? '' : leading) + (chomping === '+' ? trailing : '')
}

/** Reads the indentation and the empty lines between the lines of a block scalar. */
class BlockBreaks {
  readonly #cursor: Cursor
  readonly #parent: number
  /** The column of the lines; 0 until it is known. */
  indent: number = 0

  constructor(cursor: Cursor, parent: number) {
    this.#cursor = cursor
    this.#parent = parent
  }

  read(): string {
    const cursor = this.#cursor
    let breaks = ''
    let deepest = 0
    for (;;) {
      while (this.#isBefore() && cursor.code() === SPACE) cursor.at++
      deepest = Math.max(deepest, cursor.column)
      if (this.#isBefore() && cursor.code() === TAB)
        cursor.refuse('found a tab character where an indentation space is expected')
      if (!isBreak(cursor.code())) break
      breaks += cursor.readBreak()
    }
    if (this.indent === 0) this.indent = Math.max(deepest, this.#parent + 1, 1)
    return breaks
  }

  #isBefore(): boolean {
    return this.indent === 0 || this.#cursor.column < this.indent
  }
}
