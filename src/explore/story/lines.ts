/** A line of a story. */
export interface StoryLine {
  /** Its number among what happens in the run. */
  readonly order: number
  /** Virtual ms since the start. */
  readonly time: number
  readonly text: string
  /** The step in which it happens: `step 3: queue all`. */
  readonly where?: string
  /** Whether it tells a deviation, or what the user does. */
  readonly isStarred?: boolean
  /** How many steps there were before. */
  readonly steps: number
}

/** As many lines are told together at most, and from so many times on. */
const LONGEST_BLOCK = 6
const MOST_TIMES = 3

const seconds = (ms: number): string => `${(ms / 1000).toFixed(3)}s`

/** Prints lines; blocks that come again and again are told once. */
export function printed(lines: readonly StoryLine[]): readonly string[] {
  const text: string[] = []
  for (let at = 0; at < lines.length;) {
    const { length, times } = repetitionAt(lines, at)
    for (const line of lines.slice(at, at + length)) text.push(lineText(line))
    at += length * times
    if (times > 1)
      text.push(
        `${' '.repeat(12)}... ${times - 1} times more, until ${seconds(lines[at - 1]?.time ?? 0)} ...`,
      )
  }
  return text
}

function lineText({ time, text, where, isStarred }: StoryLine): string {
  const star = isStarred === true ? '* ' : ''
  return `${seconds(time).padStart(10)}  ${star}${text}${where === undefined ? '' : `   (${where})`}`
}

/** Returns how many lines from `at` on are repeated at once, and how often they are there. */
function repetitionAt(
  lines: readonly StoryLine[],
  at: number,
): { readonly length: number; readonly times: number } {
  for (let length = 1; length <= LONGEST_BLOCK; length += 1) {
    let end = at + length
    while (end < lines.length && isSame(lines[end], lines[end - length])) end += 1
    const times = Math.floor((end - at) / length)
    if (times >= MOST_TIMES) return { length, times }
  }
  return { length: 1, times: 1 }
}

const isSame = (some: StoryLine | undefined, other: StoryLine | undefined): boolean =>
  some?.text === other?.text && some?.isStarred !== true && other?.isStarred !== true
