import { SyntaxFault } from './syntax.js'

const TOKEN =
  /\s*(0[xX][\da-fA-F]+|\d+#[\w@]+|\d+|[A-Za-z_]\w*|<<=|>>=|\+\+|--|\*\*|<<|>>|[-+*/%&|^<>=!]=|&&|\|\||[-+*/%()<>!~&|^?:=,])/y
const PRECEDENCE: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
]
const ASSIGNMENTS: ReadonlySet<string | undefined> = new Set(
  ['', '+', '-', '*', '/', '%', '<<', '>>', '&', '|', '^'].map((operator) => `${operator}=`),
)
const NAME = /^[A-Za-z_]/
const MOST_NESTED = 100
/** Variables that name each other. */
const MOST_LEVELS = 16
const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_'

/** The variables of a shell. */
export interface ShellVariables {
  readonly get: (name: string) => string | undefined
  readonly set: (name: string, value: string) => void
}

/**
 * Evaluates `$((...))` with 64 bits. A variable counts as what its text evaluates to, or as 0 if it is empty.
 * Source: busybox shell/math.c.
 * @throws SyntaxFault
 */
export function calculate(text: string, variables: ShellVariables): bigint {
  return evaluated(text, variables, 0)
}

function evaluated(text: string, variables: ShellVariables, level: number): bigint {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const [, token] = TOKEN.exec(text) ?? []
    if (token === undefined) throw new SyntaxFault('arithmetic syntax error')
    tokens.push(token)
  }
  return tokens.length === 0 ? 0n : new Calculator(tokens, variables, level).whole()
}

class Calculator {
  readonly #tokens: readonly string[]
  readonly #variables: ShellVariables
  readonly #level: number
  #at = 0
  #depth = 0
  /** How many operands around the present one are not wanted: they set nothing, and divide by nothing. */
  #skipping = 0

  constructor(tokens: readonly string[], variables: ShellVariables, level: number) {
    this.#tokens = tokens
    this.#variables = variables
    this.#level = level
  }

  whole(): bigint {
    const value = this.#list()
    if (this.#at < this.#tokens.length) throw new SyntaxFault('arithmetic syntax error')
    return value
  }

  #list(): bigint {
    let value = this.#assignment()
    while (this.#took(',')) value = this.#assignment()
    return value
  }

  #assignment(): bigint {
    const [name = '', operator = ''] = this.#tokens.slice(this.#at, this.#at + 2)
    if (!NAME.test(name) || !ASSIGNMENTS.has(operator)) return this.#ternary()
    this.#at += 2
    const right = this.#nested(() => this.#assignment())
    const old = operator === '=' ? 0n : this.#valueOf(name)
    return this.#set(name, operator === '=' ? right : this.#apply(operator.slice(0, -1), old, right))
  }

  #ternary(): bigint {
    const condition = this.#binary(0)
    if (!this.#took('?')) return condition
    const yes = this.#wanted(condition !== 0n, () => this.#nested(() => this.#list()))
    this.#expect(':')
    const no = this.#wanted(condition === 0n, () => this.#nested(() => this.#assignment()))
    return condition === 0n ? no : yes
  }

