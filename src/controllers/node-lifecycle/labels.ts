import type { Node } from '../../api/core/generated.js'

/** Stable labels and the beta labels that have to repeat them. */
const MIRRORED: readonly (readonly [stable: string, beta: string])[] = [
  ['kubernetes.io/os', 'beta.kubernetes.io/os'],
  ['kubernetes.io/arch', 'beta.kubernetes.io/arch'],
]

/**
 * The beta labels that are missing or differ from the stable ones; undefined if all is well. Source:
 * reconcileNodeLabels.
 */
export function labelsToReconcile(node: Node): Readonly<Record<string, string>> | undefined {
  const labels = node.metadata.labels
  if (!labels) return undefined
  const wrong = MIRRORED.filter(
    ([stable, beta]) => labels[stable] !== undefined && labels[beta] !== labels[stable],
  )
  return wrong.length === 0
    ? undefined
    : Object.fromEntries(wrong.map(([stable, beta]) => [beta, labels[stable] as string]))
}
