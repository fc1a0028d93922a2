import { checkWatched } from './inputs.js'
import type { ClusterLike } from '../client/cluster-like.js'
import type { ClusterView } from './cluster-view.js'
import { displayedView } from './display.js'
import { viewOf } from './view-of.js'

const SHOWN = new Set(['nodes', 'pods', 'services', 'endpointslices', 'endpoints'])

/** A view that follows its cluster: {@link watchView}. */
export interface LiveView {
  /** What the cluster looks like now; the same object as long as nothing in it changes. */
  readonly current: ClusterView
  /** Ends the subscription. `current` stays as it is. */
  stop(): void
}

/**
 * Follows a cluster: `current` always equals `viewOf(cluster)`, through commands, time and rewinds, and is
 * computed only if something in it has changed. `onChange` is called in the middle of the cluster's work,
 * when an object is written or the cluster is rewound; it may set a flag, and must not use the cluster.
 * @example const live = watchView(cluster, () => draw(live.current))
 */
export function watchView(cluster: ClusterLike, onChange: () => void = () => {}): LiveView {
  checkWatched([cluster, onChange])
  let view: ClusterView | undefined
  let stopped: ClusterView | undefined
  const changed = (): void => {
    view = undefined
    onChange()
  }
  const ends = [
    cluster.on('write', ({ resource }) => {
      if (SHOWN.has(resource)) changed()
    }),
    cluster.on('rewind', changed),
  ]
  return {
    get current(): ClusterView {
      if (stopped !== undefined) return stopped
      if (view === undefined) view = viewOf(cluster)
      else if (view.now !== cluster.now()) view = displayedView({ ...view, now: cluster.now() })
      return view
    },
    stop(): void {
      stopped = this.current
      for (const end of ends) end()
    },
  }
}
