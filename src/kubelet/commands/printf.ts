import type { Program } from './command.js'
import { unescaped } from './escapes.js'

/**
 * `printf FORMAT [ARG...]` with %s %d %i %x %o %c %b %%, widths, and the format repeated while arguments are
 * left.
 */
export const printf: Program = {
  name: 'printf',
  run: ({ args, write, error }) => {
    const [format, ...values] = args
    if (format === undefined) {
      error('printf: usage: printf FORMAT [ARGUMENT...]\n')
      return 2
    }
    let status = 0
    do {
      const before = values.length
      write(
        formatted(format, values, (text) => {
          error(`printf: ${text}: invalid number\n`)
          status = 1
        }),
      )
      if (values.length === before) break
    } while (values.length > 0)
    return status
  },
}

/** Widest field: what is longer is a mistake. */
const WIDEST = 10_000

function formatted(format: string, values: string[], onFault: (text: string) => void): string {
  const number = (text: string): number => {
    const value = text === '' ? 0 : Number(text)
    if (!Number.isFinite(value)) onFault(text)
    return Number.isFinite(value) ? Math.trunc(value) : 0
  }
  return unescaped(format).replaceAll(
    /%(-?)(0?)(\d*)(?:\.\d+)?([sdiuxocb%])/g,
    (_all, left: string, zero: string, width: string, kind: string) => {
      if (kind === '%') return '%'
      const value = values.shift() ?? ''
      const text =
        kind === 's'
          ? value
          : kind === 'b'
            ? unescaped(value)
            : kind === 'c'
              ? value.slice(0, 1)
              : kind === 'x'
                ? number(value).toString(16)
                : kind === 'o'
                  ? number(value).toString(8)
                  : String(number(value))
      const size = Math.min(Number(width), WIDEST)
      return left === '-' ? text.padEnd(size) : text.padStart(size, zero === '0' && kind !== 's' ? '0' : ' ')
    },
  )
}
