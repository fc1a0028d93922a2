import { isBlankOrEnd, isBreak, SPACE, TAB } from './characters.js'
import { Cursor } from './cursor.js'
import { scanBlock, scanPlain, scanQuoted } from './scan-scalar.js'
import { scanAnchor, scanTag, scanTagDirective, scanVersion, scanWord } from './scan-tag.js'
import { TokenQueue } from './token-queue.js'
import * as kinds from './tokens.js'

/** Deepest nesting of flow collections, and of blocks. */
const MOST_LEVELS = 10_000
/** Most characters of a key without `?`. */
const MOST_KEY = 1024

/** A token that a `:` may still make a key. One for each level of flow collections. */
interface SimpleKey {
  isPossible: boolean
  /** Whether a key must stand there, since its block is a map. */
  isRequired: boolean
  token: number
  line: number
  at: number
  column: number
}

/**
 * Splits a text into tokens as go-yaml does: when a parser asks for one, and no further than it must to know
 * whether that is a key. Source: go-yaml scannerc.go.
 */
export class Scanner {
  readonly #tokens = new TokenQueue()
  readonly #cursor: Cursor
  #isKnown = false
  /** Column of the block, -1 outside of all. */
  #indent = -1
  readonly #indents: number[] = []
  readonly #keys: SimpleKey[] = []
  /** The level whose key may begin with the token that is pushed next; 0 if none may. */
  #level = 0
  /** Whether a token that begins here may be a key. */
  #allowsKey = true

  constructor(text: string) {
    this.#cursor = new Cursor(text)
    this.#pushLevel()
  }

  /** Returns the kind of the next token. Throws YamlError. */
  peek(): number {
    if (!this.#isKnown) this.#fetch()
    return this.#tokens.kind
  }

  /** Takes the next token. */
  skip(): void {
    this.#isKnown = this.#tokens.skip()
  }

  /** Text of the token at which {@link peek} has looked: of a scalar, an anchor, a tag, a directive. */
  get text(): string {
    return this.#tokens.text
  }

  /** Its line, from 0. */
  get line(): number {
    return this.#tokens.line
  }

  /** Its column, from 0. */
  get column(): number {
    const { start } = this.#tokens
    let at = start
    while (at > 0 && !isBreak(this.#cursor.text.charCodeAt(at - 1))) at--
    return start - at
  }

  #fetch(): void {
    for (; ; this.#next()) {
      if (this.#tokens.isEmpty) continue
      const { level } = this.#tokens
      if (level === 0 || !this.#isValid(this.#keys[level - 1] as SimpleKey)) break
    }
    this.#isKnown = true
  }

  #push(kind: number, start = this.#cursor.at, text = '', line = this.#cursor.line): void {
    this.#tokens.push(kind, line, start, text, this.#level)
    this.#level = 0
  }

  get #isFlow(): boolean {
    return this.#keys.length > 1
  }

  /** Scans the next token. */
  #next(): void {
    this.#skipToToken()
    const cursor = this.#cursor
    this.#unroll(cursor.column)
    const code = cursor.code()
    if (code === 0) this.#endStream()
    else if (cursor.column === 0 && code === 37) this.#directive()
    else if (cursor.isDocumentIndicator()) this.#documentIndicator(code)
    else this.#token(code)
  }

  #token(code: number): void {
    const isFlow = this.#isFlow
    switch (code) {
      case 91:
        return this.#openFlow(kinds.FLOW_SEQUENCE_START)
      case 123:
        return this.#openFlow(kinds.FLOW_MAPPING_START)
      case 93:
        return this.#closeFlow(kinds.FLOW_SEQUENCE_END)
      case 125:
        return this.#closeFlow(kinds.FLOW_MAPPING_END)
      case 44:
        this.#removeKey()
        return this.#indicator(kinds.FLOW_ENTRY, true)
      case 45:
        return this.#isIndicator() ? this.#blockEntry() : this.#plain()
      case 63:
        return isFlow || this.#isIndicator() ? this.#key() : this.#plain()
      case 58:
        return isFlow || this.#isIndicator() ? this.#value() : this.#plain()
      case 42:
        return this.#anchor(kinds.ALIAS)
      case 38:
        return this.#anchor(kinds.ANCHOR)
      case 33:
        return this.#tag()
      case 124:
      case 62:
        return isFlow ? this.#refuseStart() : this.#block(code === 124)
      case 39:
      case 34:
        return this.#quoted(code === 39)
      case TAB:
      case 35:
      case 37:
      case 64:
      case 96:
        return this.#refuseStart()
      default:
        return this.#plain()
    }
  }

