import { textWidth } from '../text/text-width.js'

/** How something looks. A look never tells anything that no text tells. */
export type Look = 'plain' | 'good' | 'bad' | 'faint' | 'strong'

/** Pixels between the base lines of two lines of text. */
export const LINE = 18
/** Pixels of one column of text. */
const COLUMN = 7.2
/** Pixels around everything. */
const MARGIN = 12

/** Returns how many pixels a text takes; a Hangul syllable takes two columns. */
export function pixels(text: string): number {
  return Math.ceil(textWidth(text) * COLUMN)
}

const LIGHT =
  '--ink:#1f2328;--paper:#fff;--box:#f6f8fa;--edge:#8c959f;--faint:#59636e;--good:#1a7f37;--bad:#cf222e'
const DARK =
  '--ink:#f0f6fc;--paper:#0d1117;--box:#151b23;--edge:#656c76;--faint:#9198a1;--good:#3fb950;--bad:#f85149'
const FONT = '12px ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono CJK KR",monospace'
const STYLE = [
  `.sim{${LIGHT};font:${FONT}}`,
  `@media(prefers-color-scheme:dark){.sim{${DARK}}}`,
  '.sim text{fill:var(--ink);white-space:pre;pointer-events:none}',
  '.sim .good{fill:var(--good)}.sim .bad{fill:var(--bad)}.sim .faint{fill:var(--faint)}',
  '.sim .strong{font-weight:600}.sim .paper{fill:var(--paper)}',
  '.sim .box{fill:var(--box);stroke:var(--edge)}.sim .box.good{stroke:var(--good)}',
  '.sim .box.bad{stroke:var(--bad);stroke-dasharray:5 3}.sim .line{fill:none;stroke:var(--edge)}',
  '.sim .line.bad{stroke:var(--bad);stroke-dasharray:5 3}',
  '.sim .tip{fill:var(--edge)}.sim .tip.bad{fill:var(--bad)}',
].join('\n')

/** Escapes a text for XML, without the characters that XML cannot represent. */
export function escapeXml(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text
    .replaceAll(/[&<>"]/g, (character) => names[character] ?? character)
    .replaceAll(/[\p{Cs}\ufffe\uffff]|[^\P{Cc}\t\n\r]/gu, '')
}

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/**
 * Collects shapes and returns them as an SVG document, whose bytes depend on the calls only. It is as large
 * as what was drawn, has no ids, and follows the reader's light or dark scheme; a page can set `--ink`,
 * `--paper` and the other variables of `.sim` itself.
 */
export class Drawing {
  readonly #parts: string[] = []
  #right = 0
  #bottom = 0

  /** Draws a box. `title` is what a pointer on it shows. */
  box({ x, y, width, height }: Box, look: Look = 'plain', title?: string): void {
    this.#reach(x + width, y + height)
    const shown = title === undefined ? '/>' : `><title>${escapeXml(title)}</title></rect>`
    const name = classes('box', look)
    this.#parts.push(
      `<rect class="${name}" x="${x}" y="${y}" width="${width}" height="${height}" rx="5"${shown}`,
    )
  }

  /** Writes a line of text with its base line at `y`. */
  text(x: number, y: number, text: string, look: Look = 'plain'): void {
    const width = pixels(text)
    this.#reach(x + width, y + 4)
    // glyphs of another font than the first may be wider or narrower than two columns
    const fitted = /^[\u0020-\u04ff\u2010-\u27bf]*$/.test(text)
      ? ''
      : ` textLength="${width}" lengthAdjust="spacingAndGlyphs"`
    const name = look === 'plain' ? '' : ` class="${escapeXml(look)}"`
    this.#parts.push(`<text${name} x="${x}" y="${y}"${fitted}>${escapeXml(text)}</text>`)
  }

  /** Draws a line with an arrow head at its last point, which is beside or below the one before. */
  arrow(points: readonly (readonly [x: number, y: number])[], look: Look = 'plain'): void {
    const [x = 0, y = 0] = points.at(-1) ?? []
    const from = points.at(-2)?.[0] ?? x
    const head = from === x ? 'l-4 -7h8z' : from < x ? 'l-7 -4v8z' : 'l7 -4v8z'
    this.line(points, look)
    this.#parts.push(`<path class="${classes('tip', look)}" d="M${x} ${y}${head}"/>`)
  }

  /** Draws a line through points. */
  line(points: readonly (readonly [x: number, y: number])[], look: Look = 'plain'): void {
    for (const [right, bottom] of points) this.#reach(right, bottom)
    const path = points.map(([px, py], at) => `${at === 0 ? 'M' : 'L'}${px} ${py}`).join('')
    this.#parts.push(`<path class="${classes('line', look)}" d="${path}"/>`)
  }

  /** Returns the document. `title` names it, and `twin` says in text what it shows. */
  toString(title: string, twin: string): string {
    const [width, height] = [this.#right + MARGIN, this.#bottom + MARGIN]
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" class="sim" role="img" width="${width}" height="${height}" ` +
      `viewBox="0 0 ${width} ${height}">\n<title>${escapeXml(title)}</title>\n` +
      `<desc>${escapeXml(twin)}</desc>\n` +
      `<style>${STYLE}</style>\n<rect class="paper" width="${width}" height="${height}"/>\n` +
      `${this.#parts.join('\n')}\n</svg>\n`
    )
  }

  #reach(right: number, bottom: number): void {
    this.#right = Math.max(this.#right, Math.ceil(right))
    this.#bottom = Math.max(this.#bottom, Math.ceil(bottom))
  }
}

const classes = (name: string, look: Look): string => (look === 'plain' ? name : escapeXml(`${name} ${look}`))
