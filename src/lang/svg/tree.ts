import {
  type Box,
  type DocumentOptions,
  Drawing,
  ICON,
  type Icon,
  LINE,
  type Look,
  pixels,
} from './drawing.js'

/** A tree of boxes, as plain JSON. Its lines are texts, or phrases not yet put into a language. */
export interface BoxTree<L = string> {
  readonly title: L
  /** Whether each root leads to the next: they are hops, from top to bottom. */
  readonly isChain?: true
  readonly roots: readonly BoxBranch<L>[]
}

/** A box with lines of text, and the boxes that arrows lead to. */
export interface BoxBranch<L = string> {
  readonly lines: readonly L[]
  /** Said by the lines, too: a tick or a cross, a status, a word. */
  readonly look?: 'good' | 'bad'
  /** In the corner of the box. */
  readonly icon?: Icon
  readonly branches?: readonly BoxBranch<L>[]
}

const PADDING = 8
/** Pixels between a box and the one that it leads to. */
const GAP = 36
/** Pixels between boxes one above the other. */
const SPACE = 10

/** Returns a tree as an outline: a line for each line of a box, two spaces deeper for each arrow. */
export function treeText({ title, isChain, roots }: BoxTree): string {
  const outline = ({ lines, branches = [] }: BoxBranch, depth: number): readonly string[] => {
    const [first = '', ...more] = lines
    // bounded: levels of a picture
    const indent = '  '.repeat(depth)
    const head = `${indent}${depth === 0 ? '' : '-> '}${first}`
    return [
      head,
      ...more.map((line) => `${indent}${depth === 0 ? '' : '   '}${line}`),
      ...branches.flatMap((branch) => outline(branch, depth + 1)),
    ]
  }
  const numbered = (root: BoxBranch, at: number): BoxBranch =>
    isChain === true
      ? { ...root, lines: root.lines.map((line, row) => (row === 0 ? `${at + 1}. ` : '   ') + line) }
      : root
  return [title, ...roots.flatMap((root, at) => outline(numbered(root, at), 0))].join('\n')
}

/** Draws a tree from left to right. */
export function drawTree(tree: BoxTree, options: DocumentOptions = {}): string {
  const drawing = new Drawing()
  const widths: number[] = []
  for (const root of tree.roots) measure(root, 0, widths)
  const lefts = widths.map((_, depth) => widths.slice(0, depth).reduce((sum, width) => sum + width + GAP, 12))
  drawing.text(12, 24, tree.title, 'strong')
  let top = 40
  for (const [at, root] of tree.roots.entries()) {
    const { bottom, box } = place(drawing, root, { depth: 0, top, widths, lefts })
    const next = tree.roots[at + 1]
    top = bottom + (tree.isChain === true ? 2 * SPACE : SPACE)
    if (tree.isChain === true && next !== undefined) {
      const x = box.x + Math.min(box.width / 2, 40)
      drawing.arrow(
        [
          [x, box.y + box.height],
          [x, top + Math.max(0, (heightOf(next) - ownHeight(next)) / 2)],
        ],
        next.look === 'bad' ? 'bad' : 'plain',
      )
    }
  }
  return drawing.toString(tree.title, treeText(tree), options)
}

function measure({ lines, icon, branches = [] }: BoxBranch, depth: number, widths: number[]): void {
  const [first = 0, ...others] = lines.map(pixels)
  const beside = icon === undefined ? 0 : ICON + PADDING
  const width = Math.max(first + beside, ...others) + 2 * PADDING
  widths[depth] = Math.max(widths[depth] ?? 0, width)
  for (const branch of branches) measure(branch, depth + 1, widths)
}

interface BoxPosition {
  readonly depth: number
  readonly top: number
  readonly widths: readonly number[]
  readonly lefts: readonly number[]
}

/** Draws a box beside the middle of what it leads to. Returns it, and the lowest part of all. */
function place(
  drawing: Drawing,
  branch: BoxBranch,
  { depth, top, widths, lefts }: BoxPosition,
): { readonly box: Box; readonly bottom: number } {
  const { lines, look, icon, branches = [] } = branch
  const height = ownHeight(branch)
  const middles: number[] = []
  let below = top + Math.max(0, (height - heightOfAll(branches)) / 2)
  for (const each of branches) {
    const { box, bottom } = place(drawing, each, { depth: depth + 1, top: below, widths, lefts })
    middles.push(box.y + box.height / 2)
    below = bottom + SPACE
  }
  const bottom = Math.max(top + height, below - SPACE)
  const middle = Math.round((top + bottom) / 2)
  const box = { x: lefts[depth] ?? 0, y: middle - height / 2, width: widths[depth] ?? 0, height }
  drawing.box(box, look ?? 'plain')
  if (icon !== undefined) drawing.icon(box.x + box.width - PADDING - ICON, box.y + PADDING / 2 + 1, icon)
  for (const [at, line] of lines.entries())
    drawing.text(box.x + PADDING, box.y + (at + 1) * LINE - 2, line, lookOf(at, look))
  const [from, to] = [box.x + box.width, lefts[depth + 1] ?? 0]
  for (const [at, end] of middles.entries())
    drawing.arrow(
      [
        [from, middle],
        [from + GAP / 2, middle],
        [from + GAP / 2, end],
        [to, end],
      ],
      branches[at]?.look === 'bad' ? 'bad' : 'plain',
    )
  return { box, bottom }
}

const lookOf = (line: number, look: BoxBranch['look']): Look => (line === 0 ? 'strong' : (look ?? 'plain'))

const ownHeight = ({ lines }: BoxBranch): number => lines.length * LINE + PADDING

const heightOfAll = (branches: readonly BoxBranch[]): number =>
  branches.reduce((sum, branch) => sum + heightOf(branch) + SPACE, -SPACE)

const heightOf = (branch: BoxBranch): number =>
  Math.max(ownHeight(branch), heightOfAll(branch.branches ?? []))