  #isIndicator(): boolean {
    return isBlankOrEnd(this.#cursor.code(1))
  }

  #refuseStart(): never {
    return this.#cursor.refuse('found character that cannot start any token')
  }

  #skipToToken(): void {
    const cursor = this.#cursor
    for (;;) {
      if (this.#isFlow || !this.#allowsKey) cursor.skipBlanks()
      else while (cursor.code() === SPACE) cursor.at++
      cursor.skipComment()
      if (!isBreak(cursor.code())) return
      cursor.readBreak()
      if (!this.#isFlow) this.#allowsKey = true
    }
  }

  /** Adds the token of an indicator of one character. */
  #indicator(kind: number, allowsKey: boolean): void {
    this.#allowsKey = allowsKey
    this.#push(kind)
    this.#cursor.at++
  }

  #pushLevel(): void {
    const token = this.#tokens.next
    this.#keys.push({ isPossible: false, isRequired: false, token, line: 0, at: 0, column: 0 })
  }

  #top(): SimpleKey {
    return this.#keys.at(-1) as SimpleKey
  }

  #isStale(key: SimpleKey): boolean {
    return key.line < this.#cursor.line || key.at + MOST_KEY < this.#cursor.at
  }

  /** Whether a token may still be a key. Throws if it must be one, and cannot be any more. */
  #isValid(key: SimpleKey): boolean {
    if (!key.isPossible) return false
    if (!this.#isStale(key)) return true
    if (key.isRequired) this.#cursor.refuse("could not find expected ':'")
    key.isPossible = false
    return false
  }

  #saveKey(): void {
    if (!this.#allowsKey) return
    this.#removeKey()
    const { at, line, column } = this.#cursor
    const key = this.#top()
    key.isPossible = true
    key.isRequired = !this.#isFlow && this.#indent === column
    key.token = this.#tokens.next
    key.line = line
    key.at = at
    key.column = column
    this.#level = this.#keys.length
  }

  #removeKey(): void {
    const key = this.#top()
    if (key.isPossible && key.isRequired) this.#cursor.refuse("could not find expected ':'")
    this.#forget(key)
  }

  #forget(key: SimpleKey): void {
    if (key.isPossible) this.#tokens.forgetLevel(key.token)
    key.isPossible = false
  }

  /** Opens a block if a column is deeper than the current one; true if it did. */
  #roll(column: number): boolean {
    if (this.#isFlow || this.#indent >= column) return false
    this.#indents.push(this.#indent)
    this.#indent = column
    if (this.#indents.length > MOST_LEVELS) this.#cursor.refuse(`exceeded max depth of ${MOST_LEVELS}`)
    return true
  }

  #unroll(column: number): void {
    if (this.#isFlow) return
    while (this.#indent > column) {
      this.#push(kinds.BLOCK_END)
      this.#indent = this.#indents.pop() as number
    }
  }

  #endStream(): void {
    if (this.#cursor.column > 0) this.#cursor.endLine()
    this.#unroll(-1)
    this.#removeKey()
    this.#push(kinds.STREAM_END)
  }

  #documentIndicator(code: number): void {
    this.#unroll(-1)
    this.#removeKey()
    this.#allowsKey = false
    this.#push(code === 45 ? kinds.DOCUMENT_START : kinds.DOCUMENT_END)
    this.#cursor.at += 3
  }

  #openFlow(kind: number): void {
    this.#saveKey()
    this.#pushLevel()
    if (this.#keys.length > MOST_LEVELS + 1) this.#cursor.refuse(`exceeded max depth of ${MOST_LEVELS}`)
    this.#indicator(kind, true)
  }

  #closeFlow(kind: number): void {
    this.#removeKey()
    // go-yaml does not wait for an empty collection to be a key
    if (this.#isFlow) this.#tokens.forgetLevel((this.#keys.pop() as SimpleKey).token)
    this.#indicator(kind, false)
  }

  /** Opens a block at the next indicator, unless it is in a flow collection. */
  #openBlock(kind: number, what: string): void {
    if (this.#isFlow) return
    if (!this.#allowsKey) this.#cursor.refuse(`${what} are not allowed in this context`)
    if (this.#roll(this.#cursor.column)) this.#push(kind)
  }

  #blockEntry(): void {
    this.#openBlock(kinds.BLOCK_SEQUENCE_START, 'block sequence entries')
    this.#removeKey()
    this.#indicator(kinds.BLOCK_ENTRY, true)
  }

  #key(): void {
    this.#openBlock(kinds.BLOCK_MAPPING_START, 'mapping keys')
    this.#removeKey()
    this.#indicator(kinds.KEY, !this.#isFlow)
  }

  #value(): void {
    const key = this.#top()
    if (!this.#isValid(key)) {
      this.#openBlock(kinds.BLOCK_MAPPING_START, 'mapping values')
      return this.#indicator(kinds.VALUE, !this.#isFlow)
    }
    this.#tokens.makeKey(key.token, this.#roll(key.column), key.line, key.at)
    this.#forget(key)
    return this.#indicator(kinds.VALUE, false)
  }

  #anchor(kind: number): void {
    const { at, line } = this.#beginNode()
    this.#push(kind, at, scanAnchor(this.#cursor), line)
  }

  #tag(): void {
    const { at, line } = this.#beginNode()
    this.#push(kinds.TAG, at, scanTag(this.#cursor), line)
  }

  #plain(): void {
    const { at, line } = this.#beginNode()
    const { text, endsLine } = scanPlain(this.#cursor, this.#isFlow, this.#indent + 1)
    this.#push(kinds.PLAIN_SCALAR, at, text, line)
    if (endsLine) this.#allowsKey = true
  }

  #quoted(isSingle: boolean): void {
    const { at, line } = this.#beginNode()
    this.#push(kinds.QUOTED_SCALAR, at, scanQuoted(this.#cursor, isSingle), line)
  }

  /** Begins a token that may be a key. Returns where it is. */
  #beginNode(): { readonly at: number; readonly line: number } {
    this.#saveKey()
    this.#allowsKey = false
    const { at, line } = this.#cursor
    return { at, line }
  }

  #block(isLiteral: boolean): void {
    this.#removeKey()
    this.#allowsKey = true
    const { at, line } = this.#cursor
    this.#push(kinds.QUOTED_SCALAR, at, scanBlock(this.#cursor, isLiteral, this.#indent), line)
  }

  #directive(): void {
    const cursor = this.#cursor
    this.#unroll(-1)
    this.#removeKey()
    this.#allowsKey = false
    const start = cursor.at++
    const name = scanWord(cursor)
    if (name === '') cursor.refuse('could not find expected directive name')
    if (!isBlankOrEnd(cursor.code())) cursor.refuse('found unexpected non-alphabetical character')
    if (name !== 'YAML' && name !== 'TAG') cursor.refuse('found unknown directive name')
    const isVersion = name === 'YAML'
    const text = isVersion ? scanVersion(cursor) : scanTagDirective(cursor)
    this.#push(isVersion ? kinds.VERSION_DIRECTIVE : kinds.TAG_DIRECTIVE, start, text)
    cursor.endHeader()
  }
}
