import { InputError } from '../../lang/input-error.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { checkScenarios } from '../inputs.js'
import { readAction } from './action.js'

/** Actions for {@link whatIf}, with the name of what they disturb: `node-1`, `zone-a + zone-b`. */
export interface WhatIfScenario {
  readonly name: string
  readonly actions: readonly string[]
}

/** What each scenario disturbs. */
export interface ScenarioOptions {
  /** Each node, or all nodes of each zone (`topology.kubernetes.io/zone`). */
  readonly each: 'node' | 'zone'
  /**
   * Whether each scenario disturbs two of them.
   * @default false
   */
  readonly pairs?: boolean
  /**
   * The actions; `{}` stands for the nodes.
   * @default `['crash {}', 'advance 10m']`
   */
  readonly actions?: readonly string[]
}

const ZONE = 'topology.kubernetes.io/zone'
const PLACE = '{}'
/** `node-2` comes before `node-10`. */
const collator = new Intl.Collator('en', { numeric: true })

/**
 * Returns the same actions for each node or zone of a cluster, or for each pair of them, in the order of
 * their names: `scenarios(cluster, { each: 'node' }).map(({ actions }) => whatIf(cluster, actions))`.
 *
 * @throws InputError for an unknown action, for actions without `{}`, and if no node has a zone
 * @example for (const { name, actions } of scenarios(cluster, { each: 'node' })) console.log(name, actions)
 */
export function scenarios(cluster: SimCluster, options: ScenarioOptions): readonly WhatIfScenario[] {
  checkScenarios([cluster, options])
  const { each, pairs = false, actions = [`crash ${PLACE}`, 'advance 10m'] } = options
  if (!actions.some((action) => action.includes(PLACE)))
    throw new InputError(
      `no action names the ${each} of a scenario: write {} for it, such as 'drain {}'; got ` +
        actions.map((action) => `'${action}'`).join(', '),
    )
  const groups = each === 'node' ? nodes(cluster) : zones(cluster)
  const chosen = pairs ? pairsOf(groups) : groups
  const made = chosen.map(([name, members]) => ({
    name,
    actions: actions.map((action) => action.replaceAll(PLACE, members.join(' '))),
  }))
  // one tells of all
  for (const action of made[0]?.actions ?? []) readAction(cluster, action)
  return made
}

type Group = readonly [name: string, nodes: readonly string[]]

const nodes = (cluster: SimCluster): readonly Group[] =>
  cluster
    .nodes()
    .map(({ name }): Group => [name, [name]])
    .toSorted(([a], [b]) => collator.compare(a, b))

function zones(cluster: SimCluster): readonly Group[] {
  const found = new Map<string, string[]>()
  for (const { metadata } of cluster.state.peek('nodes')) {
    const zone = metadata.labels?.[ZONE]
    if (zone !== undefined) found.set(zone, [...(found.get(zone) ?? []), metadata.name ?? ''])
  }
  if (found.size === 0) throw new InputError(`no node has a zone: none is labelled ${ZONE}`)
  return [...found].toSorted(([a], [b]) => collator.compare(a, b))
}

const pairsOf = (groups: readonly Group[]): readonly Group[] =>
  groups.flatMap(([name, members], at) =>
    groups.slice(at + 1).map(([other, others]): Group => [`${name} + ${other}`, [...members, ...others]]),
  )
