import { Drawing, LINE, pixels } from '../lang/svg/drawing.js'
import { wrapText } from '../lang/text/text-width.js'
import {
  isWell,
  podsOf,
  type ClusterView,
  type NodeView,
  type PodView,
  type ServiceView,
} from './cluster-view.js'

const TOP = 40
const PADDING = 8
const GAP = 16
/** Pixels that a node's box may be apart from the last: more nodes make more rows. */
const WIDEST = 900
/** Pixels between the lines of two Services, and how many lines lie beside each other. */
const LANE = 6
const LANES = 6

/** What to draw of a view, which may be large. */
export interface ClusterPictureOptions {
  /** Default: the time of the view. */
  readonly title?: string
  /** Limits pods and Services to these namespaces. Default: all. */
  readonly namespaces?: readonly string[]
}

/** Returns a view as text: its nodes with their pods, pending pods, and Services with what is behind them. */
export function clusterText(view: ClusterView, options: ClusterPictureOptions = {}): string {
  const { title, nodes, pending, services } = shownOf(view, options)
  return [
    title,
    ...nodes.flatMap((node) => [...nodeLines(node), ...node.pods.map((pod) => `  ${podText(pod)}`)]),
    ...(pending.length === 0 ? [] : ['Pending', ...pending.flatMap(pendingLines).map((line) => `  ${line}`)]),
    ...services.flatMap((service) => [
      serviceText(service),
      ...behind(view, service).map(
        ({ to, why }) => `  -> ${nameOfPod(view, to)}${why === 'ready' ? '' : ` (${why})`}`,
      ),
    ]),
  ].join('\n')
}

/** Draws a view: Services above, nodes with their pods below, and lines from each Service to its pods. */
export function drawCluster(view: ClusterView, options: ClusterPictureOptions = {}): string {
  const shown = shownOf(view, options)
  const drawing = new Drawing()
  drawing.text(12, 24, shown.title, 'strong')
  const lanes = new Map(shown.services.map(({ uid }, at) => [uid, at]))
  const starts = drawServices(drawing, shown.services)
  const top = shown.services.length === 0 ? TOP : TOP + 2 * LINE + PADDING + GAP + LANE * LANES
  const { ends, gutters, bottom } = drawNodes(drawing, shown.nodes, top, shown.services.length > 0)
  for (const service of shown.services)
    for (const { to, why } of behind(view, service)) {
      const [start, end] = [starts.get(service.uid), ends.get(to)]
      if (start === undefined || end === undefined) continue
      const lane = ((lanes.get(service.uid) ?? 0) % LANES) * LANE
      const channel = top - GAP / 2 - lane
      const gutter = (gutters.get(to) ?? 0) + LANE + lane
      drawing.arrow(
        [
          [start.x, start.y],
          [start.x, channel],
          [gutter, channel],
          [gutter, end.y],
          [end.x, end.y],
        ],
        why === 'ready' ? 'plain' : 'bad',
      )
    }
  if (shown.pending.length > 0) drawPending(drawing, shown.pending, bottom + GAP)
  return drawing.toString(shown.title, clusterText(view, options))
}

interface Shown {
  readonly title: string
  readonly nodes: readonly NodeView[]
  readonly pending: readonly PodView[]
  readonly services: readonly ServiceView[]
}

/** Services that lead to no pod of the cluster, like the apiserver's, are left out. */
function shownOf(view: ClusterView, { title, namespaces }: ClusterPictureOptions): Shown {
  const isShown = ({ namespace }: { readonly namespace: string }): boolean =>
    namespaces === undefined || namespaces.includes(namespace)
  return {
    title: title ?? `cluster at ${new Date(view.now).toISOString().slice(0, 19)}Z`,
    nodes: view.nodes.map((node) => ({ ...node, pods: node.pods.filter(isShown) })),
    pending: view.pending.filter(isShown),
    services: view.services.filter((service) => isShown(service) && behind(view, service).length > 0),
  }
}

const behind = ({ edges }: ClusterView, { uid }: ServiceView): ClusterView['edges'] =>
  edges.filter(({ from, kind }) => from === uid && kind === 'endpoint')

const nameOfPod = (view: ClusterView, uid: string): string =>
  podsOf(view).find((one) => one.uid === uid)?.name ?? uid

const nodeLines = ({ name, ready, cordoned, taints }: NodeView): readonly string[] => [
  `${name} ${ready ? 'Ready' : 'NotReady'}${cordoned ? ', cordoned' : ''}`,
  ...taints.map((taint) => `taint ${taint}`),
]

