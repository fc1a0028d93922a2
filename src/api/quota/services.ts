import type { Service } from '../core/generated.js'
import type { KubeObject } from '../definition.js'
import type { QuotaEvaluator } from './evaluator.js'
import type { ResourceList } from './resource-list.js'

const COUNTED = ['count/services', 'services', 'services.nodeports', 'services.loadbalancers']

function usage(object: KubeObject): ResourceList {
  const { spec } = object as Service
  const ports = spec.ports?.length ?? 0
  const nodePorts = (): number => {
    if (spec.type === 'NodePort') return ports
    if (spec.type !== 'LoadBalancer') return 0
    // without the allocation only the ports that are asked for by number count
    return spec.allocateLoadBalancerNodePorts === false
      ? (spec.ports?.filter(({ nodePort = 0 }) => nodePort !== 0).length ?? 0)
      : ports
  }
  return {
    'count/services': '1',
    services: '1',
    'services.nodeports': String(nodePorts()),
    'services.loadbalancers': spec.type === 'LoadBalancer' ? '1' : '0',
  }
}

/** Counts Services and what they occupy. Source: pkg/quota/v1/evaluator/core/services.go. */
export const serviceEvaluator: QuotaEvaluator = {
  handles: (operation, subresource) =>
    subresource === '' && (operation === 'CREATE' || operation === 'UPDATE'),
  matching: (names) => names.filter((name) => COUNTED.includes(name)),
  inScope: () => false,
  usage,
}
