import type { Cell, Matcher, PortPoint, PolicyStep } from '../compile/cell.js'
import type { CompiledWorld } from '../compile/compiled-world.js'
import { connectionFamily, type EndKind } from '../compile/kinds.js'
import { podSeen, type PeerTest } from '../compile/peer-test.js'
import type { Direction } from '../model.js'
import type { PolicyFamily } from '../situation.js'
import {
  addBit,
  addBits,
  allBits,
  bothBits,
  noBits,
  withoutBits,
  type Bits,
  hasBit,
  mixBits,
  sameBits,
  transposed,
} from './bits.js'
import type { EquivalentEnds } from './ends.js'
import type { NonEmpty } from './group.js'

/** The ends that one side allows: in general, and where NetworkPolicy cannot block the traffic. */
export interface MatrixRow {
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
class EndSet {
  readonly #ends: readonly EndKind[]
  readonly #peers = new Map<PeerTest, Bits>()
  readonly #rows = new Map<Cell, MatrixRow>()

  constructor(ends: readonly EndKind[]) {
    this.#ends = ends
  }

  row(cell: Cell, point: PortPoint): MatrixRow {
    return remembered(this.#rows, cell, () => this.#make(cell, point))
  }

  #make({ admin, isolated, accepts, baseline }: Cell, point: PortPoint): MatrixRow {
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
    steps: readonly PolicyStep[],
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

  #matching({ everyone, peers, named }: Matcher, view: PolicyFamily, { protocol, port }: PortPoint): Bits {
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
export class RowBuilder {
  readonly #compiled: CompiledWorld
  readonly #ends: readonly EquivalentEnds[]
  readonly #others = new Map<string, EndSet>()
  readonly #open: MatrixRow

  constructor(compiled: CompiledWorld, ends: readonly EquivalentEnds[]) {
    this.#compiled = compiled
    this.#ends = ends
    const all = allBits(ends.length)
    this.#open = { allowed: all, exempt: all }
  }

  row({ kind, families }: EquivalentEnds, direction: Direction, point: PortPoint): MatrixRow {
    return kind === undefined
      ? this.#open
      : this.#othersOf(families, direction).row(this.#compiled.cell(kind, direction, point), point)
  }

  #othersOf(spoken: number, direction: Direction): EndSet {
    return remembered(
      this.#others,
      `${direction}${spoken}`,
      () =>
        new EndSet(
          this.#ends.map(
            ({ ends, families }) =>
              ends[
                direction === 'egress'
                  ? connectionFamily(spoken, families)
                  : connectionFamily(families, spoken)
              ] as EndKind,
          ),
        ),
    )
  }
}

/**
 * Who reaches whom on one port, with a row for each source. `ownNode`: only between a pod and its own node.
 */
export interface Matrix {
  readonly allowed: readonly Bits[]
  readonly ownNode: readonly Bits[]
}

/** Returns what one side allows, including the traffic with `hosts` that NetworkPolicy cannot block. */
function withException(row: { readonly allowed: Bits; readonly exempt: Bits }, hosts: Bits): Bits {
  const bits = bothBits(row.exempt, hosts)
  addBits(bits, row.allowed)
  return bits
}

/** Builds the matrices of all ends, one for each port. */
export function matricesOf(
  compiled: CompiledWorld,
  ends: readonly EquivalentEnds[],
  points: readonly PortPoint[],
): readonly Matrix[] {
  const rows = new RowBuilder(compiled, ends)
  const { ownNode } = compiled.model.options
  const hosts = noBits(ends.length)
  for (const [at, { onHost }] of ends.entries()) if (onHost) addBit(hosts, at)
  const hasHosts = ownNode !== 'none' && ends.some(({ onHost }) => onHost)
  const empty = noBits(ends.length)
  return points.map((point) => {
    const out = ends.map((end) => rows.row(end, 'egress', point))
    const into = ends.map((end) => rows.row(end, 'ingress', point))
    const intoBySource = transposed(into.map((row) => row.allowed))
    const allowed = out.map((row, at) => bothBits(row.allowed, intoBySource[at] as Bits))
    if (!hasHosts) return { allowed, ownNode: ends.map(() => empty) }
    const wideInto = transposed(into.map((row) => withException(row, hosts)))
    const wide = out.map((row, at) =>
      bothBits(ownNode === 'both' ? withException(row, hosts) : row.allowed, wideInto[at] as Bits),
    )
    return { allowed, ownNode: wide.map((bits, at) => withoutBits(bits, allowed[at] as Bits)) }
  })
}

/**
 * Returns lists of ends that have the same rows and columns in all matrices. Only ends with equal `sorts` are
 * merged.
 */
export function equalEndsIn(
  matrices: readonly Matrix[],
  sorts: readonly string[],
): readonly NonEmpty<number>[] {
  const tables = matrices
    .flatMap(({ allowed, ownNode }) => [allowed, ownNode])
    .flatMap((rows) => [rows, transposed(rows)])
  const lists: [number, ...number[]][] = []
  const byHash = new Map<string, [number, ...number[]][]>()
  for (const [at, sort] of sorts.entries()) {
    const key = `${sort} ${tables.reduce((mixed, rows) => mixBits(rows[at] as Bits, mixed), 0)}`
    const bucket = byHash.get(key) ?? []
    byHash.set(key, bucket)
    const same = bucket.find(([first]) =>
      tables.every((rows) => sameBits(rows[at] as Bits, rows[first] as Bits)),
    )
    if (same !== undefined) same.push(at)
    else {
      const list: [number] = [at]
      bucket.push(list)
      lists.push(list)
    }
  }
  return lists
}

/** Returns whether two ports have the same matrix. */
export function sameMatrix(a: Matrix, b: Matrix): boolean {
  return (['allowed', 'ownNode'] as const).every((part) =>
    a[part].every((bits, at) => sameBits(bits, b[part][at] as Bits)),
  )
}

/** Returns the entry of a matrix for two ends. */
export function verdictOf(
  { allowed, ownNode }: Matrix,
  from: number,
  to: number,
): 'allow' | 'deny' | 'ownNode' {
  if (hasBit(allowed[from] as Bits, to)) return 'allow'
  return hasBit(ownNode[from] as Bits, to) ? 'ownNode' : 'deny'
}
