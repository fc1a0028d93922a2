import type { Host } from 'simcluster/host'
import { dateTime } from '../../../src/host/machine/texts.js'

/** A line `watch COMMAND` that is only looked at: it runs on a fork again and again. */
export interface WatchProgram {
  /** Seconds of the cluster's time between two runs. */
  readonly seconds: number
  /** What it shows now: the line above, which is empty with `-t`, and what the command prints. */
  readonly run: (host: Host, columns: number) => Promise<{ readonly title: string; readonly text: string }>
}

/** Flags, and a command that changes nothing: others run on the machine itself. */
const LINE =
  /^watch\s+((?:-[dtbecgx]+\s+|(?:-n\s*|--interval[= ])[\d.]+\s+)*)(["']?)(kubectl\s+(?:get|describe|top|events|logs|rollout\s+history)\b[^;&<>]*)\2$/

/** Reads `watch [-n SECONDS] kubectl get ...`; undefined for another line. */
export function watchProgram(line: string): WatchProgram | undefined {
  const [, flags = '', quote = '', command] = LINE.exec(line) ?? []
  if (command === undefined || (quote === '' && command.includes('|'))) return undefined
  const [, given = '2'] = /(?:-n\s*|--interval[= ])([\d.]+)/.exec(flags) ?? []
  // as watch has it
  const seconds = Math.max(0.1, Number(given))
  if (!Number.isFinite(seconds)) return undefined
  const hasTitle = !/(?:^|\s)-[a-z]*t/.test(flags)
  return {
    seconds,
    run: async (host, columns) => {
      const left = `Every ${seconds.toFixed(1)}s: ${command}`
      const right = `${host.name}: ${dateTime(host.cluster.now())}`
      const space = ' '.repeat(Math.max(1, columns - left.length - right.length))
      const { terminal } = await host.on(host.cluster.fork()).sh(command)
      return { title: hasTitle ? `${left}${space}${right}\n\n` : '', text: terminal }
    },
  }
}
