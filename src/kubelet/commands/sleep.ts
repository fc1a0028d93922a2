import type { Program } from './command.js'

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 }

/** `sleep 5`, `sleep 0.5`, `sleep 1m 30s`, `sleep infinity`. */
export const sleep: Program = {
  name: 'sleep',
  run: ({ args, world, memory, error }) => {
    if (typeof memory === 'number') return world.now >= memory ? 0 : { until: memory, memory }
    if (args.length === 0) {
      error('BusyBox v1.36.1 () multi-call binary.\n\nUsage: sleep [N]...\n')
      return 1
    }
    let seconds = 0
    for (const word of args) {
      if (word === 'infinity' || word === 'inf') return { memory: null }
      const [, number, unit = ''] = /^(\d+(?:\.\d*)?|\.\d+)([smhd]?)$/.exec(word) ?? []
      if (number === undefined) {
        error(`sleep: invalid number '${word}'\n`)
        return 1
      }
      seconds += Number(number) * (UNITS[unit] ?? 1)
    }
    const until = world.now + Math.round(seconds * 1000)
    return Number.isSafeInteger(until) ? { until, memory: until } : { memory: null }
  },
}
