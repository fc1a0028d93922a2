import { documentOf, Drawing, ICON, LINE, type Look, type PictureSize, pixels } from '../lang/svg/drawing.js'
import { ICONS, type IconName } from './icons.js'
import { wrapText } from '../lang/text/text-width.js'
import type { ClusterView, NodeView, PodState, PodView, ServiceView } from './cluster-view.js'
import { MARKS, type PodRow, podRows } from './pod-rows.js'
import type { Language } from '../lang/text/phrases.js'
import { type PictureWords, WORDS } from './words.js'

const TOP = 40
const PADDING = 8
const GAP = 16
/** Pixels that a node's box may be apart from the last: more nodes make more rows. */
const WIDEST = 900
/** Pixels between the lines of two Services, and how many lines lie beside each other. */
const LANE = 6
const LANES = 6

/** How to draw a view. */
export interface PictureOptions {
  /**
   * The language of what the picture says itself.
   * @default `en`
   */
  readonly lang?: Language
  /**
   * `slide`: 1280 by 720 pixels, scaled to fit.
   * @default as large as what it shows
   */
  readonly size?: PictureSize
}

/** What to draw of a view, which may be large. */
export interface ClusterPictureOptions extends PictureOptions {
  /** @default the time of the view, and the question that it answers */
  readonly title?: string
  /**
   * Limits pods and Services to these namespaces.
   * @default all
   */
  readonly namespaces?: readonly string[]
}

/**
 * Returns a view as text: its nodes with their pods, pending pods, and Services with what is behind them.
 * Many pods of one owner in one state are one line.
 */
export function clusterText(view: ClusterView, options: ClusterPictureOptions = {}): string {
  const shown = shownOf(view, options)
  const { title, nodes, pending, services, words } = shown
  return [
    title,
    ...nodes.flatMap((node) => [
      ...nodeLines(node, words),
      ...linesOf(node.rows, shown).map(({ text }) => `  ${text}`),
    ]),
    ...(pending.length === 0
      ? []
      : [words.pending, ...pending.flatMap((pod) => pendingLines(pod, words)).map((line) => `  ${line}`)]),
    ...services.flatMap((service) => [
      serviceText(service),
      ...endsOf(shown, service).map(
        ({ name, why }) => `  -> ${name}${why === 'ready' ? '' : ` (${words.whys[why] ?? why})`}`,
      ),
    ]),
  ].join('\n')
}

/** A picture of a cluster without a document around it. */
interface DrawnCluster {
  readonly title: string
  readonly twin: string
  readonly width: number
  readonly height: number
  readonly body: string
}

/** Draws a view: Services above, nodes with their pods below, and lines from each Service to its pods. */
export function drawCluster(view: ClusterView, options: ClusterPictureOptions = {}): string {
  const { lang = 'en', size = 'whole' } = options
  return documentOf({ ...drawnCluster(view, options), lang, size })
}

