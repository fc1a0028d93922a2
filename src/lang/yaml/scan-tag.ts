import { isBlank, isBlankOrEnd, isDigit, isWord } from './characters.js'
import type { Cursor } from './cursor.js'
import { BETWEEN } from './tokens.js'

/** What a URI may have besides words and escapes. */
const URI = ";/?:@&=+$,.!~*'()[]"

/** Reads a word: letters, digits, `_` and `-`. */
export function scanWord(cursor: Cursor): string {
  const start = cursor.at
  while (isWord(cursor.code())) cursor.at++
  return cursor.text.slice(start, cursor.at)
}

/** What may stand right behind the name of an anchor: ? : , ] } % @ ` */
const AFTER_ANCHOR: ReadonlySet<number> = new Set([63, 58, 44, 93, 125, 37, 64, 96])

/** Reads an anchor or alias, and returns its name. */
export function scanAnchor(cursor: Cursor): string {
  cursor.at++
  const name = scanWord(cursor)
  const isEnd = isBlankOrEnd(cursor.code()) || AFTER_ANCHOR.has(cursor.code())
  if (name === '' || !isEnd) cursor.refuse('did not find expected alphabetic or numeric character')
  return name
}

/** Reads a tag, and returns its handle and suffix. Source: go-yaml scannerc.go yaml_parser_scan_tag. */
export function scanTag(cursor: Cursor): string {
  let handle = ''
  let suffix: string
  if (cursor.code(1) === 60) {
    cursor.at += 2
    suffix = scanUri(cursor, '')
    if (cursor.code() !== 62) cursor.refuse("did not find the expected '>'")
    cursor.at++
  } else {
    handle = scanHandle(cursor, false)
    const isNamed = handle.length > 1 && handle.endsWith('!')
    suffix = scanUri(cursor, isNamed ? '' : handle)
    if (!isNamed) [handle, suffix] = suffix === '' ? ['', '!'] : ['!', suffix]
  }
  if (!isBlankOrEnd(cursor.code())) cursor.refuse('did not find expected whitespace or line break')
  return handle + BETWEEN + suffix
}

function scanHandle(cursor: Cursor, isDirective: boolean): string {
  const refuse = (): never => cursor.refuse("did not find expected '!'")
  if (cursor.code() !== 33) refuse()
  cursor.at++
  const handle = `!${scanWord(cursor)}`
  if (cursor.code() === 33) {
    cursor.at++
    return `${handle}!`
  }
  return isDirective && handle !== '!' ? refuse() : handle
}

/** Reads a URI; `head` is a handle that turned out to be its beginning. */
function scanUri(cursor: Cursor, head: string): string {
  const start = cursor.at
  let uri = head.slice(1)
  for (;;) {
    const from = cursor.at
    while (isWord(cursor.code()) || URI.includes(cursor.text.charAt(cursor.at))) cursor.at++
    uri += cursor.text.slice(from, cursor.at)
    if (cursor.code() !== 37) break
    uri += scanEscapes(cursor)
  }
  if (head === '' && cursor.at === start) cursor.refuse('did not find expected tag URI')
  return uri
}

/** Reads the escaped bytes of one character. */
function scanEscapes(cursor: Cursor): string {
  const next = cursor.text.slice(cursor.at, cursor.at + 12)
  const [escapes] = /^(?:%[\dA-Fa-f]{2})+/.exec(next) ?? ['']
  if (escapes === '') cursor.refuse('did not find URI escaped octet')
  const width = widthOf(parseInt(escapes.slice(1, 3), 16))
  if (width === 0) cursor.refuse('found an incorrect leading UTF-8 octet')
  if (escapes.length < width * 3) cursor.refuse('did not find URI escaped octet')
  try {
    const character = decodeURIComponent(escapes.slice(0, width * 3))
    cursor.at += width * 3
    return character
  } catch {
    return cursor.refuse('found an incorrect trailing UTF-8 octet')
  }
}

/** Bytes of a character that begins with a byte; 0 if none does. */
const widthOf = (byte: number): number =>
  byte < 0x80 ? 1 : byte < 0xc0 ? 0 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf8 ? 4 : 0

/** Reads the value of `%YAML`. */
export function scanVersion(cursor: Cursor): string {
  cursor.skipBlanks()
  const major = scanNumber(cursor)
  if (cursor.code() !== 46) cursor.refuse("did not find expected digit or '.' character")
  cursor.at++
  return `${major}.${scanNumber(cursor)}`
}

function scanNumber(cursor: Cursor): number {
  const start = cursor.at
  for (; isDigit(cursor.code()); cursor.at++)
    if (cursor.at === start + 2) cursor.refuse('found extremely long version number')
  if (cursor.at === start) cursor.refuse('did not find expected version number')
  return Number(cursor.text.slice(start, cursor.at))
}

/** Reads the value of `%TAG`, and returns its handle and prefix. */
export function scanTagDirective(cursor: Cursor): string {
  cursor.skipBlanks()
  const handle = scanHandle(cursor, true)
  if (!isBlank(cursor.code())) cursor.refuse('did not find expected whitespace')
  cursor.skipBlanks()
  const prefix = scanUri(cursor, '')
  if (!isBlankOrEnd(cursor.code())) cursor.refuse('did not find expected whitespace or line break')
  return handle + BETWEEN + prefix
}
