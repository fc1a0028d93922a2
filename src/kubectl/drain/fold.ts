/**
 * Returns a text in which lines that come `least` times or more are there once, with their number: a drain
 * that a budget blocks writes the same lines every five seconds.
 */
export function foldLines(text: string, least: number): string {
  const lines = text.split('\n')
  const counts = new Map<string, number>()
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1)
  const told = new Set<string>()
  return lines
    .flatMap((line) => {
      const count = counts.get(line) ?? 1
      if (line === '' || count < least) return [line]
      if (told.has(line)) return []
      told.add(line)
      return [`${line} ... ${count.toLocaleString('en-US')} times`]
    })
    .join('\n')
}