/** Draws a view as {@link drawCluster} does, without a document around it. */
export function drawnCluster(view: ClusterView, options: ClusterPictureOptions = {}): DrawnCluster {
  const shown = shownOf(view, options)
  const drawing = new Drawing()
  drawing.text(12, 24, shown.title, 'strong')
  const lanes = new Map(shown.services.map(({ uid }, at) => [uid, at]))
  const starts = drawServices(drawing, shown.services)
  const top = shown.services.length === 0 ? TOP : TOP + 2 * LINE + PADDING + GAP + LANE * LANES
  const { ends, gutters, bottom } = drawNodes(drawing, shown, top)
  for (const service of shown.services)
    for (const { row, why } of endsOf(shown, service)) {
      const [start, end] = [starts.get(service.uid), row === undefined ? undefined : ends.get(row)]
      if (start === undefined || end === undefined || row === undefined) continue
      const lane = ((lanes.get(service.uid) ?? 0) % LANES) * LANE
      const channel = top - GAP / 2 - lane
      const gutter = (gutters.get(row) ?? 0) + LANE + lane
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
  const low = shown.pending.length > 0 ? drawPending(drawing, shown, bottom + GAP) : bottom
  drawLegend(drawing, shown, low + GAP + LINE / 2)
  return { title: shown.title, twin: clusterText(view, options), ...drawing.whole }
}

interface ShownNode extends NodeView {
  readonly rows: readonly PodRow[]
}

interface Shown {
  readonly title: string
  readonly nodes: readonly ShownNode[]
  readonly pending: readonly PodView[]
  readonly services: readonly ServiceView[]
  readonly edges: ClusterView['edges']
  /** Whether pods are framed by namespaces: there are several. */
  readonly hasFrames: boolean
  readonly words: PictureWords
}

/** Services that lead to no pod of the cluster, like the apiserver's, are left out. */
function shownOf(view: ClusterView, { title, namespaces, lang = 'en' }: ClusterPictureOptions): Shown {
  const words = WORDS[lang]
  const isShown = ({ namespace }: { readonly namespace: string }): boolean =>
    namespaces === undefined || namespaces.includes(namespace)
  const behind = new Set(view.edges.flatMap(({ from, kind }) => (kind === 'endpoint' ? [from] : [])))
  const nodes = view.nodes.map((node) => {
    const pods = node.pods.filter(isShown)
    return { ...node, pods, rows: podRows(pods, node.lost) }
  })
  return {
    title: title ?? words.title(`${new Date(view.now).toISOString().slice(0, 19)}Z`),
    nodes,
    pending: view.pending.filter(isShown),
    services: view.services.filter((service) => isShown(service) && behind.has(service.uid)),
    edges: view.edges,
    hasFrames: new Set(nodes.flatMap(({ pods }) => pods.map(({ namespace }) => namespace))).size > 1,
    words,
  }
}

/** What a Service leads to, a row of pods once for each reason. */
interface End {
  readonly name: string
  readonly row: PodRow | undefined
  readonly why: string
}

function endsOf({ nodes, pending, edges }: Shown, { uid }: ServiceView): readonly End[] {
  const rows = nodes.flatMap((node) => node.rows)
  const rowsByPod = new Map(rows.flatMap((row) => row.uids.map((of) => [of, row] as const)))
  const ends = new Map<string, End>()
  for (const { from, kind, to, why } of edges) {
    if (from !== uid || kind !== 'endpoint') continue
    const row = rowsByPod.get(to)
    const name = row === undefined ? (pending.find((pod) => pod.uid === to)?.name ?? to) : nameOf(row)
    ends.set(`${row?.uids[0] ?? to} ${why}`, { name, row, why })
  }
  return [...ends.values()]
}

const nodeLines = ({ name, ready, cordoned, taints }: NodeView, words: PictureWords): readonly string[] => [
  `${name} ${ready ? 'Ready' : 'NotReady'}${cordoned ? `, ${words.cordoned}` : ''}`,
  ...taints.map(words.taint),
]

const nameOf = ({ name, count }: PodRow): string => (count === 1 ? name : `${name} x${count}`)

function rowText(row: PodRow, words: PictureWords): string {
  const { status, ready, restarts, state } = row
  const old = state === 'unknown' ? ` (${words.states.unknown})` : ''
  return `${nameOf(row)}  ${status} ${ready}${old}${restarts === 0 ? '' : `, ${words.restarts(restarts)}`}`
}

/** A line in a node's box: a pod, or the name of the namespace of those that follow. */
interface BoxLine {
  readonly text: string
  readonly row?: PodRow
}

function linesOf(rows: readonly PodRow[], { hasFrames, words }: Shown): readonly BoxLine[] {
  return rows.flatMap((row, at): readonly BoxLine[] => {
    const line = { text: rowText(row, words), row }
    const isFirst = hasFrames && rows[at - 1]?.namespace !== row.namespace
    return isFirst ? [{ text: words.namespace(row.namespace) }, line] : [line]
  })
}

function pendingLines(pod: PodView, words: PictureWords): readonly string[] {
  const [row] = podRows([pod]) as readonly [PodRow]
  const text = rowText(row, words)
  return pod.message === undefined ? [text] : [text, ...wrapText(pod.message, 90).map((line) => `  ${line}`)]
}

const serviceText = ({ namespace, name, type, address, ports }: ServiceView): string =>
  `Service ${namespace}/${name} ${type} ${address} ${ports.join(', ')}`.trimEnd()

/** Draws the icon of a kind beside the first line of a box. */
const drawIcon = (drawing: Drawing, right: number, top: number, kind: IconName): void =>
  drawing.icon(right - PADDING - ICON, top + PADDING / 2 + 1, { path: ICONS[kind], title: kind })

/** Pixels that an icon takes before a text. */
const BESIDE = ICON + 4

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
    const [first = 0, second = 0] = lines.map(pixels)
    const width = Math.max(first + BESIDE, second) + 2 * PADDING
    const height = 2 * LINE + PADDING
    drawing.box({ x, y: TOP, width, height })
    drawIcon(drawing, x + width, TOP, 'Service')
    for (const [at, line] of lines.entries())
      drawing.text(x + PADDING, TOP + (at + 1) * LINE - 2, line, at === 0 ? 'strong' : 'plain')
    starts.set(uid, { x: x + width / 2, y: TOP + height })
    x += width + GAP
  }
  return starts
}

interface DrawnNodes {
  /** The left edge of each row of pods. */
  readonly ends: ReadonlyMap<PodRow, Point>
  /** The left edge of the gutter in which its lines come down. */
  readonly gutters: ReadonlyMap<PodRow, number>
  readonly bottom: number
}