const podText = ({ name, status, ready, restarts }: PodView): string =>
  `${name}  ${status} ${ready}${restarts === 0 ? '' : `, ${restarts} restarts`}`

const pendingLines = (pod: PodView): readonly string[] =>
  pod.message === undefined
    ? [podText(pod)]
    : [podText(pod), ...wrapText(pod.message, 90).map((line) => `  ${line}`)]

const serviceText = ({ namespace, name, type, address, ports }: ServiceView): string =>
  `Service ${namespace}/${name} ${type} ${address} ${ports.join(', ')}`.trimEnd()

interface Point {
  readonly x: number
  readonly y: number
}

/** Draws the Services beside each other. Returns where the lines of each begin. */
function drawServices(drawing: Drawing, services: readonly ServiceView[]): ReadonlyMap<string, Point> {
  const starts = new Map<string, Point>()
  let x = 12
  for (const { uid, namespace, name, type, address, ports } of services) {
    const lines = [`Service ${namespace}/${name}`, `${type} ${address} ${ports.join(', ')}`.trimEnd()]
    const width = Math.max(...lines.map(pixels)) + 2 * PADDING
    const height = 2 * LINE + PADDING
    drawing.box({ x, y: TOP, width, height })
    for (const [at, line] of lines.entries())
      drawing.text(x + PADDING, TOP + (at + 1) * LINE - 2, line, at === 0 ? 'strong' : 'plain')
    starts.set(uid, { x: x + width / 2, y: TOP + height })
    x += width + GAP
  }
  return starts
}

interface DrawnNodes {
  /** The left edge of each pod, by uid. */
  readonly ends: ReadonlyMap<string, Point>
  /** The left edge of the gutter in which its lines come down. */
  readonly gutters: ReadonlyMap<string, number>
  readonly bottom: number
}

/** Draws the nodes in a grid, each with a gutter on its left if lines come down. */
function drawNodes(drawing: Drawing, nodes: readonly NodeView[], top: number, hasLines: boolean): DrawnNodes {
  const width = Math.max(0, ...nodes.map(widthOf)) + 2 * PADDING
  const gutter = hasLines ? LANE * (LANES + 1) : 0
  const columns = Math.max(1, Math.floor(WIDEST / (width + gutter + GAP)))
  const ends = new Map<string, Point>()
  const gutters = new Map<string, number>()
  let y = top
  for (let at = 0; at < nodes.length; at += columns) {
    const row = nodes.slice(at, at + columns)
    const height = Math.max(...row.map((node) => nodeLines(node).length + node.pods.length)) * LINE + PADDING
    for (const [column, node] of row.entries()) {
      const left = 12 + column * (width + gutter + GAP)
      drawNode(drawing, node, { x: left + gutter, y, width, height })
      for (const [place, { uid }] of node.pods.entries()) {
        ends.set(uid, { x: left + gutter + PADDING, y: y + (nodeLines(node).length + place + 1) * LINE - 6 })
        gutters.set(uid, left)
      }
    }
    y += height + GAP
  }
  return { ends, gutters, bottom: y - GAP }
}

const widthOf = (node: NodeView): number =>
  Math.max(
    ...nodeLines(node).map(pixels),
    ...node.pods.map((pod) => pixels(`  ${markOf(pod)} ${podText(pod)}`)),
  )

const markOf = (pod: PodView): string => (isWell(pod) ? '✓' : '✗')

function drawNode(
  drawing: Drawing,
  node: NodeView,
  box: Point & { readonly width: number; readonly height: number },
): void {
  drawing.box(box, node.ready && !node.cordoned ? 'plain' : 'bad')
  const lines = nodeLines(node)
  for (const [at, line] of lines.entries())
    drawing.text(box.x + PADDING, box.y + (at + 1) * LINE - 2, line, at === 0 ? 'strong' : 'plain')
  for (const [at, pod] of node.pods.entries())
    drawing.text(
      box.x + 2 * PADDING,
      box.y + (lines.length + at + 1) * LINE - 2,
      `${markOf(pod)} ${podText(pod)}`,
      isWell(pod) ? 'plain' : 'bad',
    )
}

function drawPending(drawing: Drawing, pending: readonly PodView[], top: number): void {
  const lines = ['Pending', ...pending.flatMap(pendingLines)]
  const width = Math.max(...lines.map(pixels)) + 2 * PADDING
  drawing.box({ x: 12, y: top, width, height: lines.length * LINE + PADDING }, 'bad')
  for (const [at, line] of lines.entries())
    drawing.text(12 + PADDING, top + (at + 1) * LINE - 2, line, at === 0 ? 'strong' : 'plain')
}
