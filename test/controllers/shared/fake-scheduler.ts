import type { Node, Pod } from '../../../src/api/core/generated.js'
import { matchesRequiredNodeAffinity } from '../../../src/api/core/node-affinity.js'
import { findUntoleratedTaint } from '../../../src/api/core/pods/tolerations.js'
import { isApiError } from '../../../src/client/api-error.js'
import type { Component, ComponentHost } from '../../../src/client/component.js'
import type { Informer } from '../../../src/client/informers/informer.js'
import { keyOf } from '../../../src/client/informers/object-index.js'

/**
 * Binds pods to the fitting node with the fewest pods, the first by name among equals; one pod every `period`
 * ms, so that the pods of one batch do not become ready at the same instant (0: all at once).
 */
export function fakeScheduler(period = 0): Component {
  return {
    name: 'fake-scheduler',
    identity: { name: 'system:kube-scheduler', groups: ['system:masters'] },
    setup: (host) => setUp(host, period),
  }
}

function setUp(host: ComponentHost, period: number): void {
  const free = host.state('free', () => 0)
  const nodes = host.informer('nodes')
  const pods = host.informer('pods', { indexers: { node: (pod) => [pod.spec.nodeName ?? ''] } })
  const bind = host.handle('bind', (key) => {
    const pod = pods.get(key)
    if (!pod || pod.spec.nodeName || pod.metadata.deletionTimestamp) return
    const name = choose(pod, nodes, pods)
    if (name === undefined) return
    const binding = { metadata: { name: pod.metadata.name }, target: { kind: 'Node', name } }
    try {
      host.client.createSubresource('pods', pod.metadata, 'binding', binding)
    } catch (error) {
      if (!isApiError(error)) throw error // it is gone, or bound already
    }
  })
  const enqueue = (pod: Pod): void => {
    if (pod.spec.nodeName || bind.dueAt(keyOf(pod)) !== undefined) return
    const now = host.clock.now()
    free.value = Math.max(now, free.value + period)
    if (free.value === now) bind.wake(keyOf(pod))
    else bind.wakeAfter(keyOf(pod), free.value - now)
  }
  pods.onChange(({ object, type }) => type === 'DELETED' || enqueue(object))
  nodes.onChange(() => [...pods.byIndex('node', '')].forEach(enqueue))
}

function choose(pod: Pod, nodes: Informer<Node>, pods: Informer<Pod>): string | undefined {
  const isHard = ({ effect }: { readonly effect: string }): boolean => effect !== 'PreferNoSchedule'
  const fits = (node: Node): boolean =>
    matchesRequiredNodeAffinity(pod, node) &&
    !findUntoleratedTaint(node.spec.taints, pod.spec.tolerations, isHard)
  const load = (node: Node): number => pods.byIndex('node', node.metadata.name as string).length
  return nodes
    .list()
    .filter(fits)
    .toSorted((a, b) => load(a) - load(b))[0]?.metadata.name
}