  #binary(level: number): bigint {
    const operators = PRECEDENCE[level]
    if (operators === undefined) return this.#power()
    let left = this.#binary(level + 1)
    for (;;) {
      const operator = this.#tokens[this.#at]
      if (operator === undefined || !operators.includes(operator)) return left
      this.#at++
      const isDecided = (operator === '||' && left !== 0n) || (operator === '&&' && left === 0n)
      const right = this.#wanted(!isDecided, () => this.#binary(level + 1))
      left = this.#apply(operator, left, right)
    }
  }

  #power(): bigint {
    const base = this.#unary()
    if (!this.#took('**')) return base
    const exponent = this.#nested(() => this.#power())
    if (exponent < 0n && this.#skipping === 0) throw new SyntaxFault('exponent less than 0')
    return power(base, exponent)
  }

  #unary(): bigint {
    return this.#nested(() => {
      const token = this.#tokens[this.#at++]
      switch (token) {
        case '-':
          return BigInt.asIntN(64, -this.#unary())
        case '+':
          return this.#unary()
        case '!':
          return this.#unary() === 0n ? 1n : 0n
        case '~':
          return ~this.#unary()
        case '++':
        case '--':
          return this.#stepped(this.#tokens[this.#at++] ?? '', token)
        case '(': {
          const value = this.#list()
          this.#expect(')')
          return value
        }
        default:
          return this.#operand(token ?? '')
      }
    })
  }

  #operand(token: string): bigint {
    if (/^\d/.test(token)) return numberOf(token)
    if (!NAME.test(token)) throw new SyntaxFault('arithmetic syntax error')
    const after = this.#tokens[this.#at]
    if (after !== '++' && after !== '--') return this.#valueOf(token)
    this.#at++
    const before = this.#valueOf(token)
    this.#stepped(token, after)
    return before
  }

  #stepped(name: string, operator: string): bigint {
    if (!NAME.test(name)) throw new SyntaxFault('arithmetic syntax error')
    return this.#set(name, this.#valueOf(name) + (operator === '++' ? 1n : -1n))
  }

  #valueOf(name: string): bigint {
    const text = this.#variables.get(name)?.trim() ?? ''
    if (/^[1-9]\d*$/.test(text)) return BigInt.asIntN(64, BigInt(text))
    if (this.#level >= MOST_LEVELS) throw new SyntaxFault('expression recursion loop detected')
    return evaluated(text, this.#variables, this.#level + 1)
  }

  #set(name: string, value: bigint): bigint {
    const whole = BigInt.asIntN(64, value)
    if (this.#skipping === 0) this.#variables.set(name, String(whole))
    return whole
  }

  #apply(operator: string, left: bigint, right: bigint): bigint {
    if ((operator === '/' || operator === '%') && right === 0n) {
      if (this.#skipping === 0) throw new SyntaxFault('divide by zero')
      return 0n
    }
    return BigInt.asIntN(64, applied(operator, left, right))
  }

  #wanted(isWanted: boolean, work: () => bigint): bigint {
    if (isWanted) return work()
    this.#skipping++
    try {
      return work()
    } finally {
      this.#skipping--
    }
  }

  #nested(work: () => bigint): bigint {
    if (++this.#depth > MOST_NESTED) throw new SyntaxFault('arithmetic syntax error')
    try {
      return work()
    } finally {
      this.#depth--
    }
  }

  #took(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false
    this.#at++
    return true
  }

  #expect(token: string): void {
    if (!this.#took(token)) throw new SyntaxFault('arithmetic syntax error')
  }
}

/** Decimal, octal, hexadecimal, or `BASE#DIGITS`, where cases of letters differ above base 36. */
function numberOf(token: string): bigint {
  const [, base, digits = ''] = /^(\d+)#(.*)$/.exec(token) ?? []
  if (base === undefined) {
    if (/^0\d*[89]/.test(token)) throw new SyntaxFault('arithmetic syntax error')
    return BigInt.asIntN(64, BigInt(/^0\d/.test(token) ? `0o${token.slice(1)}` : token))
  }
  const size = Number(base)
  if (size < 2 || size > 64) throw new SyntaxFault('arithmetic syntax error')
  let value = 0n
  for (const digit of size <= 36 ? digits.toLowerCase() : digits) {
    const worth = DIGITS.indexOf(digit)
    if (worth < 0 || worth >= size) throw new SyntaxFault('arithmetic syntax error')
    value = BigInt.asIntN(64, value * BigInt(size) + BigInt(worth))
  }
  return value
}

/** Raises by squaring, within 64 bits. */
function power(base: bigint, exponent: bigint): bigint {
  let [value, square] = [1n, base]
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) value = BigInt.asIntN(64, value * square)
    square = BigInt.asIntN(64, square * square)
  }
  return value
}

function applied(operator: string, a: bigint, b: bigint): bigint {
  const truth = (is: boolean): bigint => (is ? 1n : 0n)
  switch (operator) {
    case '||':
      return truth(a !== 0n || b !== 0n)
    case '&&':
      return truth(a !== 0n && b !== 0n)
    case '|':
      return a | b
    case '^':
      return a ^ b
    case '&':
      return a & b
    case '==':
      return truth(a === b)
    case '!=':
      return truth(a !== b)
    case '<':
      return truth(a < b)
    case '<=':
      return truth(a <= b)
    case '>':
      return truth(a > b)
    case '>=':
      return truth(a >= b)
    case '<<':
      return a << (b & 63n)
    case '>>':
      return a >> (b & 63n)
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    default:
      return a % b
  }
}
