import { InputError } from '../lang/input-error.js'
import { checkAnimated, checkSvg, checkText } from './inputs.js'
import { sameJson } from '../lang/json/same-json.js'
import { documentOf } from '../lang/svg/drawing.js'
import { visible } from '../lang/text/visible.js'
import { type BoxBranch as Box, drawTree, type BoxTree as Boxes, treeText } from '../lang/svg/tree.js'
import type { ClusterView } from './cluster-view.js'
import {
  type ClusterPictureOptions,
  clusterText,
  drawCluster,
  drawnCluster,
  type PictureOptions,
} from './cluster-picture.js'
import { drawTimeline, type Timeline, timelineText } from './timeline.js'
import { ICONS } from './icons.js'
import type { Branch, Tree } from './tree.js'
import { tell } from './words.js'

/** What can be drawn: {@link viewOf} and the other views. */
export type View = ClusterView | Tree | Timeline

/** Returns a copy whose texts are one line each, and do nothing where they are shown. */
function shown<T>(value: T): T
function shown(value: unknown): unknown {
  if (typeof value === 'string') return visible(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(shown)
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shown(one)]))
}

/** A tree in the language of a picture. */
function said({ title, isChain, roots }: Tree, { lang }: PictureOptions): Boxes {
  const box = ({ lines, look, icon, branches }: Branch): Box => ({
    lines: lines.map((line) => tell(line, lang)),
    ...(look === undefined ? {} : { look }),
    ...(icon === undefined ? {} : { icon: { path: ICONS[icon] ?? '', title: icon } }),
    ...(branches === undefined ? {} : { branches: branches.map(box) }),
  })
  return { title: tell(title, lang), ...(isChain && { isChain }), roots: roots.map(box) }
}

/**
 * Draws a view as an SVG document, whose bytes depend on the view only. It has a title and a description with
 * the same facts ({@link toText}), and follows the reader's light or dark scheme. Texts of objects are
 * escaped, and control characters in them are shown as `^[`, `\n` or `\u202e`. `lang` is the language of
 * what the picture says itself, default `en`; `size: 'slide'` makes it 1280 by 720 pixels. The other options
 * are for a {@link ClusterView}.
 * @example writeFileSync('cluster.svg', toSvg(viewOf(cluster), { lang: 'ko', size: 'slide' }))
 */
export function toSvg(view: View, options: ClusterPictureOptions = {}): string {
  checkSvg([view, options])
  const safe = shown(view)
  const { lang = 'en', size = 'whole' } = options
  if ('nodes' in safe) return drawCluster(safe, shown(options))
  return 'roots' in safe ? drawTree(said(safe, options), { lang, size }) : drawTimeline(safe, { lang, size })
}

/**
 * Returns as text what {@link toSvg} draws.
 * @example console.log(toText(viewOf(cluster)))
 */
export function toText(view: View, options: ClusterPictureOptions = {}): string {
  checkText([view, options])
  const safe = shown(view)
  if ('nodes' in safe) return clusterText(safe, shown(options))
  return 'roots' in safe ? treeText(said(safe, options)) : timelineText(safe, options)
}

/** Real seconds that a moment of an animation is shown. */
const SECONDS = 1

/**
 * Draws views of a cluster one after the other, as an SVG document that moves: `recording.views()`. Views
 * that show the same are shown once. At its end it begins again; readers who want no motion see the last one.
 * `seconds` is how long each is shown, default 1.
 * @throws InputError if there is no view
 * @example
 * const recording = recordFrames(cluster)
 * cluster.node('node-1').crash()
 * cluster.advance('6m')
 * writeFileSync('crash.svg', toAnimatedSvg(recording.views(), { lang: 'ko' }))
 */
export function toAnimatedSvg(
  views: readonly ClusterView[],
  options: ClusterPictureOptions & { readonly seconds?: number } = {},
): string {
  checkAnimated([views, options])
  const { seconds = SECONDS, ...rest } = options
  const pictures = distinct(views).map((view) => drawnCluster(shown(view), shown(rest)))
  const last = pictures.at(-1)
  if (last === undefined) throw new InputError('there is no view: pass recording.views()')
  const whole = pictures.length * seconds
  const share = Math.round((100 / pictures.length) * 1000) / 1000
  const { lang = 'en', size = 'whole' } = rest
  return documentOf({
    title: last.title,
    twin: last.twin,
    width: Math.max(...pictures.map(({ width }) => width)),
    height: Math.max(...pictures.map(({ height }) => height)),
    body: pictures
      .map(({ body }, at) => `<g class="moment" style="animation-delay:${at * seconds}s">\n${body}\n</g>`)
      .join('\n'),
    style:
      `\n@keyframes moment{0%,${share}%{visibility:visible}${share + 0.001}%,100%{visibility:hidden}}` +
      `\n.moment{visibility:hidden;animation:moment ${whole}s step-end infinite}` +
      '\n@media(prefers-reduced-motion:reduce){.moment{animation:none}.moment:last-child{visibility:visible}}',
    lang,
    size,
  })
}

/** Views without those that show what the one before shows. */
function distinct(views: readonly ClusterView[]): readonly ClusterView[] {
  return views.filter((view, at) => {
    const before = views[at - 1]
    return before === undefined || !sameJson({ ...before, now: 0 }, { ...view, now: 0 })
  })
}
