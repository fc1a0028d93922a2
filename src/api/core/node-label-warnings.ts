import type { NodeSelectorTerm } from './generated.js'

const deprecatedLabels: ReadonlyMap<string, string> = new Map([
  ['beta.kubernetes.io/arch', 'deprecated since v1.14; use "kubernetes.io/arch" instead'],
  ['beta.kubernetes.io/os', 'deprecated since v1.14; use "kubernetes.io/os" instead'],
  [
    'failure-domain.beta.kubernetes.io/region',
    'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  ],
  [
    'failure-domain.beta.kubernetes.io/zone',
    'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  ],
  [
    'beta.kubernetes.io/instance-type',
    'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  ],
])

/**
 * Returns the warning about a deprecated node label, or undefined. Source: pkg/api/node/util.go
 * GetNodeLabelDeprecatedMessage.
 */
export function deprecatedNodeLabel(key: string): string | undefined {
  return deprecatedLabels.get(key)
}

/**
 * Returns the warnings about deprecated labels in node selector terms. Source:
 * GetWarningsForNodeSelectorTerm.
 */
export function nodeLabelWarnings(terms: readonly NodeSelectorTerm[], path: string): readonly string[] {
  return terms.flatMap(({ matchExpressions = [] }, of) =>
    matchExpressions.flatMap(({ key }, index) => {
      const text = deprecatedLabels.get(key)
      return text === undefined ? [] : [`${path}[${of}].matchExpressions[${index}].key: ${key} is ${text}`]
    }),
  )
}
