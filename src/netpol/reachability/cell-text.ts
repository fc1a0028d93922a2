import type { ReachabilityGroup } from './group.js'
import type { PortClass } from './ports.js'

/** Whether one group can reach another on some ports. `ownNode`: only between a pod and its own node. */
export type Reach = 'allow' | 'deny' | 'ownNode'

/** What the printers need. */
export interface ReachTable {
  readonly groups: readonly ReachabilityGroup[]
  readonly ports: readonly PortClass[]
  /** Whether policies can select the members of the group. */
  readonly governed: readonly boolean[]
  reach(from: number, to: number, port: number): Reach
}

/** The content of a cell of the table. */
export interface CellText {
  /** `*` for everything, `-` for nothing, otherwise the ports. Empty if no policy could affect the pair. */
  readonly text: string
  readonly look: 'all' | 'some' | 'none' | 'node' | 'blank'
}

/** Formats how one group reaches another in a few characters. */
export function cellText(reachability: ReachTable, from: number, to: number): CellText {
  const { ports, governed } = reachability
  if (governed[from] !== true && governed[to] !== true) return { text: '', look: 'blank' }
  const reaches = ports.map((_, port) => reachability.reach(from, to, port))
  const names = (wanted: Reach): readonly string[] =>
    ports.flatMap(({ name }, port) => (reaches[port] === wanted ? [name] : []))
  const [allowed, own, denied] = [names('allow'), names('ownNode'), names('deny')]
  if (allowed.length === ports.length) return { text: '*', look: 'all' }
  if (denied.length === ports.length) return { text: '-', look: 'none' }
  if (own.length === ports.length) return { text: 'own node', look: 'node' }
  const list = (some: readonly string[], rest: readonly string[]): string =>
    some.includes('other ports') ? `all but ${rest.join(' ')}` : some.join(' ')
  if (own.length === 0) return { text: list(allowed, denied), look: 'some' }
  const parts = [
    ...(allowed.length === 0 ? [] : [list(allowed, [...own, ...denied])]),
    `own node: ${denied.length === 0 ? 'the rest' : list(own, [...allowed, ...denied])}`,
  ]
  return { text: parts.join('; '), look: 'some' }
}

/** Returns what `*` stands for: every port, or all requested ones. */
export function wholeText(ports: readonly PortClass[]): string {
  const names = ports.map(({ name }) => name)
  return names.includes('other ports') ? 'every port' : names.join(' ')
}

/** Formats how many pods, nodes or ranges a group has: ` (3 pods)`. Empty for a single one. */
export function countText({
  sort,
  pods,
  nodes,
}: {
  readonly sort: string
  readonly pods: readonly string[]
  readonly nodes: readonly string[]
}): string {
  if (sort === 'pods') return pods.length > 1 ? ` (${pods.length} pods)` : ''
  return nodes.length > 1 ? ` (${nodes.length})` : ''
}
