import { textWidth } from '../text/text-width.js'

/** How something looks. A look never tells anything that no text tells. */
export type Look = 'plain' | 'good' | 'bad' | 'faint' | 'strong' | 'busy' | 'legend'

/** `slide`: 1280 by 720 pixels, with what is drawn scaled to fit. */
export type PictureSize = 'whole' | 'slide'

/** How a drawing becomes a document. */
export interface DocumentOptions {
  /** The language of its texts. Default: none is told. */
  readonly lang?: string
  /** Default `whole`: as large as what was drawn. */
  readonly size?: PictureSize
}

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
  '--ink:#1f2328;--paper:#fff;--box:#f6f8fa;--edge:#8c959f;--faint:#59636e;--good:#1a7f37;--bad:#cf222e;--busy:#7a5200'
const DARK =
  '--ink:#f0f6fc;--paper:#0d1117;--box:#151b23;--edge:#656c76;--faint:#9198a1;--good:#3fb950;--bad:#f85149;--busy:#f0c264'
const FONT = '12px ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono CJK KR",monospace'
const STYLE = [
  `.sim{${LIGHT};font:${FONT}}`,
  `@media(prefers-color-scheme:dark){.sim{${DARK}}}`,
  '.sim text{fill:var(--ink);white-space:pre;pointer-events:none}',
  '.sim .good{fill:var(--good)}.sim .bad{fill:var(--bad)}.sim .faint,.sim .legend{fill:var(--faint)}',
  '.sim .busy{fill:var(--busy)}.sim .frame{fill:var(--paper);stroke:var(--edge);stroke-opacity:.45}',
  '.sim .strong{font-weight:600}.sim .paper{fill:var(--paper)}',
  '.sim .box{fill:var(--box);stroke:var(--edge)}.sim .box.good{stroke:var(--good)}',
  '.sim .box.bad{stroke:var(--bad);stroke-dasharray:5 3}.sim .line{fill:none;stroke:var(--edge)}',
  '.sim .line.bad{stroke:var(--bad);stroke-dasharray:5 3}',
  '.sim .tip{fill:var(--edge)}.sim .tip.bad{fill:var(--bad)}',
  '.sim .icon{fill:none;stroke:var(--faint);stroke-linejoin:round}',
].join('\n')

/** Escapes a text for XML, without the characters that XML cannot represent. */
export function escapeXml(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text
    .replaceAll(/[&<>"]/g, (character) => names[character] ?? character)
    .replaceAll(/[\p{Cs}\ufffe\uffff]|[^\P{Cc}\t\n\r]/gu, '')
}

/** Pixels of an icon. */
export const ICON = 12

/** A small picture of a kind of thing, whose name is its title. */
export interface Icon {
  /** A path of SVG on 12 by 12 pixels. */
  readonly path: string
  readonly title: string
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

  /** Draws a frame around some of what a box holds. */
  frame({ x, y, width, height }: Box): void {
    this.#reach(x + width, y + height)
    this.#parts.push(`<rect class="frame" x="${x}" y="${y}" width="${width}" height="${height}" rx="4"/>`)
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

  /** Draws an icon of 12 by 12 pixels, below and right of a point. `title` is what a pointer on it shows. */
  icon(x: number, y: number, { path, title }: Icon): void {
    this.#reach(x + ICON, y + ICON)
    this.#parts.push(
      `<svg class="icon" x="${x}" y="${y}" width="${ICON}" height="${ICON}" viewBox="0 0 ${ICON} ${ICON}">` +
        `<title>${escapeXml(title)}</title><path d="${path}"/></svg>`,
    )
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
  toString(title: string, twin: string, options: DocumentOptions = {}): string {
    return documentOf({ ...this.whole, title, twin, ...options })
  }

  /** What was drawn, without a document around it, and how large it is. */
  get whole(): { readonly width: number; readonly height: number; readonly body: string } {
    return { width: this.#right + MARGIN, height: this.#bottom + MARGIN, body: this.#parts.join('\n') }
  }

  #reach(right: number, bottom: number): void {
    this.#right = Math.max(this.#right, Math.ceil(right))
    this.#bottom = Math.max(this.#bottom, Math.ceil(bottom))
  }
}

const classes = (name: string, look: Look): string => (look === 'plain' ? name : escapeXml(`${name} ${look}`))

const SLIDE = { width: 1280, height: 720 }

interface Document extends DocumentOptions {
  readonly title: string
  readonly twin: string
  readonly width: number
  readonly height: number
  readonly body: string
  /** Rules of style beside those of every picture. */
  readonly style?: string
}

/** Returns a drawing as a document. A slide shows all of it in the middle. */
export function documentOf({ title, twin, width, height, body, lang, size, style = '' }: Document): string {
  const scale = Math.min(SLIDE.width / width, SLIDE.height / height)
  const [boxWidth, boxHeight] =
    size === 'slide' ? [Math.ceil(SLIDE.width / scale), Math.ceil(SLIDE.height / scale)] : [width, height]
  const [left, top] = [-Math.floor((boxWidth - width) / 2), -Math.floor((boxHeight - height) / 2)]
  const shown = size === 'slide' ? SLIDE : { width, height }
  const [x, y] = [left || 0, top || 0]
  const language = lang === undefined ? '' : ` lang="${lang}"`
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="sim" role="img"${language} ` +
    `width="${shown.width}" height="${shown.height}" viewBox="${x} ${y} ${boxWidth} ${boxHeight}">\n` +
    `<title>${escapeXml(title)}</title>\n<desc>${escapeXml(twin)}</desc>\n<style>${STYLE}${style}</style>\n` +
    `<rect class="paper" x="${x}" y="${y}" width="${boxWidth}" height="${boxHeight}"/>\n${body}\n</svg>\n`
  )
}
