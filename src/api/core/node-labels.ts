import type { NodeSelectorTerm } from './generated.js'

const ZONE = 'topology.kubernetes.io/zone'
const BETA_ZONE = 'failure-domain.beta.kubernetes.io/zone'
const REGION = 'topology.kubernetes.io/region'
const BETA_REGION = 'failure-domain.beta.kubernetes.io/region'

/** Labels of nodes that have left beta, each with the stable one and the release that deprecated it. */
const DEPRECATED: ReadonlyMap<string, readonly [stable: string, since: string]> = new Map([
  ['beta.kubernetes.io/arch', ['kubernetes.io/arch', 'v1.14']],
  ['beta.kubernetes.io/os', ['kubernetes.io/os', 'v1.14']],
  [BETA_REGION, [REGION, 'v1.17']],
  [BETA_ZONE, [ZONE, 'v1.17']],
  ['beta.kubernetes.io/instance-type', ['node.kubernetes.io/instance-type', 'v1.17']],
])

/** Returns the stable label that a beta label of nodes has become; undefined for any other label. */
export const stableNodeLabel = (key: string): string | undefined => DEPRECATED.get(key)?.[0]

/**
 * Returns the zone of a node from its region and zone labels, of which the beta ones take precedence; '' if
 * it has neither. Source: component-helpers node/topology GetZoneKey.
 */
export function zoneKeyOf(labels: Readonly<Record<string, string>> = {}): string {
  const region = labels[BETA_REGION] ?? labels[REGION] ?? ''
  const zone = labels[BETA_ZONE] ?? labels[ZONE] ?? ''
  return region === '' && zone === '' ? '' : `${region}:\x00:${zone}`
}

/**
 * Returns the warning about a deprecated node label, or undefined. Source: pkg/api/node/util.go
 * GetNodeLabelDeprecatedMessage.
 */
export function deprecatedNodeLabel(key: string): string | undefined {
  const [stable, since] = DEPRECATED.get(key) ?? []
  return stable === undefined ? undefined : `deprecated since ${since}; use "${stable}" instead`
}

/**
 * Returns the warnings about deprecated labels in node selector terms. Source:
 * GetWarningsForNodeSelectorTerm.
 */
export function nodeLabelWarnings(terms: readonly NodeSelectorTerm[], path: string): readonly string[] {
  return terms.flatMap(({ matchExpressions = [] }, of) =>
    matchExpressions.flatMap(({ key }, index) => {
      const text = deprecatedNodeLabel(key)
      return text === undefined ? [] : [`${path}[${of}].matchExpressions[${index}].key: ${key} is ${text}`]
    }),
  )
}
