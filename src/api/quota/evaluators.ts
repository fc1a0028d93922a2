import { compareQuantities, parseQuantity, type ResourceList } from '../quantity.js'
import type { QuotaEvaluator } from './evaluator.js'
import { deviceClaimEvaluator } from './device-claims.js'
import { podEvaluator, matchesValue } from './pods.js'
import type { PersistentVolumeClaim, Service } from '../core/generated.js'
import type { KubeObject } from '../kind/definition.js'

/** Core resources that can also be limited by their unqualified name. */
const LEGACY_NAMES = new Set(['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets'])

/**
 * Counts objects only: `count/deployments.apps`. Source: pkg/quota/v1/generic/evaluator.go
 * objectCountEvaluator.
 */
function objectCount(group: string, resource: string): QuotaEvaluator {
  const count = `count/${group === '' ? resource : `${resource}.${group}`}`
  const names = group === '' && LEGACY_NAMES.has(resource) ? [resource, count] : [count]
  return {
    handles: (operation, subresource) => operation === 'CREATE' && subresource === '',
    matching: (asked) => asked.filter((name) => names.includes(name)),
    inScope: () => false,
    usage: () => Object.fromEntries(names.map((name) => [name, '1'])),
  }
}

const counts = new Map<string, QuotaEvaluator>()

/** Returns the evaluator of a resource (group '' is core). */
export function quotaEvaluator(group: string, resource: string): QuotaEvaluator {
  if (group === '') {
    switch (resource) {
      case 'pods':
        return podEvaluator
      case 'services':
        return serviceEvaluator
      case 'persistentvolumeclaims':
        return claimEvaluator
      default:
        break
    }
  }
  if (group === 'resource.k8s.io' && resource === 'resourceclaims') return deviceClaimEvaluator
  const key = `${group}/${resource}`
  let found = counts.get(key)
  if (found === undefined) counts.set(key, (found = objectCount(group, resource)))
  return found
}

const CLASS_SUFFIX = '.storageclass.storage.k8s.io/'
const LEGACY_CLASS = 'volume.beta.kubernetes.io/storage-class'
const CLAIM_COUNTS = ['count/persistentvolumeclaims', 'persistentvolumeclaims', 'requests.storage']

const isClaimCount = (name: string): boolean =>
  CLAIM_COUNTS.includes(name) ||
  name.endsWith(`${CLASS_SUFFIX}requests.storage`) ||
  name.endsWith(`${CLASS_SUFFIX}persistentvolumeclaims`)

function claimUsage(object: KubeObject): ResourceList {
  const { metadata, spec, status } = object as PersistentVolumeClaim
  const storageClass = metadata.annotations?.[LEGACY_CLASS] ?? spec.storageClassName ?? ''
  const asked = larger(spec.resources?.requests?.['storage'], status.allocatedResources?.['storage'])
  const used: Record<string, string> = { 'count/persistentvolumeclaims': '1', persistentvolumeclaims: '1' }
  if (storageClass !== '') used[`${storageClass}${CLASS_SUFFIX}persistentvolumeclaims`] = '1'
  if (asked === undefined) return used
  used['requests.storage'] = asked
  if (storageClass !== '') used[`${storageClass}${CLASS_SUFFIX}requests.storage`] = asked
  return used
}

/** What is allocated counts where it is more than what is asked for. */
function larger(asked: string | undefined, allocated: string | undefined): string | undefined {
  if (asked === undefined || allocated === undefined) return asked
  return compareQuantities(parseQuantity(allocated), parseQuantity(asked)) > 0 ? allocated : asked
}

/**
 * Counts claims and their requested storage. Source: pkg/quota/v1/evaluator/core/persistent_volume_claims.go.
 */
const claimEvaluator: QuotaEvaluator = {
  handles: (operation, subresource) =>
    subresource === '' && (operation === 'CREATE' || operation === 'UPDATE'),
  matching: (names) => names.filter(isClaimCount),
  inScope: ({ scopeName, operator, values = [] }, object) =>
    scopeName === 'VolumeAttributesClass' &&
    matchesValue((object as PersistentVolumeClaim).spec.volumeAttributesClassName, operator, values),
  usage: claimUsage,
}

const SERVICE_COUNTS = ['count/services', 'services', 'services.nodeports', 'services.loadbalancers']

function serviceUsage(object: KubeObject): ResourceList {
  const { spec } = object as Service
  const ports = spec.ports?.length ?? 0
  const nodePorts = (): number => {
    if (spec.type === 'NodePort') return ports
    if (spec.type !== 'LoadBalancer') return 0
    // without allocation only explicitly requested ports count
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

/** Counts Services, their node ports and load balancers. Source: pkg/quota/v1/evaluator/core/services.go. */
const serviceEvaluator: QuotaEvaluator = {
  handles: (operation, subresource) =>
    subresource === '' && (operation === 'CREATE' || operation === 'UPDATE'),
  matching: (names) => names.filter((name) => SERVICE_COUNTS.includes(name)),
  inScope: () => false,
  usage: serviceUsage,
}
