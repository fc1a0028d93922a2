import { unquote } from './unquote.js'
import { JsonPathError, type ListNode, type Node, type JsonPathTemplate } from './nodes.js'

/**
 * Parses a JSONPath template. Throws JsonPathError with client-go's texts. Source: client-go
 * util/jsonpath/parser.go.
 */
export function parseJsonPath(text: string): JsonPathTemplate {
  return { nodes: new Parser(text).parse() }
}

/** Parses the inside of braces. */
function parseAction(text: string): ListNode {
  return parseJsonPath(`{${text}}`).nodes[0] as ListNode
}

const isDigit = (char: string): boolean => /^\p{Nd}$/u.test(char)
const isAlphaNumeric = (char: string): boolean => /^[_\p{L}\p{Nd}]$/u.test(char)
const isTerminator = (char: string): boolean => char === '' || ' \t\r\n.,[]$@{}'.includes(char)

class Parser {
  readonly #text: string
  #at = 0
  readonly #nodes: Node[] = []

  constructor(text: string) {
    this.#text = text
  }

  parse(): readonly Node[] {
    while (this.#at < this.#text.length) {
      const open = this.#text.indexOf('{', this.#at)
      const end = open < 0 ? this.#text.length : open
      if (end > this.#at) this.#nodes.push({ kind: 'text', text: this.#text.slice(this.#at, end) })
      this.#at = end
      if (open >= 0) this.#action()
    }
    return this.#nodes
  }

  /** The next character, whole even outside the basic plane; '' at the end. */
  #next(): string {
    const code = this.#text.codePointAt(this.#at)
    if (code === undefined) return ''
    const char = String.fromCodePoint(code)
    this.#at += char.length
    return char
  }

