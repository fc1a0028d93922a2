import { runInNewContext } from 'node:vm'
import { setFlagsFromString } from 'node:v8'

/** Median of `rounds` runs of a batch, in microseconds for each of its operations. */
export function microseconds(operations: number, batch: () => void, rounds = 7): number {
  const times: number[] = []
  for (let round = 0; round < rounds + 2; round++) {
    const start = performance.now()
    batch()
    // The first two warm up.
    if (round >= 2) times.push(performance.now() - start)
  }
  return (median(times) * 1000) / operations
}

/** The same for something that waits. */
export async function microsecondsAwaited(
  operations: number,
  batch: () => Promise<void>,
  rounds = 3,
): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    await batch()
    times.push(performance.now() - start)
  }
  return (median(times) * 1000) / operations
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Heap bytes in use after a collection. */
export function heapBytes(): number {
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

/** A fixed pseudo-random order. */
export function shuffled<T>(items: readonly T[]): T[] {
  const copy = items.slice()
  let seed = 12345
  for (let i = copy.length - 1; i > 0; i--) {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
    const j = seed % (i + 1)
    ;[copy[i], copy[j]] = [copy[j]!, copy[i]!]
  }
  return copy
}
