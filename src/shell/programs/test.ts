import { contentOfEntry } from '../files/file-system.js'
import { absolutePath } from '../files/tree.js'
import type { Invocation, Program } from './command.js'

/** `test EXPRESSION`: strings, numbers, files, `!`, `-a`, `-o`, parentheses. */
export const test: Program = { name: 'test', run: (call) => evaluate(call, call.args) }

/** `[ EXPRESSION ]` */
export const bracket: Program = {
  name: '[',
  run: (call) => {
    if (call.args.at(-1) === ']') return evaluate(call, call.args.slice(0, -1))
    call.error('sh: missing ]\n')
    return 2
  },
}

/** `[[ EXPRESSION ]]`, as busybox has it: like `[`. */
export const doubleBracket: Program = {
  name: '[[',
  run: (call) => {
    if (call.args.at(-1) === ']]') return evaluate(call, call.args.slice(0, -1))
    call.error('sh: missing ]]\n')
    return 2
  },
}

class TestFault extends Error {}

function evaluate(call: Invocation, words: readonly string[]): number {
  try {
    const reader = new Reader(call, words)
    return words.length > 0 && reader.whole() ? 0 : 1
  } catch (error) {
    if (!(error instanceof TestFault)) throw error
    call.error(`sh: ${error.message}\n`)
    return 2
  }
}

class Reader {
  readonly #call: Invocation
  readonly #words: readonly string[]
  #at = 0

  constructor(call: Invocation, words: readonly string[]) {
    this.#call = call
    this.#words = words
  }

  whole(): boolean {
    const value = this.#or()
    if (this.#at < this.#words.length) throw new TestFault(`${this.#words[this.#at]}: unknown operand`)
    return value
  }

  #or(): boolean {
    let value = this.#and()
    while (this.#words[this.#at] === '-o') {
      this.#at++
      value = this.#and() || value
    }
    return value
  }

  #and(): boolean {
    let value = this.#not()
    while (this.#words[this.#at] === '-a') {
      this.#at++
      value = this.#not() && value
    }
    return value
  }

  #not(): boolean {
    if (this.#words[this.#at] === '!' && this.#at + 1 < this.#words.length) {
      this.#at++
      return !this.#not()
    }
    return this.#primary()
  }

  #primary(): boolean {
    const [first, operator, second] = this.#words.slice(this.#at, this.#at + 3)
    if (first === undefined) throw new TestFault('argument expected')
    const compared =
      operator === undefined || second === undefined ? undefined : compare(first, operator, second)
    if (compared !== undefined) {
      this.#at += 3
      return compared
    }
    if (first === '(') {
      this.#at++
      const value = this.#or()
      if (this.#words[this.#at++] !== ')') throw new TestFault('closing paren expected')
      return value
    }
    if (/^-[a-zA-Z]$/.test(first) && operator !== undefined) {
      this.#at += 2
      return this.#unary(first, operator)
    }
    this.#at++
    return first !== ''
  }

  #unary(operator: string, operand: string): boolean {
    if (operator === '-n') return operand !== ''
    if (operator === '-z') return operand === ''
    const path = absolutePath(this.#call.cwd, operand)
    const entry = this.#call.world.files.stat(path)
    switch (operator) {
      case '-e':
      case '-r':
      case '-w':
      case '-x':
        return entry !== undefined
      case '-f':
        return entry?.kind === 'file' && entry.special === undefined
      case '-b':
        return entry?.special === 'block'
      case '-c':
        return entry?.special === 'character'
      case '-d':
        return entry?.kind === 'directory'
      case '-s':
        return entry?.kind === 'file' && contentOfEntry(entry) !== ''
      case '-h':
      case '-L':
        return this.#call.world.files.linkAt(path) !== undefined
      // no sockets and pipes are among the files, and nothing is a terminal
      case '-S':
      case '-p':
      case '-t':
        return false
      default:
        throw new TestFault(`${operator}: unknown operand`)
    }
  }
}

function compare(a: string, operator: string, b: string): boolean | undefined {
  const number = (text: string): number => {
    if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new TestFault(`${text}: bad number`)
    return Number(text)
  }
  switch (operator) {
    case '=':
    case '==':
      return a === b
    case '!=':
      return a !== b
    case '-eq':
      return number(a) === number(b)
    case '-ne':
      return number(a) !== number(b)
    case '-lt':
      return number(a) < number(b)
    case '-le':
      return number(a) <= number(b)
    case '-gt':
      return number(a) > number(b)
    case '-ge':
      return number(a) >= number(b)
    default:
      return undefined
  }
}
