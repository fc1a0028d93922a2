import type { Node, Taint } from '../../api/core/generated.js'
import { findUntoleratedTaint, toleratedBy } from '../../api/core/pods/tolerations.js'
import type { NodeEvent } from '../framework/cluster-event.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { Plugin, PluginFactory } from '../framework/plugin.js'
import { unresolvable } from '../framework/rejection.js'
import { scaleToMax } from './normalize.js'

/**
 * Rejects nodes with a NoSchedule or NoExecute taint that the pod does not tolerate, and prefers nodes with
 * few untolerated PreferNoSchedule taints. Source: plugins/tainttoleration.
 */
export const taintToleration: PluginFactory = ({ release }): Plugin => ({
  name: 'TaintToleration',
  isNodeLocal: true,
  filter: ({ pod }, { hardTaints }) => {
    if (hardTaints.length === 0) return undefined
    const taint = findUntoleratedTaint(hardTaints, pod.spec.tolerations, () => true)
    return taint && unresolvable(release.untoleratedTaint(taint))
  },
  score: ({ pod }, { softTaints }) =>
    softTaints.length === 0 ? 0 : untoleratedCount(pod.spec.tolerations ?? [], softTaints),
  normalizeScore: (scores) => scaleToMax(scores, true),
  scoresAlike: ({ snapshot }) => snapshot.softTaintedNodes === 0,
  eventsToRegister: {
    'Node/Add': becomesTolerated,
    'Node/UpdateTaint': becomesTolerated,
    'Pod/UpdateToleration': 'queue',
  },
})

function untoleratedCount(
  tolerations: NonNullable<PodInfo['pod']['spec']['tolerations']>,
  taints: readonly Taint[],
): number {
  let count = 0
  for (const taint of taints) if (toleratedBy(tolerations, taint) === undefined) count++
  return count
}

function becomesTolerated(pod: PodInfo, event: NodeEvent): boolean {
  const wasTolerated = event.old !== undefined && isTolerated(pod, event.old)
  return !wasTolerated && isTolerated(pod, event.object)
}

function isTolerated({ pod }: PodInfo, { spec }: Node): boolean {
  return !findUntoleratedTaint(
    spec.taints,
    pod.spec.tolerations,
    ({ effect }) => effect !== 'PreferNoSchedule',
  )
}
