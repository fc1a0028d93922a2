/** Number of letters to change, add, remove or swap with their neighbour, ignoring case. */
export function distance(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()]
  let before: readonly number[] = []
  let row: readonly number[] = Array.from({ length: y.length + 1 }, (_, at) => at)
  for (let i = 1; i <= x.length; i++) {
    const next = [i]
    for (let j = 1; j <= y.length; j++) {
      const change = (row[j - 1] as number) + (x[i - 1] === y[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && x[i - 1] === y[j - 2] && x[i - 2] === y[j - 1]
      const swap = isSwap ? (before[j - 2] as number) + 1 : Infinity
      next.push(Math.min(change, swap, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    before = row
    row = next
  }
  return row[y.length] as number
}

/**
 * Returns the word that someone who wrote `word` may have meant: the nearest one, the first of equals, at a
 * distance of at most two letters and of less than half the word; undefined if none is that near.
 */
export function nearest(word: string, words: readonly string[]): string | undefined {
  let best: string | undefined
  let least = Math.min(2, Math.ceil(word.length / 2) - 1) + 1
  for (const one of words) {
    if (Math.abs(one.length - word.length) >= least) continue
    const found = distance(word, one)
    if (found < least) [best, least] = [one, found]
  }
  return best
}

/**
 * Returns the end of an error about a word that does not exist: `did you mean NAME?`, or `otherwise` if no
 * word is near, which is by default `there are: ` and all of them.
 */
export function hintOf(word: string, words: readonly string[], otherwise?: string): string {
  const near = nearest(word, words)
  return near === undefined ? (otherwise ?? `there are: ${words.join(', ')}`) : `did you mean ${near}?`
}
