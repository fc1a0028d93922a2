import { OverBudget, spend } from '../../lang/bounds/budget.js'
import type { Program } from './command.js'
import { pauseForOthers } from './slices.js'

/** Characters that are written at once. */
const PIECE = 4_096
/** Steps of a line that is printed. */
const STEPS_OF_LINE = 2

/** Prints its arguments; `-n`, `-e`. */
export const echo: Program = {
  name: 'echo',
  run: ({ args, write }) => {
    let at = 0
    let newline = true
    let escapes = false
    for (; /^-[neE]+$/.test(args[at] ?? ''); at++) {
      const word = args[at] as string
      if (word.includes('n')) newline = false
      if (word.includes('e')) escapes = true
    }
    const text = args.slice(at).join(' ')
    write(`${escapes ? unescaped(text) : text}${newline ? '\n' : ''}`)
    return 0
  },
}

/** Lines that seq prints before it lets others run, and lines of one call. */
const LINES_OF_SLICE = 10_000
const MOST_LINES = 600_000

/**
 * Prints numbers: `seq LAST`, `seq FIRST LAST`, `seq FIRST STEP LAST`, in slices of 10,000 lines. More than
 * 600,000 lines end the process, as more than its time in one step would.
 */
export const seq: Program = {
  name: 'seq',
  run: (call) => {
    const { args, write, error } = call
    const numbers = args.map(Number)
    const bad = args.find((_, at) => !Number.isFinite(numbers[at]))
    if (bad !== undefined || args.length === 0) {
      error(bad === undefined ? 'seq: missing operand\n' : `seq: invalid number '${bad}'\n`)
      return 1
    }
    const last = numbers.at(-1) as number
    const first = numbers.length > 1 ? (numbers[0] as number) : 1
    const step = numbers.length > 2 ? (numbers[1] as number) : 1
    let { value, lines } = (call.memory ?? { value: first, lines: 0 }) as { value: number; lines: number }
    const end = lines + LINES_OF_SLICE
    let text = ''
    for (; step >= 0 ? value <= last : value >= last; value += step) {
      if (lines === end) {
        write(text)
        return pauseForOthers(call, { value, lines })
      }
      if (++lines > MOST_LINES) throw new OverBudget('seq', 'steps', MOST_LINES)
      spend(STEPS_OF_LINE)
      text += `${value}\n`
      if (text.length < PIECE) continue
      write(text)
      text = ''
    }
    write(text)
    return 0
  },
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  e: '\u001b',
  '"': '"',
}

/** Replaces `\n`, `\t`, `\x41`, `\101`, like echo -e and printf. */
export function unescaped(text: string): string {
  return text.replaceAll(/\\(x[\da-fA-F]{1,2}|0?[0-7]{1,3}|.)/g, (all, code: string) => {
    if (/^x./.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16))
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 0xff)
    return ESCAPES[code] ?? all
  })
}
