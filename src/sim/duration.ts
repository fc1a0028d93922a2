import { InputError } from '../lang/input-error.js'

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/y

type Part = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

/** A span of virtual time: a number of milliseconds, or text such as `5m`, `1h30m`, `250ms`, `2d`. */
export type Duration = number | '0' | Part | `${Part}${Part}` | `${Part}${Part}${Part}`

/**
 * Converts a {@link Duration}, or a text that may be one, to milliseconds.
 * @throws InputError if the text is not a duration, or the number is negative or not finite
 */
export function toMillis(duration: number | string): number {
  const ms = typeof duration === 'number' ? duration : parseMillis(duration)
  if (!Number.isFinite(ms) || ms < 0)
    throw new InputError(`not a duration: ${String(duration)} (write 5m, 1h30m, 250ms or milliseconds)`)
  return ms
}

function parseMillis(text: string): number {
  if (text === '0') return 0
  let total = 0
  PART.lastIndex = 0
  while (PART.lastIndex < text.length) {
    const part = PART.exec(text)
    if (!part) return Number.NaN
    total += Number(part[1]) * (UNIT_MS[part[2] as string] as number)
  }
  return text === '' ? Number.NaN : Math.round(total)
}
