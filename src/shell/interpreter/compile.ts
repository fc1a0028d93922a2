import type { ShellToken } from './lexer.js'
import { tokensOf } from './lexer.js'
import type { Operation, CompiledScript, Redirect, Word } from './syntax.js'
import { SyntaxFault } from './syntax.js'
import { parseWord } from './words.js'

const memo = new Map<string, CompiledScript>()

/** Most scripts that are kept compiled, and their length together: a word takes some 500 bytes. */
const MOST_KEPT = 200
const MOST_UNITS = 512 * 1024
let keptUnits = 0

/**
 * Compiles a script. A program can be compiled again from its text at any time, so only the text is state.
 * @throws SyntaxFault
 */
export function compile(text: string): CompiledScript {
  let program = memo.get(text)
  if (program === undefined) {
    const compiler = new Compiler(tokensOf(text))
    program = compiler.whole()
    if (memo.size >= MOST_KEPT || keptUnits + text.length > MOST_UNITS) {
      memo.clear()
      keptUnits = 0
    }
    memo.set(text, program)
    keptUnits += text.length
  }
  return program
}

const RESERVED = new Set([
  'if',
  'then',
  'elif',
  'else',
  'fi',
  'for',
  'do',
  'done',
  'while',
  'until',
  'case',
  'esac',
  '{',
  '}',
  '!',
])
const MOST_NESTED = 100
const ASSIGNMENT = /^([A-Za-z_]\w*)=/

/** A recursive descent parser that emits operations in their order of execution. */
class Compiler {
  readonly #tokens: readonly ShellToken[]
  readonly #out: Operation[] = []
  #at = 0
  #depth = 0

  constructor(tokens: readonly ShellToken[]) {
    this.#tokens = tokens
  }

  whole(): CompiledScript {
    this.#list([])
    if (this.#at < this.#tokens.length) throw this.#unexpected()
    return this.#out
  }

  /** Compiles commands up to one of those words (or `)` or `;;`). */
  #list(ends: readonly string[]): void {
    if (++this.#depth > MOST_NESTED) throw new SyntaxFault('syntax error: nested too deeply')
    for (;;) {
      while (this.#isOperator('\n') || this.#isOperator(';')) this.#at++
      const token = this.#tokens[this.#at]
      if (token === undefined || ends.includes(token.text)) break
      const start = this.#out.length
      this.#andOr()
      if (this.#accept('&')) this.#wrapBackground(start)
      else if (!this.#isOperator('\n') && !this.#isOperator(';')) break
    }
    this.#depth--
  }

  #wrapBackground(start: number): void {
    const body = this.#out.splice(start)
    this.#out.push({ op: 'background', to: start + body.length + 2 }, ...body.map((one) => shifted(one, 1)), {
      op: 'return',
    })
  }

  #andOr(): void {
    this.#pipeline()
    for (;;) {
      const success = this.#isOperator('&&')
      if (!success && !this.#isOperator('||')) return
      this.#at++
      this.#skipNewlines()
      const branch = this.#hole()
      this.#pipeline()
      this.#out[branch] = { op: 'branch', success: !success, to: this.#out.length }
    }
  }

  #pipeline(): void {
    const negated = this.#acceptWord('!')
    const start = this.#out.length
    this.#command()
    if (this.#isOperator('|')) {
      this.#wrapPipe(start)
      for (let again = false; this.#accept('|'); again = true) {
        this.#skipNewlines()
        const stage = this.#out.push({ op: 'piped', again, to: 0 }) - 1
        this.#command()
        if (this.#isOperator('|')) this.#wrapPipe(stage + 1)
        this.#out[stage] = { op: 'piped', again, to: this.#out.length }
        if (!this.#isOperator('|')) this.#out.push({ op: 'end' })
      }
    }
    if (negated) this.#out.push({ op: 'not' })
  }

  /** Turns the operations from `start` on into a pipe stage, whose output is collected. */
  #wrapPipe(start: number): void {
    const body = this.#out.splice(start)
    this.#out.push({ op: 'pipe', to: start + body.length + 1 }, ...body.map((one) => shifted(one, 1)))
  }

  #command(): void {
    const token = this.#tokens[this.#at]
    if (token === undefined) throw new SyntaxFault('syntax error: unexpected end of file')
    if (token.kind === 'operator' && token.text === '(') return this.#compound(() => this.#subshell())
    if (token.kind === 'word') {
      const compound = this.#compoundOf(token.text)
      if (compound !== undefined) return this.#compound(compound)
      if (
        this.#tokens[this.#at + 1]?.text === '(' &&
        this.#tokens[this.#at + 2]?.text === ')' &&
        /^[A-Za-z_]\w*$/.test(token.text)
      )
        return this.#function(token.text)
      if (RESERVED.has(token.text)) throw this.#unexpected()
    }
    this.#simple()
  }

