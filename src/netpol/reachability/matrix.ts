import type { PortPoint } from '../compile/cell.js'
import type { CompiledWorld } from '../compile/compiled-world.js'
import {
  addBit,
  addBits,
  bothBits,
  hasBit,
  mixBits,
  noBits,
  sameBits,
  transposed,
  withoutBits,
  type Bits,
} from './bits.js'
import type { Some } from './group.js'
import type { Alike } from './parties.js'
import { Rows } from './rows.js'

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
  parties: readonly Alike[],
  points: readonly PortPoint[],
): readonly Matrix[] {
  const rows = new Rows(compiled, parties)
  const { ownNode } = compiled.model.options
  const hosts = noBits(parties.length)
  for (const [at, { onHost }] of parties.entries()) if (onHost) addBit(hosts, at)
  const hasHosts = ownNode !== 'none' && parties.some(({ onHost }) => onHost)
  const empty = noBits(parties.length)
  return points.map((point) => {
    const out = parties.map((party) => rows.row(party, 'egress', point))
    const into = parties.map((party) => rows.row(party, 'ingress', point))
    const intoBySource = transposed(into.map((row) => row.allowed))
    const allowed = out.map((row, at) => bothBits(row.allowed, intoBySource[at] as Bits))
    if (!hasHosts) return { allowed, ownNode: parties.map(() => empty) }
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
export function alikeIn(matrices: readonly Matrix[], sorts: readonly string[]): readonly Some<number>[] {
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