/** Draws the nodes in a grid, each with a gutter on its left if lines come down. */
function drawNodes(drawing: Drawing, shown: Shown, top: number): DrawnNodes {
  const { nodes, services, words } = shown
  const width = Math.max(0, ...nodes.map((node) => widthOf(node, shown))) + 2 * PADDING
  const gutter = services.length > 0 ? LANE * (LANES + 1) : 0
  const columns = Math.max(1, Math.floor(WIDEST / (width + gutter + GAP)))
  const ends = new Map<PodRow, Point>()
  const gutters = new Map<PodRow, number>()
  let y = top
  for (let at = 0; at < nodes.length; at += columns) {
    const inRow = nodes.slice(at, at + columns)
    const linesIn = (node: ShownNode): number =>
      nodeLines(node, words).length + linesOf(node.rows, shown).length
    const height = Math.max(...inRow.map(linesIn)) * LINE + PADDING
    for (const [column, node] of inRow.entries()) {
      const left = 12 + column * (width + gutter + GAP)
      const places = drawNode(drawing, node, { x: left + gutter, y, width, height }, shown)
      for (const [row, place] of places) {
        ends.set(row, place)
        gutters.set(row, left)
      }
    }
    y += height + GAP
  }
  return { ends, gutters, bottom: y - GAP }
}

const widthOf = (node: ShownNode, shown: Shown): number =>
  Math.max(
    ...nodeLines(node, shown.words).map((line) => pixels(line) + BESIDE),
    ...linesOf(node.rows, shown).map(
      ({ text, row }) => pixels(`  ${row === undefined ? '' : '✓ '}${text}  `) + BESIDE,
    ),
  )

const LOOKS: Readonly<Record<PodState, Look>> = {
  well: 'plain',
  progress: 'busy',
  failing: 'bad',
  unknown: 'faint',
}

/** Draws a node's box with its pods, those of each namespace in a frame. Returns where its rows are. */
function drawNode(
  drawing: Drawing,
  node: ShownNode,
  box: Point & { readonly width: number; readonly height: number },
  shown: Shown,
): readonly (readonly [PodRow, Point])[] {
  drawing.box(box, node.ready && !node.cordoned ? 'plain' : 'bad')
  drawIcon(drawing, box.x + box.width, box.y, 'Node')
  const head = nodeLines(node, shown.words)
  for (const [at, line] of head.entries())
    drawing.text(box.x + PADDING, box.y + (at + 1) * LINE - 2, line, at === 0 ? 'strong' : 'plain')
  const lines = linesOf(node.rows, shown)
  const baseOf = (at: number): number => box.y + (head.length + at + 1) * LINE - 2
  for (const [at, { row }] of lines.entries()) {
    if (row !== undefined) continue
    const next = lines.findIndex((line, later) => later > at && line.row === undefined)
    const count = (next === -1 ? lines.length : next) - at
    const frame = {
      x: box.x + PADDING,
      y: baseOf(at) - LINE + 5,
      width: box.width - 2 * PADDING,
      height: count * LINE,
    }
    drawing.frame(frame)
  }
  return lines.flatMap(({ text, row }, at): readonly (readonly [PodRow, Point])[] => {
    if (row === undefined) {
      drawing.text(box.x + 2 * PADDING, baseOf(at), text, 'faint')
      return []
    }
    const left = box.x + 2 * PADDING
    drawing.icon(left, baseOf(at) - ICON + 2, { path: ICONS.Pod, title: 'Pod' })
    drawing.text(left + BESIDE, baseOf(at), `${MARKS[row.state]} ${text}`, LOOKS[row.state])
    return [[row, { x: box.x + PADDING, y: baseOf(at) - 4 }]]
  })
}

/** Draws pods without a node. Returns the lower edge. */
function drawPending(drawing: Drawing, { pending, words }: Shown, top: number): number {
  const lines = [words.pending, ...pending.flatMap((pod) => pendingLines(pod, words))]
  const width = Math.max(...lines.map(pixels)) + 2 * PADDING
  const height = lines.length * LINE + PADDING
  drawing.box({ x: 12, y: top, width, height }, 'bad')
  for (const [at, line] of lines.entries())
    drawing.text(12 + PADDING, top + (at + 1) * LINE - 2, line, at === 0 ? 'strong' : 'plain')
  return top + height
}

/** Says what the marks mean, if there is another than the tick. */
function drawLegend(drawing: Drawing, { nodes, words }: Shown, y: number): void {
  const there = new Set(nodes.flatMap(({ rows }) => rows.map(({ state }) => state)))
  if (there.size === 0 || (there.size === 1 && there.has('well'))) return
  const states = (['well', 'progress', 'failing', 'unknown'] as const).filter((state) => there.has(state))
  drawing.text(12, y, states.map((state) => `${MARKS[state]} ${words.states[state]}`).join('   '), 'legend')
}
