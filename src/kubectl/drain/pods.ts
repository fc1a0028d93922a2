import type { Pod } from '../../api/core/generated.js'
import type { FilterContext, Verdict } from './filters.js'
import { judgePod } from './filters.js'

/** The pods of a node as the filters sorted them. */
export interface SortedPods {
  readonly toDelete: readonly Pod[]
  /** What forbids the drain: text to the pods concerned (`namespace/name`, or the name alone). */
  readonly errors: ReadonlyMap<string, readonly string[]>
  readonly warnings: ReadonlyMap<string, readonly string[]>
}

/**
 * Lists the pods of a node and asks the filters. `keepAll` keeps every warning of a pod, as 1.14 did;
 * otherwise only what the last filter said counts (facts of pkg/drain: so the local storage warning is never
 * seen). Upstream's groups come in the order of a Go map, which is most often that in which they were put
 * there; here it always is (those of 1.14 are sorted by text, as the course shows them).
 */
export function sortPods(node: string, context: FilterContext, keepAll: boolean): SortedPods {
  const { client, options } = context
  const pods = client.list('pods', {
    fieldSelector: `spec.nodeName=${node}`,
    ...(options.podSelector === '' ? {} : { labelSelector: options.podSelector }),
  })
  const errors = new Map<string, string[]>()
  const warnings = new Map<string, string[]>()
  const toDelete: Pod[] = []
  for (const pod of pods.items) {
    const verdicts = judgePod(pod, context)
    const last = verdicts.at(-1) as Verdict
    const shown = keepAll
      ? (pod.metadata.name as string)
      : `${pod.metadata.namespace as string}/${pod.metadata.name as string}`
    for (const verdict of keepAll ? verdicts : [last]) {
      if (verdict.kind === 'error') note(errors, verdict.text, shown)
      else if (verdict.kind === 'warning') note(warnings, verdict.text, shown)
    }
    if (last.delete) toDelete.push(pod)
  }
  return keepAll
    ? { toDelete, errors: sorted(errors), warnings: sorted(warnings) }
    : { toDelete, errors, warnings }
}

function note(groups: Map<string, string[]>, text: string, pod: string): void {
  const known = groups.get(text)
  if (known === undefined) groups.set(text, [pod])
  else known.push(pod)
}

const sorted = (groups: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> =>
  new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)))

/** `text: a, b` of each group. */
export function groupTexts(groups: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return [...groups].map(([text, pods]) => `${text}: ${pods.join(', ')}`)
}
