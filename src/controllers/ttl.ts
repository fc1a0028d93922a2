import type { Node } from '../api/core/generated.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import { controllerIdentity, controllerName } from './shared/identity.js'

/** Annotation with the number of seconds for which the kubelet may cache Secrets and ConfigMaps. */
const ANNOTATION = 'node.alpha.kubernetes.io/ttl'

/** The TTL by cluster size. Ranges overlap, so that a node that comes and goes does not change all TTLs. */
const STEPS = [
  { least: 0, most: 100, ttl: '0' },
  { least: 90, most: 500, ttl: '15' },
  { least: 450, most: 1000, ttl: '30' },
  { least: 900, most: 2000, ttl: '60' },
  { least: 1800, most: Infinity, ttl: '300' },
] as const

/**
 * Creates the TTL controller, which annotates each node with the time for which its kubelet may cache Secrets
 * and ConfigMaps. After a change of the cluster size, a node is updated when it next changes. Source:
 * pkg/controller/ttl/ttl_controller.go.
 */
export function createTtlController(): Component {
  return { name: controllerName('ttl-controller'), identity: controllerIdentity('ttl-controller'), setup }
}

function setup(host: ComponentHost): void {
  const nodes = host.informer('nodes')
  const step = host.state('step', () => 0)
  const current = (): (typeof STEPS)[number] => STEPS[step.value] as (typeof STEPS)[number]
  const differs = ({ metadata: { annotations } }: Node): boolean =>
    annotations?.[ANNOTATION] !== current().ttl
  const queue = host.workQueue('nodes', (name) => {
    const node = nodes.get(name)
    if (node === undefined || !differs(node)) return
    ignoreNotFound(() =>
      host.client.patch(
        'nodes',
        { name },
        { type: 'strategic', body: { metadata: { annotations: { [ANNOTATION]: current().ttl } } } },
      ),
    )
  })
  nodes.onChange(({ type, object }) => {
    if (type === 'ADDED' && nodes.size > current().most) step.value++
    if (type === 'DELETED' && nodes.size < current().least) step.value--
    if (type !== 'DELETED' && differs(object)) queue.add(object.metadata.name as string)
  })
}