  #compoundOf(word: string): (() => void) | undefined {
    switch (word) {
      case 'if':
        return () => this.#if()
      case 'while':
        return () => this.#while(true)
      case 'until':
        return () => this.#while(false)
      case 'for':
        return () => this.#for()
      case 'case':
        return () => this.#case()
      case '{':
        return () => this.#group()
      default:
        return undefined
    }
  }

  /** Compiles a compound command with its redirections. */
  #compound(parse: () => void): void {
    const start = this.#out.length
    parse()
    if (!this.#isRedirect()) return
    const body = this.#out.splice(start)
    const redirects: Redirect[] = []
    let captures = 0
    const substitute = (script: string): number => {
      this.#capture(script)
      return captures++
    }
    while (this.#isRedirect()) redirects.push(this.#redirect(substitute))
    const offset = this.#out.length + 1 - start
    this.#out.push({ op: 'redirect', redirects, captures }, ...body.map((one) => shifted(one, offset)), {
      op: 'end',
    })
  }

  #subshell(): void {
    this.#at++
    const subshell = this.#hole()
    this.#list([')'])
    if (!this.#accept(')')) throw this.#unexpected()
    this.#out[subshell] = { op: 'subshell', to: this.#out.length }
    this.#out.push({ op: 'endSubshell' })
  }

  #group(): void {
    this.#at++
    this.#list(['}'])
    this.#expect('}')
  }

  #if(): void {
    const ends: number[] = []
    for (;;) {
      this.#at++
      this.#list(['then'])
      this.#expect('then')
      const otherwise = this.#hole()
      this.#list(['elif', 'else', 'fi'])
      ends.push(this.#hole())
      this.#out[otherwise] = { op: 'branch', success: false, to: this.#out.length }
      if (this.#tokens[this.#at]?.text !== 'elif') break
    }
    if (this.#acceptWord('else')) this.#list(['fi'])
    else this.#out.push({ op: 'status', status: 0 })
    this.#expect('fi')
    for (const end of ends) this.#out[end] = { op: 'jump', to: this.#out.length }
  }

  #while(success: boolean): void {
    this.#at++
    const loop = this.#hole()
    const next = this.#out.length
    this.#list(['do'])
    this.#expect('do')
    const leave = this.#hole()
    this.#list(['done'])
    this.#expect('done')
    this.#out.push({ op: 'jump', to: next })
    this.#out[leave] = { op: 'branch', success: !success, to: this.#out.length }
    this.#out.push({ op: 'status', status: 0 })
    this.#out[loop] = { op: 'loop', exit: this.#out.length, next }
    this.#out.push({ op: 'end' })
  }

  #for(): void {
    this.#at++
    const name = this.#tokens[this.#at++]?.text ?? ''
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new SyntaxFault('syntax error: bad for loop variable')
    let captures = 0
    const substitute = (script: string): number => {
      this.#capture(script)
      return captures++
    }
    let items: Word[] = [parseWord('"$@"', substitute)]
    this.#skipNewlines()
    if (this.#acceptWord('in')) {
      items = []
      while (this.#tokens[this.#at]?.kind === 'word')
        items.push(parseWord(this.#tokens[this.#at++]?.text ?? '', substitute))
    }
    while (this.#isOperator('\n') || this.#isOperator(';')) this.#at++
    this.#expect('do')
    const loop = this.#hole()
    const next = this.#hole()
    this.#list(['done'])
    this.#expect('done')
    this.#out.push({ op: 'jump', to: next })
    this.#out[loop] = { op: 'loop', exit: this.#out.length, next, items, captures }
    this.#out[next] = { op: 'next', name, exit: this.#out.length }
    this.#out.push({ op: 'end' })
  }

  #case(): void {
    this.#at++
    let captures = 0
    const substitute = (script: string): number => {
      this.#capture(script)
      return captures++
    }
    const word = parseWord(this.#tokens[this.#at++]?.text ?? '', substitute)
    this.#skipNewlines()
    this.#expect('in')
    const branch = this.#hole()
    const branches: { patterns: Word[]; to: number }[] = []
    const ends: number[] = []
    for (;;) {
      this.#skipNewlines()
      if (this.#acceptWord('esac')) break
      this.#accept('(')
      const patterns: Word[] = []
      do patterns.push(parseWord(this.#tokens[this.#at++]?.text ?? '', noSubstitution))
      while (this.#accept('|'))
      if (!this.#accept(')')) throw this.#unexpected()
      branches.push({ patterns, to: this.#out.length })
      this.#list([';;', 'esac'])
      ends.push(this.#hole())
      this.#accept(';;')
    }
    const to = this.#out.length
    this.#out[branch] = { op: 'case', word, captures, branches, to }
    for (const end of ends) this.#out[end] = { op: 'jump', to }
  }

  #function(name: string): void {
    this.#at += 3
    this.#skipNewlines()
    const definition = this.#hole()
    this.#command()
    this.#out.push({ op: 'return' })
    this.#out[definition] = { op: 'function', name, to: this.#out.length }
  }

  #simple(): void {
    const assigns: [string, Word][] = []
    const words: Word[] = []
    const redirects: Redirect[] = []
    let captures = 0
    const substitute = (script: string): number => {
      this.#capture(script)
      return captures++
    }
    for (;;) {
      if (this.#isRedirect()) {
        redirects.push(this.#redirect(substitute))
        continue
      }
      const token = this.#tokens[this.#at]
      if (token?.kind !== 'word') break
      this.#at++
      const [assigned, name] = words.length === 0 ? (ASSIGNMENT.exec(token.text) ?? []) : []
      if (assigned !== undefined && name !== undefined)
        assigns.push([name, parseWord(token.text.slice(assigned.length), substitute)])
      else words.push(parseWord(token.text, substitute))
    }
    if (assigns.length + words.length + redirects.length === 0) throw this.#unexpected()
    this.#out.push({ op: 'run', assigns, words, redirects, captures })
  }

  #isRedirect(): boolean {
    const token = this.#tokens[this.#at]
    return token?.kind === 'operator' && /^(?:<<?-?|>>?|[<>]&|&>)$/.test(token.text)
  }

  #redirect(substitute: (script: string) => number): Redirect {
    const { text, fd } = this.#tokens[this.#at++] as ShellToken
    const word = this.#tokens[this.#at++]
    if (word?.kind !== 'word') throw new SyntaxFault('syntax error: unexpected redirection')
    if (text.startsWith('<<')) {
      const document =
        this.#tokens[this.#at]?.kind === 'document' ? (this.#tokens[this.#at++]?.text ?? '') : ''
      const isRaw = /['"\\]/.test(word.text)
      return {
        fd: fd ?? 0,
        mode: '<<',
        target: isRaw
          ? [{ kind: 'text', text: document, quoted: true }]
          : parseWord(document, substitute, true),
      }
    }
    const target = parseWord(word.text, substitute)
    if (text === '>&' || text === '<&') return { fd: fd ?? (text === '>&' ? 1 : 0), mode: '>&', target }
    if (text === '&>') return { fd: -1, mode: '>', target }
    return { fd: fd ?? (text === '<' ? 0 : 1), mode: text as '<' | '>' | '>>', target }
  }

  /** Compiles a command substitution, which runs before its command. */
  #capture(script: string): void {
    if (++this.#depth > MOST_NESTED) throw new SyntaxFault('syntax error: nested too deeply')
    const body = compile(script)
    const offset = this.#out.length + 1
    this.#out.push({ op: 'capture', to: offset + body.length }, ...body.map((one) => shifted(one, offset)), {
      op: 'endCapture',
    })
    this.#depth--
  }

  /** Reserves a place for an operation that is filled in later. */
  #hole(): number {
    return this.#out.push({ op: 'status', status: 0 }) - 1
  }

  #isOperator(text: string): boolean {
    const token = this.#tokens[this.#at]
    return token?.kind === 'operator' && token.text === text
  }

  #accept(operator: string): boolean {
    if (!this.#isOperator(operator)) return false
    this.#at++
    return true
  }

  #acceptWord(word: string): boolean {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'word' || token.text !== word) return false
    this.#at++
    return true
  }

  #expect(word: string): void {
    if (!this.#acceptWord(word)) throw this.#unexpected(` (expecting "${word}")`)
  }

  #skipNewlines(): void {
    while (this.#isOperator('\n')) this.#at++
  }

  #unexpected(more = ''): SyntaxFault {
    const token = this.#tokens[this.#at]
    const what = token === undefined ? 'end of file' : token.text === '\n' ? 'newline' : `"${token.text}"`
    return new SyntaxFault(`syntax error: unexpected ${what}${more}`)
  }
}

function noSubstitution(): never {
  throw new SyntaxFault('syntax error: command substitution in a pattern')
}

/** Moves an operation to another place. */
function shifted(operation: Operation, by: number): Operation {
  switch (operation.op) {
    case 'jump':
    case 'branch':
    case 'background':
    case 'function':
    case 'capture':
    case 'pipe':
    case 'piped':
    case 'subshell':
      return { ...operation, to: operation.to + by }
    case 'loop':
      return { ...operation, exit: operation.exit + by, next: operation.next + by }
    case 'next':
      return { ...operation, exit: operation.exit + by }
    case 'case':
      return {
        ...operation,
        to: operation.to + by,
        branches: operation.branches.map(({ patterns, to }) => ({ patterns, to: to + by })),
      }
    default:
      return operation
  }
}
