import { nearest } from '../../lang/text/nearest.js'
import { duplicate, invalid, required } from '../../api/field-error.js'
import type { IpAddress } from '../../lang/go/ip.js'
import type { Labels } from '../../api/selectors/labels.js'
import type { ClusterPolicyModel, Model, NetworkPolicyModel, PolicyModel } from '../model.js'
import { resolveOptions, type NetpolOptions } from '../options.js'
import type { World, WorldService } from '../world.js'
import { choicesOf, worldIn, type WorldSource } from '../world-of.js'
import { WorldError } from '../world-error.js'
import { domainName } from './cluster-policy.js'
import { FieldReader } from './fields.js'
import { namespaceLabels, readAddress, readNamespace, readNode, readPod } from './objects.js'
import { clusterPolicyOrder, readPolicy } from './policy.js'
import { readService } from './services.js'

const none: readonly never[] = []
const parts = ['namespaces', 'pods', 'nodes', 'services', 'policies', 'domains']

function listOf(world: World, field: Exclude<keyof World, 'domains'>): readonly unknown[] {
  const list: unknown = world[field]
  if (list === undefined || list === null) return none
  if (!Array.isArray(list))
    throw new WorldError('world', [invalid(field, typeof list, 'must be a list of objects')])
  return list as readonly unknown[]
}

/**
 * Returns objects by key, sorted.
 * @throws WorldError if a key occurs twice
 */
function keyed<T>(entries: readonly (readonly [string, T])[], field: string): ReadonlyMap<string, T> {
  const map = new Map<string, T>()
  for (const [key, value] of entries) {
    if (map.has(key)) throw new WorldError('world', [duplicate(field, key)])
    map.set(key, value)
  }
  return new Map([...map.keys()].sort().map((key) => [key, map.get(key) as T]))
}

function readDomainNames(value: unknown): ReadonlyMap<string, readonly IpAddress[]> {
  const reader = new FieldReader()
  const object = reader.object(value, 'domains') ?? {}
  const entries = Object.keys(object).map((name): readonly [string, readonly IpAddress[]] => {
    const path = `domains.${name}`
    const list = reader.list(object[name], path) ?? []
    return [domainName(name), list.flatMap((each, at) => readAddress(reader, each, `${path}[${at}]`) ?? [])]
  })
  if (reader.faults.length > 0) throw new WorldError('world', reader.faults)
  return keyed(entries, 'domains')
}

const nameOf = (policy: PolicyModel): string =>
  policy.kind === 'NetworkPolicy'
    ? `NetworkPolicy ${policy.namespace}/${policy.name}`
    : `${policy.kind} ${policy.name}`

type Policies = Pick<Model, 'networkPolicies' | 'admin' | 'baseline'>

function sortPolicies(
  all: readonly PolicyModel[],
  order: (a: ClusterPolicyModel, b: ClusterPolicyModel) => number,
): Policies {
  const networkPolicies = new Map<string, NetworkPolicyModel[]>()
  const cluster: ClusterPolicyModel[] = []
  for (const policy of keyed(
    all.map((each) => [nameOf(each), each]),
    'policies',
  ).values()) {
    if (policy.kind !== 'NetworkPolicy') cluster.push(policy)
    else if (!networkPolicies.get(policy.namespace)?.push(policy))
      networkPolicies.set(policy.namespace, [policy])
  }
  cluster.sort(order)
  return {
    networkPolicies,
    admin: cluster.filter(({ tier }) => tier === 'Admin'),
    baseline: cluster.filter(({ tier }) => tier === 'Baseline'),
  }
}

/** @throws WorldError if a world has a field that is unknown */
export function refuseStrangers(world: object): void {
  const stranger = Object.keys(world).find((name) => !parts.includes(name))
  if (stranger === undefined) return
  const meant = nearest(stranger, parts)
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`
  throw new WorldError('world', [
    invalid(stranger, '', `unknown field${hint}; known are ${parts.join(', ')}`),
  ])
}

/**
 * Reads a world once, for many verdicts: plain objects, YAML text, or a cluster, whose `networkPolicy`
 * options are the default. The objects are neither changed nor kept. What the apiserver would reject is
 * rejected here too, except for entries without a known field, which fail closed.
 * @throws WorldError with the object and all of its faults
 * @example readWorld(cluster).pods.size
 */
export function readWorld(source: WorldSource, options: NetpolOptions = {}): Model {
  const resolved = resolveOptions({ ...choicesOf(source), ...options })
  const world = worldIn(source)
  if (typeof world !== 'object' || (world as unknown) === null)
    throw new WorldError('world', [required('world')])
  refuseStrangers(world)
  const pods = keyed(
    listOf(world, 'pods')
      .map((each, at) => readPod(each, `pods[${at}]`))
      .map((pod) => [pod.key, pod]),
    'pods',
  )
  const nodes = keyed(
    listOf(world, 'nodes')
      .map((each, at) => readNode(each, `nodes[${at}]`))
      .map((node) => [node.name, node]),
    'nodes',
  )
  const namespaces = new Map<string, Labels>(
    keyed(
      listOf(world, 'namespaces').map((each, at) => readNamespace(each, `namespaces[${at}]`)),
      'namespaces',
    ),
  )
  for (const { namespace } of pods.values()) {
    if (!namespaces.has(namespace)) namespaces.set(namespace, namespaceLabels(namespace))
  }
  const policies = listOf(world, 'policies').map((each, at) => readPolicy(each, `policies[${at}]`))
  return {
    options: resolved,
    namespaces,
    pods,
    nodes,
    services: new Map(
      listOf(world, 'services').map((each) => {
        const service = readService(each as WorldService)
        return [service.key, service] as const
      }),
    ),
    ...sortPolicies(policies, clusterPolicyOrder(resolved)),
    domains: readDomainNames(world.domains),
  }
}
