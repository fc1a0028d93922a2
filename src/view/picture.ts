import { checkSvg, checkText } from './inputs.js'
import { visible } from '../lang/text/visible.js'
import { drawTree, type Tree, treeText } from '../lang/svg/tree.js'
import type { ClusterView } from './cluster-view.js'
import { type ClusterPictureOptions, clusterText, drawCluster } from './cluster-picture.js'
import { drawTimeline, type Timeline, timelineText } from './timeline.js'

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

/**
 * Draws a view as an SVG document, whose bytes depend on the view only. It has a title and a description with
 * the same facts ({@link toText}), and follows the reader's light or dark scheme. Texts of objects are
 * escaped, and control characters in them are shown as `^[`, `\n` or `\u202e`. `options` are for a
 * {@link ClusterView}.
 * @example writeFileSync('cluster.svg', toSvg(viewOf(cluster)))
 */
export function toSvg(view: View, options: ClusterPictureOptions = {}): string {
  checkSvg([view, options])
  const safe = shown(view)
  if ('nodes' in safe) return drawCluster(safe, shown(options))
  return 'roots' in safe ? drawTree(safe) : drawTimeline(safe)
}

/**
 * Returns as text what {@link toSvg} draws.
 * @example console.log(toText(viewOf(cluster)))
 */
export function toText(view: View, options: ClusterPictureOptions = {}): string {
  checkText([view, options])
  const safe = shown(view)
  if ('nodes' in safe) return clusterText(safe, shown(options))
  return 'roots' in safe ? treeText(safe) : timelineText(safe)
}
