import { InputError } from '../../lang/input-error.js'
import type { LanguageOptions } from '../../lang/text/phrases.js'
import type { PortPoint } from '../compile/cell.js'
import { CompiledWorld, compileWorld } from '../compile/compiled-world.js'
import { checkGroup, checkTableSvg, checkTableText } from '../inputs.js'
import type { NetpolOptions } from '../options.js'
import type { WorldSource } from '../world-of.js'
import {
  type ReachabilityVerdict,
  type ReachTable,
  renderReachability,
  formatReachability,
} from './render.js'
import { censusOf, groupOf, type ReachabilityGroup } from './group.js'
import { equalEndsIn, matricesOf, sameMatrix, verdictOf, type Matrix } from './matrix.js'
import { allEnds, type EquivalentEnds } from './ends.js'
import {
  mergeSpans,
  nameClasses,
  readPortWanted,
  spansOf,
  type PortClass,
  type PortSpan,
  type PortWanted,
} from './ports.js'

/** Options of {@link reachability}. */
export interface ReachabilityOptions extends NetpolOptions {
  /** Limits the result to these ports. By default, all ports, with those that behave alike merged. */
  readonly ports?: readonly PortWanted[]
  /**
   * Whether nodes and outside addresses are included.
   * @default true
   */
  readonly outside?: boolean
}

/** The result as plain JSON. `allowed[from][to]` and `ownNode[from][to]` are lists of port names. */
export interface ReachabilityJson {
  readonly ports: readonly PortClass[]
  readonly groups: readonly ReachabilityGroup[]
  readonly allowed: readonly (readonly (readonly string[])[])[]
  readonly ownNode: readonly (readonly (readonly string[])[])[]
}

/** Who reaches whom on every port. A pod always reaches itself, whatever the entry of its group says. */
export class Reachability implements ReachTable {
  readonly groups: readonly ReachabilityGroup[]
  readonly ports: readonly PortClass[]
  /** Whether policies can select the members of the group. */
  readonly governed: readonly boolean[]
  readonly #matrices: readonly Matrix[]

  static {
    // what a notebook shows of it
    const display = function (this: Reachability, options: LanguageOptions = {}): object {
      return { 'image/svg+xml': this.toSvg(options), 'text/plain': this.toText(options) }
    }
    Object.defineProperty(this.prototype, Symbol.for('Jupyter.display'), { value: display })
  }

  readonly #numbers: readonly number[]
  #groupByPod: ReadonlyMap<string, number> | undefined

  /** `numbers[group]` is the group's row in every matrix; there is one matrix for each port. */
  constructor(parts: {
    readonly groups: readonly ReachabilityGroup[]
    readonly ports: readonly PortClass[]
    readonly governed: readonly boolean[]
    readonly matrices: readonly Matrix[]
    readonly numbers: readonly number[]
  }) {
    this.groups = parts.groups
    this.ports = parts.ports
    this.governed = parts.governed
    this.#matrices = parts.matrices
    this.#numbers = parts.numbers
  }

  /**
   * Returns whether a group reaches another; all three arguments are indexes.
   * @throws InputError if an index is out of range
   */
  reach(from: number, to: number, port: number): ReachabilityVerdict {
    const matrix = this.#matrices[port]
    if (matrix === undefined)
      throw new InputError(`there is no port class ${port}; there are ${this.ports.length}`)
    return verdictOf(matrix, this.#numberOf(from), this.#numberOf(to))
  }

  #numberOf(group: number): number {
    const number = this.#numbers[group]
    if (number === undefined)
      throw new InputError(`there is no group ${group}; there are ${this.groups.length}`)
    return number
  }

  /** Returns the index of the group that contains a pod (`ns/name`), or -1 if there is no such pod. */
  groupOf(pod: string): number {
    checkGroup([pod])
    this.#groupByPod ??= new Map(this.groups.flatMap(({ pods }, at) => pods.map((key) => [key, at] as const)))
    return this.#groupByPod.get(pod) ?? -1
  }

  /**
   * Formats the result as a text table with a row for each source and a column for each destination. `lang`
   * is the language of what it says itself, default `en`.
   */
  toText(options: LanguageOptions = {}): string {
    checkTableText([options])
    return formatReachability(this, options.lang)
  }

