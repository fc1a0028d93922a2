import { goJson } from './field-error.js'
import { internalForm } from './internal-form.js'

/** Lines around a change. */
const context = 3
/** Largest table for the alignment; a larger middle part is shown as replaced. */
const maxCells = 1_000_000

interface Line {
  readonly sign: ' ' | '-' | '+'
  readonly text: string
}

/**
 * Returns the unified diff of two values in internal form (`core.v1.PodSpec`), which Kubernetes appends to
 * errors about fields that may not change. Source: apimachinery util/diff.
 */
export function internalDiff(type: string, old: object, next: object): string {
  const lines = (value: object): readonly string[] => goJson(internalForm(type, value), 1).split('\n')
  return unifiedDiff(lines(old), lines(next))
}

function unifiedDiff(old: readonly string[], next: readonly string[]): string {
  const lines = compare(old, next)
  const hunks: string[] = []
  let oldLine = 1
  let newLine = 1
  for (let at = 0; at < lines.length;) {
    const end = hunkEnd(lines, at)
    if (end === undefined) {
      oldLine++
      newLine++
      at++
      continue
    }
    const hunk = lines.slice(at, end)
    const removed = hunk.filter(({ sign }) => sign !== '+').length
    const added = hunk.filter(({ sign }) => sign !== '-').length
    hunks.push(
      `@@ -${oldLine},${removed} +${newLine},${added} @@`,
      ...hunk.map(({ sign, text }) => sign + text),
    )
    oldLine += removed
    newLine += added
    at = end
  }
  return `${hunks.join('\n')}\n`
}

/** Returns the line after the end of the hunk that starts at this line, if one does. */
function hunkEnd(lines: readonly Line[], from: number): number | undefined {
  const changed = (at: number): boolean => (lines[at]?.sign ?? ' ') !== ' '
  let last = -1
  for (let at = from; at <= from + context; at++) if (changed(at)) last = at
  if (last < 0) return undefined
  for (let at = last; at <= last + 2 * context + 1 && at < lines.length; at++) if (changed(at)) last = at
  return Math.min(lines.length, last + context + 1)
}

/** Aligns two texts: first the common start and end, then the middle by longest common subsequence. */
function compare(old: readonly string[], next: readonly string[]): readonly Line[] {
  let start = 0
  while (start < old.length && start < next.length && old[start] === next[start]) start++
  let end = 0
  while (end < old.length - start && end < next.length - start && old.at(-1 - end) === next.at(-1 - end))
    end++
  const same = (text: string): Line => ({ sign: ' ', text })
  const middle = align(old.slice(start, old.length - end), next.slice(start, next.length - end))
  return [...old.slice(0, start).map(same), ...middle, ...old.slice(old.length - end).map(same)]
}

function align(old: readonly string[], next: readonly string[]): readonly Line[] {
  const width = next.length + 1
  const isLarge = old.length * next.length > maxCells
  const lengths = new Uint32Array(isLarge ? 0 : (old.length + 1) * width)
  const length = (i: number, j: number): number => lengths[i * width + j] ?? 0
  if (!isLarge) {
    for (let i = old.length - 1; i >= 0; i--) {
      for (let j = next.length - 1; j >= 0; j--) {
        lengths[i * width + j] =
          old[i] === next[j] ? length(i + 1, j + 1) + 1 : Math.max(length(i + 1, j), length(i, j + 1))
      }
    }
  }
  const lines: Line[] = []
  let i = 0
  let j = 0
  while (i < old.length || j < next.length) {
    if (!isLarge && i < old.length && j < next.length && old[i] === next[j]) {
      lines.push({ sign: ' ', text: old[i++] ?? '' })
      j++
    } else if (i < old.length && (j >= next.length || length(i + 1, j) >= length(i, j + 1))) {
      lines.push({ sign: '-', text: old[i++] ?? '' })
    } else {
      lines.push({ sign: '+', text: next[j++] ?? '' })
    }
  }
  return lines
}
