import { goJson } from '../../lang/json/exact-json.js'
import { internalForm } from './internal-form.js'
import { groupedOpCodes, type OpCode } from '../../lang/text/sequence-matcher.js'

/** Lines around a change. */
const context = 3

/**
 * Returns the unified diff of two values in internal form (`core.v1.PodSpec`), which Kubernetes appends to
 * errors about fields that may not change. Source: apimachinery util/diff.
 */
export function internalDiff(type: string, old: object, next: object): string {
  const lines = (value: object): readonly string[] => goJson(internalForm(type, value), 1).split('\n')
  return unifiedDiff(lines(old), lines(next))
}

function unifiedDiff(old: readonly string[], next: readonly string[]): string {
  const hunks = groupedOpCodes(old, next, context).flatMap((group) => {
    const [first, last] = [group[0] as OpCode, group.at(-1) as OpCode]
    const lines = group.flatMap(({ tag, a, b }) => {
      if (tag === 'equal') return old.slice(...a).map((line) => ` ${line}`)
      return [...old.slice(...a).map((line) => `-${line}`), ...next.slice(...b).map((line) => `+${line}`)]
    })
    return [`@@ -${rangeText(first.a[0], last.a[1])} +${rangeText(first.b[0], last.b[1])} @@`, ...lines]
  })
  return `${hunks.join('\n')}\n`
}

/** `12,7`; a single line is `12`. */
function rangeText(from: number, to: number): string {
  const length = to - from
  if (length === 1) return String(from + 1)
  return `${length === 0 ? from : from + 1},${length}`
}
