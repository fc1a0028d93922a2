import type { Node } from '../api/core/generated.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import { controllerIdentity, controllerName } from './shared/identity.js'

/** For how many seconds a kubelet may keep Secrets and ConfigMaps before it asks again. */
const ANNOTATION = 'node.alpha.kubernetes.io/ttl'

/**
 * How long by the number of nodes; the ranges overlap, so that one node more or less does not change all of
 * them.
 */
const STEPS = [
  { least: 0, most: 100, ttl: '0' },
  { least: 90, most: 500, ttl: '15' },
  { least: 450, most: 1000, ttl: '30' },
  { least: 900, most: 2000, ttl: '60' },
  { least: 1800, most: Infinity, ttl: '300' },
] as const

/**
 * The TTL controller: tells each node in an annotation how long it may keep what it has read. A node that is
 * there already hears of a new time when it changes next. Source: pkg/controller/ttl/ttl_controller.go.
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
