import type { Node } from '../../api/core/generated.js'

/** Stable labels and the beta labels that have to repeat them. */
const MIRRORED: readonly (readonly [stable: string, beta: string])[] = [
  ['kubernetes.io/os', 'beta.kubernetes.io/os'],
  ['kubernetes.io/arch', 'beta.kubernetes.io/arch'],
]

/** The beta labels that are missing or differ from the stable ones; undefined if all is well. Source: reconcileNodeLabels. */
export function labelsToReconcile(node: Node): Readonly<Record<string, string>> | undefined {
  const labels = node.metadata.labels
  let wrong: Record<string, string> | undefined
  for (const [stable, beta] of MIRRORED) {
    const value = labels?.[stable]
    if (value === undefined || labels?.[beta] === value) continue
    wrong = { ...wrong, [beta]: value }
  }
  return wrong
}
