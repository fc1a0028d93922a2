import type {
  ClusterPolicyModel,
  Direction,
  Model,
  NamedPort,
  NetworkPolicyModel,
  PolicyModel,
} from '../model.js'
import { makeCell, type Cell, type Policies, type PortPoint } from './cell.js'
import type { PodKind } from './kinds.js'
import { rulesOf } from './live-model.js'
import type { SelectorTest, Tests } from './peer-test.js'

/**
 * The policies that select some kinds of pods in one direction. Kinds selected by the same policies share one
 * instance.
 */
interface Selection extends Policies {
  readonly direction: Direction
  /** The same selection with one more policy, by that policy. */
  readonly next: Map<PolicyModel, Selection>
  /** Some rule refers to a port by name. On ingress, cells then depend on the pod's own named ports. */
  readonly hasNames: boolean
  /** Cells by port, for pods with the given named ports. */
  readonly rows: Map<string, CellRow>
  /** Cells by port and its names. */
  readonly cells: Map<string, Cell>
}

/** The cells of a kind in one direction by port number, built on demand. */
interface CellRow {
  readonly selecting: Selection
  readonly ports: readonly NamedPort[]
  readonly made: (Cell | undefined)[]
}

/** A policy with its selectors compiled. */
interface Candidate {
  readonly policy: PolicyModel
  readonly pods: SelectorTest
  readonly namespaces: SelectorTest | undefined
}

const none: readonly never[] = []

function usesPortNames(policy: PolicyModel, direction: Direction): boolean {
  return policy[direction]?.some(({ ports }) => ports?.some(({ kind }) => kind === 'name') === true) === true
}

function root(direction: Direction): Selection {
  return {
    direction,
    admin: none,
    networkPolicies: none,
    baseline: none,
    next: new Map(),
    hasNames: false,
    rows: new Map(),
    cells: new Map(),
  }
}

/** Returns the selection with one more policy, the last of its tier. */
function withPolicy(
  { direction, admin, networkPolicies, baseline, hasNames }: Selection,
  policy: PolicyModel,
): Selection {
  const tier = policy.kind === 'NetworkPolicy' ? policy.kind : policy.tier
  return {
    direction,
    next: new Map(),
    rows: new Map(),
    cells: new Map(),
    hasNames: hasNames || (direction === 'ingress' && usesPortNames(policy, direction)),
    admin: tier === 'Admin' ? [...admin, policy as ClusterPolicyModel] : admin,
    networkPolicies:
      tier === 'NetworkPolicy' ? [...networkPolicies, policy as NetworkPolicyModel] : networkPolicies,
    baseline: tier === 'Baseline' ? [...baseline, policy as ClusterPolicyModel] : baseline,
  }
}

