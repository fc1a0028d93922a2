import { JsonPathError, type Node, type Operand, type Step, type Template } from './nodes.js'

/**
 * Parses a JSONPath template. Throws JsonPathError with client-go's texts. Source: client-go
 * util/jsonpath/parser.go.
 */
export function parseJsonPath(text: string): Template {
  const fail = (why: string): JsonPathError => new JsonPathError(`error parsing jsonpath ${text}, ${why}`)
  return { text, nodes: new TemplateParser(text, fail).parse() }
}

type Fail = (why: string) => JsonPathError

class TemplateParser {
  readonly #text: string
  readonly #fail: Fail
  #at = 0

  constructor(text: string, fail: Fail) {
    this.#text = text
    this.#fail = fail
  }

  parse(): readonly Node[] {
    const nodes = this.#nodes(false)
    if (this.#at < this.#text.length) throw this.#fail('not in range, nothing to end')
    return nodes
  }

  #nodes(inRange: boolean): readonly Node[] {
    const nodes: Node[] = []
    while (this.#at < this.#text.length) {
      const open = this.#text.indexOf('{', this.#at)
      const literal = this.#text.slice(this.#at, open < 0 ? this.#text.length : open)
      if (literal !== '') nodes.push({ kind: 'text', text: literal })
      this.#at = open < 0 ? this.#text.length : open
      if (open < 0) break
      const action = this.#action()
      if (action === 'end') {
        if (!inRange) throw this.#fail('not in range, nothing to end')
        return nodes
      }
      nodes.push(...this.#actionNodes(action))
    }
    if (inRange) throw this.#fail('unexpected EOF')
    return nodes
  }

  /** Parses the text between `{` and its `}`. */
  #action(): string {
    const start = this.#at + 1
    const end = closingBrace(this.#text, start, this.#fail)
    this.#at = end + 1
    return this.#text.slice(start, end).trim()
  }

  #actionNodes(action: string): readonly Node[] {
    if (/^range(?:\s|$)/.test(action))
      return [
        {
          kind: 'range',
          steps: new PathParser(action.slice(5).trim(), this.#fail).parse(),
          body: this.#nodes(true),
        },
      ]
    if (/^["']/.test(action)) return [{ kind: 'text', text: unquote(action) }]
    return [{ kind: 'path', steps: new PathParser(action, this.#fail).parse() }]
  }
}

function closingBrace(text: string, start: number, fail: Fail): number {
  let inArray = false
  let quote = ''
  for (let at = start; at < text.length; at++) {
    const char = text.charAt(at)
    if (quote !== '') {
      if (char === '\\') at++
      else if (char === quote) quote = ''
    } else if (char === '"' || char === "'") quote = char
    else if (char === '[') inArray = true
    else if (char === ']') inArray = false
    else if (char === '}' && !inArray) return at
  }
  throw fail(quote !== '' ? 'unterminated quoted string' : inArray ? 'unterminated array' : 'unclosed action')
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

function unquote(text: string): string {
  return text.slice(1, -1).replaceAll(/\\(.)/gs, (_, char: string) => escapes[char] ?? char)
}

class PathParser {
  readonly #text: string
  readonly #fail: Fail
  #at = 0

  constructor(text: string, fail: Fail) {
    this.#text = text
    this.#fail = fail
  }

  parse(): readonly Step[] {
    const steps: Step[] = []
    while (this.#at < this.#text.length) {
      const char = this.#text.charAt(this.#at)
      if (this.#text.startsWith('..', this.#at)) {
        steps.push({ kind: 'recursive' })
        this.#at++
      } else if (char === '[') steps.push(this.#array())
      else if (char === '.' || char === '@' || char === '$') this.#at++
      else if (char === '*') {
        steps.push({ kind: 'wildcard' })
        this.#at++
      } else steps.push({ kind: 'field', name: this.#fieldName() })
    }
    return steps
  }

  #fieldName(): string {
    const start = this.#at
    let name = ''
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text.charAt(this.#at)
      if (char === '\\') name += this.#text.charAt(++this.#at)
      else if (/[\s.[\],(){}@$|&=!<>*'"]/.test(char)) break
      else name += char
    }
    if (this.#at === start)
      throw this.#fail(`unrecognized character in action: U+${codeOf(this.#text.charAt(start))}`)
    return name
  }

  #array(): Step {
    const end = closingBracket(this.#text, this.#at + 1, this.#fail)
    const inner = this.#text.slice(this.#at + 1, end).trim()
    this.#at = end + 1
    return arrayStep(inner, this.#fail)
  }
}

const codeOf = (char: string): string =>
  `${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')} '${char}'`

function closingBracket(text: string, start: number, fail: Fail): number {
  let depth = 0
  let quote = ''
  for (let at = start; at < text.length; at++) {
    const char = text.charAt(at)
    if (quote !== '') {
      if (char === '\\') at++
      else if (char === quote) quote = ''
    } else if (char === '"' || char === "'") quote = char
    else if (char === '[') depth++
    else if (char === ']' && depth-- === 0) return at
  }
  throw fail('unterminated array')
}

const FILTER = /^\?\((.*)\)$/s
const SLICE = /^(-?\d*)(?::(-?\d*))?(?::(-?\d*))?$/

function arrayStep(inner: string, fail: Fail): Step {
  const filter = FILTER.exec(inner)
  if (filter !== null) return filterStep((filter[1] as string).trim(), fail)
  if (inner === '*') return { kind: 'wildcard' }
  const parts = splitOutsideQuotes(inner, ',')
  if (parts.length > 1) return { kind: 'union', paths: parts.map((part) => [arrayStep(part.trim(), fail)]) }
  if (/^'[^]*'$|^"[^]*"$/.test(inner)) return { kind: 'field', name: unquote(inner) }
  const slice = SLICE.exec(inner)
  if (slice === null || inner === '') throw fail(`invalid array index ${inner}`)
  const [, start = '', end, step] = slice
  if (end === undefined)
    return { kind: 'slice', start: Number(start), end: Number(start) + 1, step: 1, index: true }
  return {
    kind: 'slice',
    step: step === undefined || step === '' ? 1 : Number(step),
    index: false,
    ...(start === '' ? {} : { start: Number(start) }),
    ...(end === '' ? {} : { end: Number(end) }),
  }
}

function splitOutsideQuotes(text: string, separator: string): readonly string[] {
  const parts: string[] = []
  let part = ''
  let quote = ''
  for (const char of text) {
    if (quote === '' && char === separator) {
      parts.push(part)
      part = ''
      continue
    }
    if (quote === char) quote = ''
    else if (quote === '' && (char === '"' || char === "'")) quote = char
    part += char
  }
  return [...parts, part]
}

const COMPARISON = /^(.*?)\s*(==|!=|<=|>=|<|>)\s*(.*)$/s

function filterStep(text: string, fail: Fail): Step {
  const comparison = COMPARISON.exec(text)
  if (comparison === null) return { kind: 'filter', left: operand(text, fail), operator: 'exists' }
  const [, left = '', operator = '', right = ''] = comparison
  return { kind: 'filter', left: operand(left, fail), operator, right: operand(right, fail) }
}

function operand(text: string, fail: Fail): Operand {
  if (/^["']/.test(text)) return { kind: 'literal', value: unquote(text) }
  if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true' }
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return { kind: 'literal', value: Number(text) }
  return { kind: 'path', steps: new PathParser(text, fail).parse() }
}
