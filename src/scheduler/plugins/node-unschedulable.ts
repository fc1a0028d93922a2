import { tolerates } from '../../api/core/tolerations.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { NodeEvent } from '../framework/cluster-event.js'
import type { Plugin } from '../framework/plugin.js'
import { unresolvable } from '../framework/rejection.js'

const TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const
const CORDONED = unresolvable('node(s) were unschedulable')

/**
 * Rejects cordoned nodes, unless the pod tolerates `node.kubernetes.io/unschedulable:NoSchedule`. Source:
 * plugins/nodeunschedulable.
 */
export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  isNodeLocal: true,
  filter: (pod, node) => (node.unschedulable && !toleratesCordon(pod) ? CORDONED : undefined),
  eventsToRegister: {
    'Node/Add': isOpen,
    'Node/UpdateTaint': isOpen,
    'Pod/UpdateToleration': toleratesCordon,
  },
}

function toleratesCordon({ pod }: PodInfo): boolean {
  return pod.spec.tolerations?.some((toleration) => tolerates(toleration, TAINT)) ?? false
}

function isOpen(pod: PodInfo, { object }: NodeEvent): boolean {
  return !object.spec.unschedulable || toleratesCordon(pod)
}
