const CONTEXT = 3

interface Edit {
  readonly kind: ' ' | '-' | '+'
  readonly line: string
}

/** What `diff -u` prints of two texts below its two header lines; '' when they are the same. */
export function unifiedDiff(from: string, to: string): string {
  const edits = editsBetween(linesOf(from), linesOf(to))
  return hunksOf(edits)
    .map((hunk) => hunkText(edits, hunk))
    .join('')
}

const linesOf = (text: string): readonly string[] =>
  text === '' ? [] : (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')

/**
 * A shortest way from one list of lines to the other: by longest common subsequence between what both begin
 * and end with.
 */
function editsBetween(a: readonly string[], b: readonly string[]): readonly Edit[] {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end])
    end++
  const same = (line: string): Edit => ({ kind: ' ', line })
  return [
    ...a.slice(0, start).map(same),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...a.slice(a.length - end).map(same),
  ]
}

function middle(a: readonly string[], b: readonly string[]): readonly Edit[] {
  const width = b.length + 1
  const lengths = new Uint32Array((a.length + 1) * width)
  const at = (i: number, j: number): number => lengths[i * width + j] as number
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  }
  const edits: Edit[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      edits.push({ kind: ' ', line: a[i] as string })
      i++
      j++
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1)))
      edits.push({ kind: '-', line: a[i++] as string })
    else edits.push({ kind: '+', line: b[j++] as string })
  }
  return edits
}

interface Hunk {
  readonly from: number
  /** Behind its last edit. */
  readonly to: number
}

/** Changes with what is around them; those that are near are one hunk. */
function hunksOf(edits: readonly Edit[]): readonly Hunk[] {
  const hunks: Hunk[] = []
  for (const [at, { kind }] of edits.entries()) {
    if (kind === ' ') continue
    const [from, to] = [Math.max(0, at - CONTEXT), Math.min(edits.length, at + 1 + CONTEXT)]
    const last = hunks.at(-1)
    if (last !== undefined && from <= last.to) hunks[hunks.length - 1] = { from: last.from, to }
    else hunks.push({ from, to })
  }
  return hunks
}

function hunkText(edits: readonly Edit[], { from, to }: Hunk): string {
  const count = (parts: readonly Edit[], other: '-' | '+'): number =>
    parts.filter(({ kind }) => kind !== other).length
  const [before, inside] = [edits.slice(0, from), edits.slice(from, to)]
  const range = (other: '-' | '+'): string => {
    const [start, length] = [count(before, other), count(inside, other)]
    return length === 1 ? String(start + 1) : `${length === 0 ? start : start + 1},${length}`
  }
  return `@@ -${range('+')} +${range('-')} @@\n${inside.map(({ kind, line }) => `${kind}${line}\n`).join('')}`
}