  toJSON(): ReachabilityJson {
    const cells = (wanted: ReachabilityVerdict): ReachabilityJson['allowed'] =>
      this.groups.map((_, from) =>
        this.groups.map((__, to) =>
          this.ports.flatMap(({ name }, port) => (this.reach(from, to, port) === wanted ? [name] : [])),
        ),
      )
    return { ports: this.ports, groups: this.groups, allowed: cells('allow'), ownNode: cells('ownNode') }
  }

  /** Renders the result as an SVG document. */
  toSvg(options: LanguageOptions = {}): string {
    checkTableSvg([options])
    return renderReachability(this, options.lang)
  }
}

interface PortPart {
  readonly point: PortPoint
  readonly spans: readonly PortSpan[]
}

function portsOf(
  { placement }: CompiledWorld,
  wanted: readonly PortWanted[] | undefined,
): readonly PortPart[] {
  if (wanted !== undefined) {
    if (wanted.length === 0)
      throw new InputError('reachability(): ports must not be empty; without it, all that differ are told')
    return wanted
      .map(readPortWanted)
      .map((span) => ({ point: placement.point(span.protocol, span.first), spans: [span] }))
  }
  return (['TCP', 'UDP', 'SCTP'] as const).flatMap((protocol) =>
    spansOf(placement.points(protocol)).map((span) => ({
      point: placement.point(protocol, span.first),
      spans: [span],
    })),
  )
}

/** Merges ports with equal matrices. */
function foldPorts(
  parts: readonly PortPart[],
  matrices: readonly Matrix[],
): { readonly spans: readonly (readonly PortSpan[])[]; readonly matrices: readonly Matrix[] } {
  const folded: { readonly matrix: Matrix; readonly spans: PortSpan[] }[] = []
  for (const [at, { spans }] of parts.entries()) {
    const matrix = matrices[at] as Matrix
    const same = folded.find((each) => sameMatrix(each.matrix, matrix))
    if (same === undefined) folded.push({ matrix, spans: [...spans] })
    else same.spans.push(...spans)
  }
  return { spans: folded.map(({ spans }) => mergeSpans(spans)), matrices: folded.map(({ matrix }) => matrix) }
}

const places = { pods: 0, nodes: 1, outside: 2 }

/**
 * Computes the reachability matrix of a world: every possible end of a connection, on all ports, with
 * equivalent ends merged. `world` consists of plain Kubernetes objects, or is compiled.
 * @throws WorldError if an object is invalid
 * @throws InputError if a port is invalid
 * @example console.log(String(reachability(cluster)))
 */
export function reachability(
  world: WorldSource | CompiledWorld,
  options: ReachabilityOptions = {},
): Reachability {
  const { ports: wanted, outside = true, ...choices } = options
  const compiled = world instanceof CompiledWorld ? world : compileWorld(world, choices)
  const ends = allEnds(compiled).filter(({ sort }) => outside || sort === 'pods')
  const parts = portsOf(compiled, wanted)
  const folded = foldPorts(
    parts,
    matricesOf(
      compiled,
      ends,
      parts.map(({ point }) => point),
    ),
  )
  const lists = equalEndsIn(
    folded.matrices,
    ends.map(({ sort, onHost }) => `${sort} ${String(onHost)}`),
  )
  const census = censusOf(compiled, ends)
  const made = lists.map((list) => {
    const all = list.map((at) => ends[at] as EquivalentEnds) as [EquivalentEnds, ...EquivalentEnds[]]
    return {
      number: list[0],
      governed: all.some(({ kind }) => kind !== undefined),
      group: groupOf(all, census),
    }
  })
  made.sort((a, b) => places[a.group.sort] - places[b.group.sort] || (a.group.name < b.group.name ? -1 : 1))
  return new Reachability({
    groups: made.map(({ group }) => group),
    governed: made.map(({ governed }) => governed),
    numbers: made.map(({ number }) => number),
    ports: nameClasses(folded.spans, wanted === undefined),
    matrices: folded.matrices,
  })
}
