import type { Direction } from '../model.js'
import type { ResolvedOptions } from '../options.js'
import { cellAllows, type PortPoint } from './cell.js'
import type { Cells } from './cells.js'
import { connectionFamily, type EndKind, type PlacedPod, type PodKind } from './kinds.js'
import type { ConnectionEnd } from './address-ends.js'

/** Decides connections between ends that have been resolved. */
export class ConnectionJudge {
  readonly #cells: Cells
  /** The directions in which NetworkPolicy cannot block traffic with the pod's own node. */
  readonly #exempts: Readonly<Record<Direction, boolean>>

  constructor(cells: Cells, { ownNode }: ResolvedOptions) {
    this.#cells = cells
    this.#exempts = { ingress: ownNode !== 'none', egress: ownNode === 'both' }
  }

  /** As {@link allows}, for two pods. */
  allowsPods(from: PlacedPod, to: PlacedPod, point: PortPoint, service: boolean): boolean {
    const family = connectionFamily(from.families, to.families)
    const fromEnd = from.ends[family] as EndKind
    const toEnd = to.ends[family] as EndKind
    const self = from === to
    if (self && !service) return true
    return (
      this.#sideAllows(
        from.kind,
        'egress',
        point,
        toEnd,
        self || (to.hostNode !== undefined && this.#isOwnNode('egress', from.model.node, to.hostNode, toEnd)),
      ) &&
      this.#sideAllows(
        to.kind,
        'ingress',
        point,
        fromEnd,
        self ||
          (from.hostNode !== undefined && this.#isOwnNode('ingress', to.model.node, from.hostNode, fromEnd)),
      )
    )
  }

  /**
   * Returns whether both sides allow the connection. A pod always reaches itself, except through a Service.
   */
  allows(from: ConnectionEnd, to: ConnectionEnd, point: PortPoint, self: boolean, service: boolean): boolean {
    if (self && !service) return true
    return (
      this.#sideAllows(
        from.kind,
        'egress',
        point,
        to.end,
        self || (to.hostNode !== undefined && this.#isOwnNode('egress', from.node, to.hostNode, to.end)),
      ) &&
      this.#sideAllows(
        to.kind,
        'ingress',
        point,
        from.end,
        self || (from.hostNode !== undefined && this.#isOwnNode('ingress', to.node, from.hostNode, from.end)),
      )
    )
  }

  #isOwnNode(direction: Direction, own: string | undefined, other: string, end: EndKind): boolean {
    return other === own && end.pod === undefined && this.#exempts[direction]
  }

  #sideAllows(
    kind: PodKind | undefined,
    direction: Direction,
    point: PortPoint,
    other: EndKind,
    exempt: boolean,
  ): boolean {
    return kind === undefined || cellAllows(this.#cells.of(kind, direction, point), other, point, exempt)
  }
}
