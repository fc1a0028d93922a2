import { SyntaxFault } from './syntax.js'

const TOKEN = /\s*(\d+|[A-Za-z_]\w*|\*\*|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%()<>!~&|^?:])/y
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
const MOST_NESTED = 100

/** Evaluates `$((...))`. Variables that are not numbers count as 0. @throws SyntaxFault */
export function calculate(text: string, variable: (name: string) => string | undefined): number {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const [, token] = TOKEN.exec(text) ?? []
    if (token === undefined) throw new SyntaxFault('arithmetic syntax error')
    tokens.push(token)
  }
  if (tokens.length === 0) return 0
  const reader = new Calculator(tokens, variable)
  return reader.whole()
}

class Calculator {
  readonly #tokens: readonly string[]
  readonly #variable: (name: string) => string | undefined
  #at = 0
  #depth = 0

  constructor(tokens: readonly string[], variable: (name: string) => string | undefined) {
    this.#tokens = tokens
    this.#variable = variable
  }

  whole(): number {
    const value = this.#ternary()
    if (this.#at < this.#tokens.length) throw new SyntaxFault('arithmetic syntax error')
    return value
  }

  #ternary(): number {
    const condition = this.#binary(0)
    if (this.#tokens[this.#at] !== '?') return condition
    this.#at++
    const yes = this.#ternary()
    if (this.#tokens[this.#at++] !== ':') throw new SyntaxFault('arithmetic syntax error')
    const no = this.#ternary()
    return condition === 0 ? no : yes
  }

  #binary(level: number): number {
    const operators = PRECEDENCE[level]
    if (operators === undefined) return this.#unary()
    let left = this.#binary(level + 1)
    for (;;) {
      const operator = this.#tokens[this.#at]
      if (operator === undefined || !operators.includes(operator)) return left
      this.#at++
      left = apply(operator, left, this.#binary(level + 1))
    }
  }

  #unary(): number {
    if (++this.#depth > MOST_NESTED) throw new SyntaxFault('arithmetic syntax error')
    try {
      const token = this.#tokens[this.#at++]
      if (token === '-') return -this.#unary()
      if (token === '+') return this.#unary()
      if (token === '!') return this.#unary() === 0 ? 1 : 0
      if (token === '~') return ~this.#unary()
      if (token === '(') {
        const value = this.#ternary()
        if (this.#tokens[this.#at++] !== ')') throw new SyntaxFault('arithmetic syntax error')
        return value
      }
      if (token !== undefined && /^\d/.test(token)) return Number(token)
      if (token !== undefined && /^[A-Za-z_]/.test(token))
        return Math.trunc(Number(this.#variable(token) ?? 0)) || 0
      throw new SyntaxFault('arithmetic syntax error')
    } finally {
      this.#depth--
    }
  }
}

function apply(operator: string, a: number, b: number): number {
  switch (operator) {
    case '||':
      return a !== 0 || b !== 0 ? 1 : 0
    case '&&':
      return a !== 0 && b !== 0 ? 1 : 0
    case '|':
      return a | b
    case '^':
      return a ^ b
    case '&':
      return a & b
    case '==':
      return a === b ? 1 : 0
    case '!=':
      return a === b ? 0 : 1
    case '<':
      return a < b ? 1 : 0
    case '<=':
      return a <= b ? 1 : 0
    case '>':
      return a > b ? 1 : 0
    case '>=':
      return a >= b ? 1 : 0
    case '<<':
      return a << b
    case '>>':
      return a >> b
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    default:
      if (b === 0) throw new SyntaxFault('divide by zero')
      return operator === '/' ? Math.trunc(a / b) : a % b
  }
}
