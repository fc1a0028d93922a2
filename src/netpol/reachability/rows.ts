import type { Cell, Matcher, PortPoint, Step } from '../compile/cell.js'
import type { CompiledWorld } from '../compile/compiled-world.js'
import { familySpoken } from '../compile/families.js'
import type { EndKind } from '../compile/kinds.js'
import { podSeen, type PeerTest } from '../compile/peer-test.js'
import type { Direction } from '../model.js'
import type { View } from '../situation.js'
import { addBit, addBits, allBits, bothBits, noBits, withoutBits, type Bits } from './bits.js'
import type { Alike } from './parties.js'

/** The ends that one side allows: in general, and where NetworkPolicy cannot block the traffic. */
export interface Row {
  readonly allowed: Bits
  readonly exempt: Bits
}

/** Returns the value under a key; computes and stores it on first use. */
function remembered<K, V>(known: Map<K, V>, key: K, find: () => V): V {
  const old = known.get(key)
  // Stryker disable next-line ConditionalExpression: computing the value again gives the same result
  if (old !== undefined) return old
  const made = find()
  known.set(key, made)
  return made
}

/**
 * All other ends as a side with certain families sees them, with the result of each rule for all of them at
 * once.
 */
class Others {
  readonly #ends: readonly EndKind[]
  readonly #peers = new Map<PeerTest, Bits>()
  readonly #rows = new Map<Cell, Row>()

  constructor(ends: readonly EndKind[]) {
    this.#ends = ends
  }

  row(cell: Cell, point: PortPoint): Row {
    return remembered(this.#rows, cell, () => this.#make(cell, point))
  }

  #make({ admin, isolated, accepts, baseline }: Cell, point: PortPoint): Row {
    const first = this.#steps(admin, allBits(this.#ends.length), point)
    if (isolated) {
      const accepted = noBits(this.#ends.length)
      for (const matcher of accepts) addBits(accepted, this.#matching(matcher, 'NetworkPolicy', point))
      const allowed = bothBits(first.open, accepted)
      addBits(allowed, first.allowed)
      addBits(first.open, first.allowed)
      return { allowed, exempt: first.open }
    }
    const { allowed, open } = this.#steps(baseline, first.open, point)
    addBits(allowed, first.allowed)
    addBits(allowed, open)
    return { allowed, exempt: allowed }
  }

  /** Returns the ends that a tier allows, and those that it leaves to the next tier. */
  #steps(
    steps: readonly Step[],
    all: Bits,
    point: PortPoint,
  ): { readonly allowed: Bits; readonly open: Bits } {
    const allowed = noBits(this.#ends.length)
    const passed = noBits(this.#ends.length)
    let rest = all
    for (const step of steps) {
      const matching = this.#matching(step, 'cluster', point)
      const hit = bothBits(rest, matching)
      if (step.action === 'Accept') addBits(allowed, hit)
      if (step.action === 'Pass') addBits(passed, hit)
      rest = withoutBits(rest, matching)
    }
    addBits(passed, rest)
    return { allowed, open: passed }
  }

  #matching({ everyone, peers, named }: Matcher, view: View, { protocol, port }: PortPoint): Bits {
    const whole = everyone ? allBits(this.#ends.length) : noBits(this.#ends.length)
    for (const peer of peers) addBits(whole, this.#peer(peer))
    if (named === undefined) return whole
    return bothBits(
      whole,
      this.#where(
        (end) =>
          podSeen(end.pod, view)?.ports.some(
            (each) => each.port === port && each.protocol === protocol && named.includes(each.name),
          ) === true,
      ),
    )
  }

  #peer(test: PeerTest): Bits {
    return remembered(this.#peers, test, () => this.#where((end) => test.matches(end)))
  }

  #where(holds: (end: EndKind) => boolean): Bits {
    const bits = noBits(this.#ends.length)
    for (const [at, end] of this.#ends.entries()) if (holds(end)) addBit(bits, at)
    return bits
  }
}

/** Computes, for an end and a port, which ends its own policies allow, in both directions. */
export class Rows {
  readonly #compiled: CompiledWorld
  readonly #parties: readonly Alike[]
  readonly #others = new Map<string, Others>()
  readonly #open: Row

  constructor(compiled: CompiledWorld, parties: readonly Alike[]) {
    this.#compiled = compiled
    this.#parties = parties
    const all = allBits(parties.length)
    this.#open = { allowed: all, exempt: all }
  }

  row({ kind, families }: Alike, direction: Direction, point: PortPoint): Row {
    return kind === undefined
      ? this.#open
      : this.#othersOf(families, direction).row(this.#compiled.cell(kind, direction, point), point)
  }

  #othersOf(spoken: number, direction: Direction): Others {
    return remembered(
      this.#others,
      `${direction}${spoken}`,
      () =>
        new Others(
          this.#parties.map(
            ({ ends, families }) =>
              ends[
                direction === 'egress' ? familySpoken(spoken, families) : familySpoken(families, spoken)
              ] as EndKind,
          ),
        ),
    )
  }
}
