import type { Program } from './command.js'

class ExprFault extends Error {}

type Value = string

const isNumber = (text: Value): boolean => /^-?\d+$/.test(text)
const isNull = (text: Value): boolean => text === '' || /^-?0+$/.test(text)

function numberOf(text: Value): bigint {
  if (!isNumber(text)) throw new ExprFault('non-numeric argument')
  return BigInt(text)
}

const compared = (a: Value, b: Value): number => {
  if (!isNumber(a) || !isNumber(b)) return a < b ? -1 : a > b ? 1 : 0
  const difference = BigInt(a) - BigInt(b)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
const truth = (value: boolean): Value => (value ? '1' : '0')

function divided(a: Value, b: Value, operate: (a: bigint, b: bigint) => bigint): Value {
  if (numberOf(b) === 0n) throw new ExprFault('division by zero')
  return String(operate(numberOf(a), numberOf(b)))
}

/** Operators by precedence, lowest first. */
const LEVELS: readonly Readonly<Record<string, (a: Value, b: Value) => Value>>[] = [
  { '|': (a, b) => (isNull(a) ? b : a) },
  { '&': (a, b) => (isNull(a) || isNull(b) ? '0' : a) },
  {
    '<': (a, b) => truth(compared(a, b) < 0),
    '<=': (a, b) => truth(compared(a, b) <= 0),
    '=': (a, b) => truth(compared(a, b) === 0),
    '==': (a, b) => truth(compared(a, b) === 0),
    '!=': (a, b) => truth(compared(a, b) !== 0),
    '>=': (a, b) => truth(compared(a, b) >= 0),
    '>': (a, b) => truth(compared(a, b) > 0),
  },
  { '+': (a, b) => String(numberOf(a) + numberOf(b)), '-': (a, b) => String(numberOf(a) - numberOf(b)) },
  {
    '*': (a, b) => String(numberOf(a) * numberOf(b)),
    '/': (a, b) => divided(a, b, (x, y) => x / y),
    '%': (a, b) => divided(a, b, (x, y) => x % y),
  },
]

/** `expr EXPRESSION`: arithmetic, comparisons, `&`, `|`, parentheses, `length`. */
export const expr: Program = {
  name: 'expr',
  run: ({ args, write, error }) => {
    let at = 0
    const primary = (): Value => {
      const word = args[at++]
      if (word === undefined) throw new ExprFault('syntax error')
      if (word === '(') {
        const value = level(0)
        if (args[at++] !== ')') throw new ExprFault('syntax error')
        return value
      }
      if (word === 'length' && at < args.length) return String(primary().length)
      return word
    }
    const level = (depth: number): Value => {
      const operators = LEVELS[depth]
      if (operators === undefined) return primary()
      let value = level(depth + 1)
      for (;;) {
        const operator = args[at]
        if (operator === undefined || !Object.hasOwn(operators, operator)) return value
        at++
        value = (operators[operator] as (a: Value, b: Value) => Value)(value, level(depth + 1))
      }
    }
    try {
      const value = level(0)
      if (at < args.length) throw new ExprFault('syntax error')
      write(`${value}\n`)
      return isNull(value) ? 1 : 0
    } catch (fault) {
      if (!(fault instanceof ExprFault)) throw fault
      error(`expr: ${fault.message}\n`)
      return 2
    }
  },
}
