import type { Program } from './command.js'

/** Most numbers that are printed. */
const MOST = 100_000

/** Numbers: `seq LAST`, `seq FIRST LAST`, `seq FIRST STEP LAST`. */
export const seq: Program = {
  name: 'seq',
  run: ({ args, write, error }) => {
    const numbers = args.map(Number)
    const bad = args.find((_, at) => !Number.isFinite(numbers[at]))
    if (bad !== undefined || args.length === 0) {
      error(bad === undefined ? 'seq: missing operand\n' : `seq: invalid number '${bad}'\n`)
      return 1
    }
    const last = numbers.at(-1) as number
    const first = numbers.length > 1 ? (numbers[0] as number) : 1
    const step = numbers.length > 2 ? (numbers[1] as number) : 1
    let count = 0
    for (let value = first; step >= 0 ? value <= last : value >= last; value += step) {
      if (++count > MOST) break
      write(`${value}\n`)
    }
    return 0
  },
}