/** The cells of every kind of pod. Kinds selected by the same policies share them. */
export class Cells {
  readonly #world: Pick<Model, 'networkPolicies' | 'admin' | 'baseline'>
  readonly #tests: Tests
  /** Indexed by the kind's number; egress and ingress are adjacent. */
  readonly #rows: (CellRow | undefined)[] = []
  readonly #roots: Record<Direction, Selection> = { ingress: root('ingress'), egress: root('egress') }
  readonly #narrow: Record<Direction, Map<string, readonly Candidate[]>> = {
    ingress: new Map(),
    egress: new Map(),
  }
  readonly #wide: { [K in Direction]?: readonly Candidate[] | undefined } = {}

  constructor(world: Pick<Model, 'networkPolicies' | 'admin' | 'baseline'>, tests: Tests) {
    this.#world = world
    this.#tests = tests
  }

  /** Returns the cell of a kind of pod in one direction on one port. */
  of(kind: PodKind, direction: Direction, point: PortPoint): Cell {
    const row = (this.#rows[kind.id * 2 + (direction === 'egress' ? 0 : 1)] ??= this.#row(kind, direction))
    return (row.made[point.id] ??= this.#make(row, point))
  }

  /** Compiles the selectors of a policy before it takes effect. */
  learn(policy: PolicyModel): void {
    const [view, home] =
      policy.kind === 'NetworkPolicy'
        ? (['NetworkPolicy', policy.namespace] as const)
        : (['cluster', undefined] as const)
    for (const { peers = none } of rulesOf(policy))
      for (const peer of peers) this.#tests.learn(peer, view, home)
  }

  /** Invalidates the cells of the kinds that a changed, added or removed policy selects. */
  changed(policies: readonly PolicyModel[], kinds: Iterable<PodKind>): void {
    for (const direction of ['ingress', 'egress'] as const) {
      this.#roots[direction] = root(direction)
      this.#narrow[direction].clear()
      this.#wide[direction] = undefined
    }
    for (const kind of kinds) {
      if (policies.some((policy) => this.#selects(policy, kind)))
        this.#rows.fill(undefined, kind.id * 2, kind.id * 2 + 2)
    }
  }

  #selects(policy: PolicyModel, kind: PodKind): boolean {
    if (policy.kind !== 'NetworkPolicy' && !this.#tests.selector(policy.namespaces).matches(kind.namespace))
      return false
    return this.#tests.selector(policy.pods).matches(kind.labels)
  }

  #row(kind: PodKind, direction: Direction): CellRow {
    const selecting = this.#selecting(kind, direction)
    const key = selecting.hasNames ? kind.portsKey : ''
    const known = selecting.rows.get(key)
    if (known !== undefined) return known
    const row = { selecting, ports: kind.ports, made: [] }
    selecting.rows.set(key, row)
    return row
  }

  #make({ selecting, ports }: CellRow, point: PortPoint): Cell {
    const { direction, hasNames, cells } = selecting
    if (!hasNames) return makeCell(this.#tests, selecting, direction, point, none)
    // without named ports in any rule, pods with different named ports share a cell
    const names = ports
      .filter(({ port, protocol }) => port === point.port && protocol === point.protocol)
      .map(({ name }) => name)
    const key = `${point.id} ${names.join('\n')}`
    const known = cells.get(key)
    if (known !== undefined) return known
    const cell = makeCell(this.#tests, selecting, direction, point, ports)
    cells.set(key, cell)
    return cell
  }

  #selecting(kind: PodKind, direction: Direction): Selection {
    const narrow = extendSelection(
      this.#roots[direction],
      this.#narrowIn(kind.namespace.name, direction),
      kind,
    )
    return kind.inCluster ? extendSelection(narrow, this.#wideIn(direction), kind) : narrow
  }

  #narrowIn(namespace: string, direction: Direction): readonly Candidate[] {
    const known = this.#narrow[direction].get(namespace)
    if (known !== undefined) return known
    const all = (this.#world.networkPolicies.get(namespace) ?? none)
      .filter((policy) => policy[direction] !== undefined)
      .map((policy) => ({ policy, pods: this.#tests.selector(policy.pods), namespaces: undefined }))
    this.#narrow[direction].set(namespace, all)
    return all
  }

  #wideIn(direction: Direction): readonly Candidate[] {
    return (this.#wide[direction] ??= [...this.#world.admin, ...this.#world.baseline]
      .filter((policy) => policy[direction].length > 0)
      .map((policy) => ({
        policy,
        pods: this.#tests.selector(policy.pods),
        namespaces: this.#tests.selector(policy.namespaces),
      })))
  }
}

/** Returns the selection extended by those candidates that select the kind. */
function extendSelection(from: Selection, candidates: readonly Candidate[], kind: PodKind): Selection {
  let at = from
  for (const { policy, pods, namespaces } of candidates) {
    if (!pods.matches(kind.labels) || namespaces?.matches(kind.namespace) === false) continue
    let next = at.next.get(policy)
    if (next === undefined) {
      next = withPolicy(at, policy)
      at.next.set(policy, next)
    }
    at = next
  }
  return at
}
