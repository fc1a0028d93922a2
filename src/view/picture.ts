import { checkSvg, checkText } from './inputs.js'
import { drawTree, type Tree, treeText } from '../lang/svg/tree.js'
import type { ClusterView } from './cluster-view.js'
import { type ClusterPictureOptions, clusterText, drawCluster } from './cluster-picture.js'
import { drawTimeline, type Timeline, timelineText } from './timeline.js'

/** What can be drawn: {@link viewOf} and the other views. */
export type View = ClusterView | Tree | Timeline

/**
 * Draws a view as an SVG document, whose bytes depend on the view only. It has a title and a description with
 * the same facts ({@link toText}), and follows the reader's light or dark scheme. `options` are for a
 * {@link ClusterView}.
 */
export function toSvg(view: View, options: ClusterPictureOptions = {}): string {
  checkSvg([view, options])
  if ('nodes' in view) return drawCluster(view, options)
  return 'roots' in view ? drawTree(view) : drawTimeline(view)
}

/** Returns as text what {@link toSvg} draws. */
export function toText(view: View, options: ClusterPictureOptions = {}): string {
  checkText([view, options])
  if ('nodes' in view) return clusterText(view, options)
  return 'roots' in view ? treeText(view) : timelineText(view)
}
