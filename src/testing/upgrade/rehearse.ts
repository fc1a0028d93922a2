import type { SimCluster } from '../../cluster/sim-cluster.js'
import { DEFAULTS } from '../../cluster/compose/options.js'
import { checkRehearsal } from '../inputs.js'
import { type WhatIfAction, readAction } from '../what-if/action.js'
import type { WhatIfReport } from '../what-if/report.js'
import { playActions } from '../what-if/what-if.js'
import { minorsOf } from './releases.js'

/** What one minor of an upgrade interrupts. */
export interface RehearsedMinor {
  readonly release: string
  readonly report: WhatIfReport
}

/** How long a new kubelet has to report that it is ready. */
const READY = 'advance 1m'

/**
 * Plays kubeadm's upgrade on a copy of a cluster, minor by minor: the control plane first, then each node is
 * drained, gets its kubelet, and is uncordoned. Returns what each minor interrupts. A drain that a budget
 * blocks for five minutes is told, and the node is upgraded all the same.
 *
 * @throws InputError if `to` is no later release than that of the cluster
 * @example rehearseUpgrade(cluster, { to: 'v1.35' }).map(({ report }) => report.isHarmless)
 */
export function rehearseUpgrade(
  cluster: SimCluster,
  options: { readonly to?: string } = {},
): readonly RehearsedMinor[] {
  checkRehearsal([cluster, options])
  let at = cluster
  return minorsOf(cluster.version, options.to ?? DEFAULTS.version)
    .slice(1)
    .map((release) => {
      const next = at.fork({ version: release })
      next.settle()
      const { copy, report } = playActions(next, upgradeActions(next, release))
      at = copy
      return { release, report }
    })
}

function upgradeActions(cluster: SimCluster, release: string): readonly WhatIfAction[] {
  return cluster.nodes().flatMap(({ name }): readonly WhatIfAction[] => [
    readAction(cluster, `drain ${name}`),
    {
      text: `kubelet ${release} on ${name}`,
      isTime: false,
      play: (copy) => {
        copy.node(name).kubelet.stop().install(`${release}.0`).start()
        return undefined
      },
    },
    readAction(cluster, READY),
    readAction(cluster, `uncordon ${name}`),
    readAction(cluster, 'settle'),
  ])
}
