import type { NodeHandle } from '../../cluster/nodes/node-handle.js'
import { checkAction } from '../inputs.js'
import { ApiError, ConnectionError } from '../../client/api-error.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { Pod } from '../../api/core/generated.js'
import { type HistoryAction, isKubeletVerb, kubeletVerbs, type NodeVerb } from './action.js'
import { manifestsOf } from './manifests.js'

/** Returns the element that a number of any size chooses. */
export const choose = <T>(all: readonly T[], number: number): T | undefined =>
  all[number % Math.max(all.length, 1)]

/** Returns the name of the node that a number chooses. */
export const nodeAt = (cluster: SimCluster, number: number): string | undefined =>
  choose(cluster.nodes(), number)?.name

/**
 * Does one thing to the cluster. What the apiserver refuses, or what does not reach it, is no failure of the
 * history.
 * @example performAction(cluster, { do: 'crash', node: 1 })
 */
export function performAction(cluster: SimCluster, action: HistoryAction): void {
  checkAction([cluster, action])
  try {
    act(cluster, action)
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof ConnectionError)) throw error
  }
}

function act(cluster: SimCluster, action: HistoryAction): unknown {
  const manifests = manifestsOf(action, (number) => nodeAt(cluster, number))
  // a pod that is there is left alone: it cannot be changed
  if (manifests !== undefined)
    return action.do === 'pod' ? cluster.client.create('pods', manifests[0] as Pod) : cluster.apply(manifests)
  switch (action.do) {
    case 'advance':
      return cluster.advance(action.ms)
    case 'settle':
      return cluster.settle()
    case 'stopApiserver':
      return cluster.apiserver.stop()
    case 'startApiserver':
      return cluster.apiserver.start()
    case 'stop':
      return cluster.process(action.component).stop()
    case 'start':
      return cluster.process(action.component).start()
    case 'load':
      return cluster.metrics.setUsage({ labelSelector: `app=${action.name}` }, { cpu: action.cpu })
    case 'scale':
    case 'rollout':
    case 'delete':
    case 'kill':
      return change(cluster, action)
    case 'addNode': {
      const name = `node-${action.node + 1}`
      return cluster.nodes().some((node) => node.name === name) ? undefined : cluster.addNode({ name })
    }
    case 'drain': {
      const name = nodeAt(cluster, action.node)
      return name && cluster.kubectl(`drain ${name} --ignore-daemonsets --force --timeout=${action.timeout}`)
    }
    default: {
      if (!('node' in action)) return undefined
      const name = nodeAt(cluster, action.node)
      return name && happen(cluster.node(name), action.do)
    }
  }
}

function happen(node: NodeHandle, verb: NodeVerb): unknown {
  return isKubeletVerb(verb) ? node.kubelet[kubeletVerbs[verb]]() : node[verb]()
}

function change(
  cluster: SimCluster,
  action: Extract<HistoryAction, { do: 'scale' | 'rollout' | 'delete' | 'kill' }>,
): unknown {
  switch (action.do) {
    case 'scale': {
      const body = { spec: { replicas: action.replicas } }
      return cluster.patch(
        'deployments',
        { namespace: 'default', name: action.name },
        { type: 'merge', body },
      )
    }
    case 'rollout': {
      const body = { spec: { template: { spec: { containers: [{ name: 'c', image: action.image }] } } } }
      return cluster.patch(
        action.kind,
        { namespace: 'default', name: action.name },
        { type: 'strategic', body },
      )
    }
    case 'delete': {
      const object = choose(cluster.client.list(action.kind).items, action.object)
      return (
        object && cluster.client.delete(action.kind, object.metadata, { propagationPolicy: action.policy })
      )
    }
    case 'kill': {
      const pod = choose(cluster.list('pods').items, action.object)
      return pod && cluster.delete('pods', pod.metadata)
    }
  }
}
