import type { SimCluster } from 'simcluster'
import type { PortSpan, Reachability, ReachabilityGroup, World } from 'simcluster/netpol'
import { evaluate, formatProof, reachability, worldOf } from 'simcluster/netpol'
import type { Language } from '../../../src/lang/text/phrases.js'
import { groupText } from '../../../src/netpol/reachability/group.js'
import { tell } from '../../../src/netpol/words.js'
import { viewOfPolicies } from '../../../src/view/index.js'
import type { Matrix, MatrixCell, MatrixChange, Proof } from './matrix.js'
import type { Words } from '../texts.js'

/** The port that stands for a span that has it. */
const FAMILIAR = 80

/** The class of ports that no policy speaks of. */
const OTHERS = 'other ports'

/** Ends that a matrix lists one by one in changes. */
const MOST_PODS = 40

/** Who reaches whom in a cluster, by its policies, and what differs from before. */
export function networkMatrix(
  words: Words,
  language: Language,
  before: SimCluster,
  after: SimCluster,
): Matrix {
  const world = worldOf(after)
  const [earlier, now] = [reachability(worldOf(before)), reachability(world)]
  const names = now.groups.map((group) => tell(groupText(group), language))
  return {
    title: words.networkMatrix,
    corner: `${words.from} \\ ${words.to}`,
    columns: names,
    rows: now.groups.map((from, row) => ({
      title: names[row] ?? '',
      cells: now.groups.map((to, column) => ({
        ...cellOf(words, now, world, [from, row], [to, column]),
        title: `${names[row]} → ${names[column]}`,
      })),
    })),
    changes: changesOf(words, earlier, now, world),
  }
}

type Place = readonly [group: ReachabilityGroup, index: number]

function cellOf(
  words: Words,
  now: Reachability,
  world: World,
  from: Place,
  to: Place,
): Omit<MatrixCell, 'title'> {
  const reached = now.ports.map((_, port) => now.reach(from[1], to[1], port))
  const open = now.ports.filter((_, port) => reached[port] !== 'deny')
  const isOwn = reached.includes('ownNode') && !reached.includes('allow')
  // a pod always reaches itself, whatever the entry of its group says
  const isItself = from[1] === to[1] && from[0].pods.length === 1
  const named = (name: string): string => (name === OTHERS ? words.otherPorts : name)
  const text =
    open.length === 0
      ? words.denied
      : open.length === now.ports.length
        ? words.allPorts
        : open.map(({ name }) => named(name)).join(', ')
  return {
    text: isItself ? words.itself : isOwn ? words.ownNode : text,
    allowed: isItself || open.length > 0,
    proof: () =>
      now.ports.map(({ spans }) => proofOf(world, endOf(from[0]), otherEnd(from[0], to[0]), spans[0])),
  }
}

type End = Parameters<typeof evaluate>[1]['from']

function proofOf(world: World, from: End, to: End, span: PortSpan | undefined): Proof {
  const { first = FAMILIAR, last = FAMILIAR, protocol = 'TCP' } = span ?? {}
  const port = first <= FAMILIAR && FAMILIAR <= last ? FAMILIAR : first
  const verdict = evaluate(world, { from, to, port, protocol })
  return { view: viewOfPolicies(verdict), text: (lang) => formatProof(verdict, { lang }) }
}

function endOf({ pods, nodes, ranges }: ReachabilityGroup, at = 0): End {
  const pod = pods[at] ?? pods[0]
  if (pod !== undefined) return pod
  const [node] = nodes
  if (node !== undefined) return { node }
  return (ranges[0] ?? '203.0.113.1/32').replace(/\/\d+$/, '')
}

/** A pod always reaches itself, so a group is shown by two of its pods. */
const otherEnd = (from: ReachabilityGroup, to: ReachabilityGroup): End => endOf(to, from === to ? 1 : 0)

/** The connections between pods that the edit opens or closes: a line for each pair, with the ports. */
function changesOf(
  words: Words,
  earlier: Reachability,
  now: Reachability,
  world: World,
): readonly MatrixChange[] {
  const pods = now.groups.flatMap((group) => group.pods).slice(0, MOST_PODS)
  const spans = commonSpans([...earlier.ports, ...now.ports].flatMap((port) => port.spans))
  const change = (from: string, to: string, isOpened: boolean): readonly MatrixChange[] => {
    const changed = spans.filter(
      (span) => reaches(now, from, to, span) === isOpened && reaches(earlier, from, to, span) !== isOpened,
    )
    if (changed.length === 0) return []
    const ports = changed.length === spans.length ? words.allPorts : changed.map(nameOf).join(', ')
    return [
      {
        text: `${isOpened ? words.opened : words.closed}: ${from} → ${to} (${ports})`,
        opened: isOpened,
        title: `${from} → ${to}`,
        proof: () => [proofOf(world, from, to, changed[0])],
      },
    ]
  }
  return pods.flatMap((from) =>
    pods.flatMap((to) => (from === to ? [] : [...change(from, to, true), ...change(from, to, false)])),
  )
}

/** Spans that cover the same ports, and of which each lies within or outside each of the given. */
function commonSpans(given: readonly PortSpan[]): readonly PortSpan[] {
  const protocols = [...new Set(given.map(({ protocol }) => protocol))]
  return protocols.flatMap((protocol) => {
    const own = given.filter((span) => span.protocol === protocol)
    const starts = [...new Set(own.flatMap(({ first, last }) => [first, last + 1]))].toSorted((a, b) => a - b)
    return starts.flatMap((first, at) => {
      const next = starts[at + 1]
      return next === undefined ? [] : [{ protocol, first, last: next - 1 }]
    })
  })
}

const nameOf = ({ protocol, first, last }: PortSpan): string =>
  first === 1 && last === 65_535 ? protocol : `${first === last ? first : `${first}-${last}`}/${protocol}`

function reaches(matrix: Reachability, from: string, to: string, { first, protocol }: PortSpan): boolean {
  const [row, column] = [matrix.groupOf(from), matrix.groupOf(to)]
  const port = matrix.ports.findIndex(({ spans }) =>
    spans.some((span) => span.protocol === protocol && span.first <= first && first <= span.last),
  )
  return row >= 0 && column >= 0 && port >= 0 && matrix.reach(row, column, port) !== 'deny'
}
