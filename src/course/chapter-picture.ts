import type { ClusterView } from '../view/index.js'
import { toSvg } from '../view/index.js'
import type { Language } from '../lang/text/phrases.js'

/** Draws a cluster of a chapter as SVG, without the system's own pods if there are others. */
export function chapterPicture(view: ClusterView, lang: Language): string {
  const pods = [...view.nodes.flatMap((node) => node.pods), ...view.pending]
  const own = [...new Set(pods.map(({ namespace }) => namespace))].filter((each) => !each.startsWith('kube-'))
  return toSvg(view, { lang, ...(own.length === 0 ? {} : { namespaces: own }) })
}