  #peek(): string {
    const code = this.#text.codePointAt(this.#at)
    return code === undefined ? '' : String.fromCodePoint(code)
  }

  #action(): void {
    this.#at++
    const nodes: Node[] = []
    this.#nodes.push({ kind: 'list', nodes })
    while (!this.#text.startsWith('}', this.#at)) this.#part(nodes)
    this.#at++
  }

  #part(nodes: Node[]): void {
    if (this.#text.startsWith('[?(', this.#at)) return this.#filter(nodes)
    if (this.#text.startsWith('..', this.#at)) return this.#recursive(nodes)
    const start = this.#at
    const char = this.#next()
    if (char === '' || char === '\n' || char === '\r') throw new JsonPathError('unclosed action')
    // the current object is where a path begins anyway
    if (char === ' ' || char === '@' || char === '$') return
    if (char === '[') this.#array(nodes)
    else if (char === '"' || char === "'") this.#quote(nodes, char)
    else if (char === '.') this.#field(nodes)
    else if (char === '+' || char === '-' || isDigit(char)) this.#number(nodes, start)
    else if (isAlphaNumeric(char)) this.#identifier(nodes, start)
    else throw new JsonPathError(`unrecognized character in action: ${codeText(char)}`)
  }

  #identifier(nodes: Node[], start: number): void {
    while (!isTerminator(this.#peek())) this.#next()
    const name = this.#text.slice(start, this.#at)
    if (name === 'true' || name === 'false') nodes.push({ kind: 'bool', value: name === 'true' })
    else nodes.push({ kind: 'identifier', name })
  }

  #recursive(nodes: Node[]): void {
    if (nodes.at(-1)?.kind === 'recursive') throw new JsonPathError('invalid multiple recursive descent')
    this.#at += 2
    nodes.push({ kind: 'recursive' })
    if (isAlphaNumeric(this.#peek())) this.#field(nodes)
  }

  #number(nodes: Node[], start: number): void {
    while (this.#peek() === '.' || isDigit(this.#peek())) this.#next()
    const text = this.#text.slice(start, this.#at)
    const isFloat = text.includes('.')
    if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text)) throw new JsonPathError(`cannot parse number ${text}`)
    nodes.push({ kind: 'number', value: Number(text), isFloat })
  }

  #array(nodes: Node[]): void {
    const start = this.#at
    for (let char = this.#next(); char !== ']'; char = this.#next())
      if (char === '' || char === '\n') throw new JsonPathError('unterminated array')
    nodes.push(...arrayNodes(this.#text.slice(start, this.#at - 1)))
  }

  #filter(nodes: Node[]): void {
    this.#at += '[?('.length
    const start = this.#at
    let pair = ''
    let isClosed = false
    for (let char = this.#next(); char !== ')' || (pair !== '') !== isClosed; char = this.#next()) {
      if (char === '' || char === '\n') throw new JsonPathError('unterminated filter')
      if (char !== '"' && char !== "'") continue
      if (pair === '') pair = char
      else if (char === pair && this.#text.charAt(this.#at - 2) !== '\\') isClosed = true
    }
    const text = this.#text.slice(start, this.#at - 1)
    if (this.#next() !== ']') throw new JsonPathError('unclosed array expect ]')
    nodes.push(filterNode(text))
  }

  #quote(nodes: Node[], quote: string): void {
    const start = this.#at - 1
    let char = this.#next()
    while (char !== quote || this.#text.charAt(this.#at - 2) === '\\') {
      if (char === '' || char === '\n') throw new JsonPathError('unterminated quoted string')
      char = this.#next()
    }
    const literal = this.#text.slice(start, this.#at)
    const text = unquote(literal)
    if (text === undefined) throw new JsonPathError(`unquote string ${literal} error invalid syntax`)
    nodes.push({ kind: 'text', text })
  }

  #field(nodes: Node[]): void {
    const start = this.#at
    while (!isTerminator(this.#peek())) if (this.#next() === '\\') this.#next()
    const name = this.#text.slice(start, this.#at)
    nodes.push(name === '*' ? { kind: 'wildcard' } : { kind: 'field', name: name.replaceAll('\\', '') })
  }
}

/** As Go's %#U: `U+0026 '&'`. */
const codeText = (char: string): string =>
  `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')} '${char}'`

/** The nodes for what is in brackets. */
function arrayNodes(inner: string): readonly Node[] {
  const text = inner === '*' ? ':' : inner
  const parts = text.split(',')
  if (parts.length > 1)
    return [
      { kind: 'union', lists: parts.map((part) => parseAction(`[${part.replace(/^ +|(?<! ) +$/g, '')}]`)) },
    ]
  const key = /^'([^']*)'$/.exec(text)
  if (key !== null) return parseAction(`.${key[1] ?? ''}`).nodes
  const slice = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text)
  if (slice === null) throw new JsonPathError(`invalid array index ${text}`)
  const [, first = '', second, third] = slice
  const start = bound(first)
  const isIndex = second === undefined
  return [
    {
      kind: 'array',
      start,
      end: isIndex ? (start ?? 0) + 1 : bound(second.slice(1)),
      isIndex,
      step: bound((third ?? ':').slice(1)),
    },
  ]
}

function bound(text: string): number | undefined {
  if (text === '') return undefined
  const value = Number(text)
  if (Number.isNaN(value)) throw new JsonPathError(`array index ${text} is not a number`)
  return value
}

function filterNode(text: string): Node {
  // ^([^!<>=]+)([!<>=]+)(.+?)$, in linear time
  const [head = '', left = '', signs = ''] = /^([^!<>=]+)([!<>=]+)/.exec(text) ?? []
  const rest = text.slice(head.length)
  const operator = rest === '' ? signs.slice(0, -1) : signs
  const right = rest === '' ? signs.slice(-1) : rest
  const nothing: ListNode = { kind: 'list', nodes: [] }
  if (operator === '' || right.includes('\n'))
    return { kind: 'filter', left: parseAction(text), operator: 'exists', right: nothing }
  return { kind: 'filter', left: parseAction(left), operator, right: parseAction(right) }
}
