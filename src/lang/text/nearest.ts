/** Levenshtein distance of two words, ignoring case. */
export function distance(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()]
  let row = Array.from({ length: y.length + 1 }, (_, at) => at)
  for (let i = 1; i <= x.length; i++) {
    const next = [i]
    for (let j = 1; j <= y.length; j++) {
      const change = (row[j - 1] as number) + (x[i - 1] === y[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
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
