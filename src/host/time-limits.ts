import type { SimCluster } from '../cluster/sim-cluster.js'
import type { CommandOutput } from './commands/command.js'
import { failed } from './commands/command.js'

const SECOND = 1000

/** What a suffix of a duration counts, in ms. */
const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 }

/** A duration of coreutils: `5`, `1.5m`, in ms; undefined if the text is none. */
export function intervalMs(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?|\.\d+)([smhd]?)$/.exec(text) ?? []
  return amount === undefined ? undefined : Number(amount) * (UNITS[unit] ?? 1) * SECOND
}

/** How long commands of a script take in virtual time: `time`, and `timeout`, which ends them. */
export class TimeLimits {
  readonly #cluster: SimCluster
  /** When the measured commands began, the innermost last. */
  readonly #begun: number[] = []
  /** When the commands below `timeout` end, the innermost last. */
  readonly #ends: number[] = []

  constructor(cluster: SimCluster) {
    this.#cluster = cluster
  }

  /** Sleeps, but not longer than `timeout` lets it. */
  sleep(ms: number): void {
    const left = Math.min(...this.#ends) - this.#cluster.now()
    this.#cluster.advance(Math.max(0, Math.round(Math.min(ms, left))))
  }

  /** Notes when a command begins; with its exit code, says how long it took as bash does. */
  time(code: string | undefined): CommandOutput {
    const now = this.#cluster.now()
    if (code === undefined) {
      this.#begun.push(now)
      return {}
    }
    const ms = now - (this.#begun.pop() ?? now)
    const minutes = Math.floor(ms / 60_000)
    const seconds = ((ms % 60_000) / SECOND).toFixed(3)
    return { stderr: `\nreal\t${minutes}m${seconds}s\nuser\t0m0.000s\nsys\t0m0.000s\n`, code: Number(code) }
  }

  /** `timeout [-k DURATION] [-s SIGNAL] DURATION COMMAND...`. Source: coreutils src/timeout.c. */
  async run(
    args: readonly string[],
    run: (words: readonly string[]) => Promise<CommandOutput>,
  ): Promise<CommandOutput> {
    const words = [...args]
    let keepsStatus = false
    while (words[0]?.startsWith('-') === true) {
      const flag = words.shift() ?? ''
      if (flag === '--preserve-status') keepsStatus = true
      else if (/^-[ks]$/.test(flag)) words.shift()
      else if (!/^(?:-[ks].+|--(?:kill-after|signal)=.*|--foreground|-v|--verbose)$/.test(flag))
        return failed(`timeout: invalid option -- '${flag.replace(/^-/, '')}'\n${HELP}`, 125)
    }
    const [duration, ...command] = words
    const ms = intervalMs(duration ?? '')
    if (duration === undefined || command.length === 0)
      return failed(`timeout: missing operand\n${HELP}`, 125)
    if (ms === undefined) return failed(`timeout: invalid time interval '${duration}'\n${HELP}`, 125)
    if (ms === 0) return run(command)
    const end = this.#cluster.now() + ms
    this.#ends.push(end)
    try {
      const output = await run(command)
      return this.#cluster.now() < end || keepsStatus ? output : { ...output, code: 124 }
    } finally {
      this.#ends.pop()
    }
  }
}

const HELP = "Try 'timeout --help' for more information."
