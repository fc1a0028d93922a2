import type { Program } from './command.js'

/** Signals by name. */
const SIGNALS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  KILL: 9,
  USR1: 10,
  USR2: 12,
  TERM: 15,
}

/** The number of a signal that is written as `9`, `KILL`, `SIGKILL` or `-9`; undefined when there is none. */
export function signalNumber(text: string): number | undefined {
  const name = text
    .replace(/^-/, '')
    .replace(/^s(?=[A-Z])/, '')
    .replace(/^SIG/, '')
    .toUpperCase()
  return /^\d+$/.test(name) ? Number(name) : SIGNALS[name]
}

/** Signals to processes of the container: `kill 7`, `kill -9 7`, `kill -TERM 1`, `kill -s TERM 1`. */
export const kill: Program = {
  name: 'kill',
  run: ({ args, world, error }) => {
    let rest = args
    let signal = 15
    if (args[0]?.startsWith('-') === true) {
      const text = args[0] === '-s' ? (args[1] ?? '') : args[0]
      rest = args.slice(args[0] === '-s' ? 2 : 1)
      const number = signalNumber(text)
      if (number === undefined) {
        error(`sh: bad signal name '${text.replace(/^-/, '')}'\n`)
        return 1
      }
      signal = number
    }
    let status = 0
    for (const word of rest) {
      if (!/^\d+$/.test(word)) {
        error(`sh: invalid number '${word}'\n`)
        status = 1
      } else if (!world.kill(Number(word), signal)) {
        error(`sh: can't kill pid ${word}: No such process\n`)
        status = 1
      }
    }
    return status
  },
}
