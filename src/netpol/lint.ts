import { nearest } from '../lang/text/nearest.js'
import { evaluateModel } from './evaluate.js'
import type { Model, NetworkPolicyModel, Peer, PodModel, ServiceModel } from './model.js'
import { readWorld } from './read/world.js'
import { readPod } from './read/objects.js'
import { worldIn, type WorldSource } from './world-of.js'
import type { World, WorldPod } from './world.js'

/** Something in manifests that does not do what it says. */
export interface LintFinding {
  /** `NetworkPolicy shop/db spec.ingress[0].from[0]`, `Service shop/web` */
  readonly where: string
  /** What is wrong, and what may have been meant. */
  readonly problem: string
}

/** The pods of cluster DNS, as kubeadm installs them. */
const DNS: WorldPod = {
  metadata: { name: 'kube-dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
  spec: { containers: [{ ports: [{ containerPort: 53, name: 'dns', protocol: 'UDP' }] }] },
}

const labelTexts = (pods: readonly PodModel[]): readonly string[] => [
  ...new Set(pods.flatMap(({ labels }) => Object.entries(labels).map(([key, value]) => `${key}=${value}`))),
]

/** The label of one of the pods that is nearest to a required one. */
function hint(required: readonly (readonly [string, string])[], pods: readonly PodModel[]): string {
  const known = labelTexts(pods)
  for (const [key, value] of required) {
    if (known.includes(`${key}=${value}`)) continue
    const meant = nearest(`${key}=${value}`, known)
    if (meant !== undefined) return `; did you mean ${meant}?`
  }
  return known.length === 0 ? '' : `; there are ${known.slice(0, 6).join(', ')}`
}

const inNamespace = (model: Model, namespace: string): readonly PodModel[] =>
  [...model.pods.values()].filter((pod) => pod.namespace === namespace)

const equalities = (peer: Extract<Peer, { kind: 'pods' }>): readonly (readonly [string, string])[] =>
  (peer.pods?.requirements ?? []).flatMap(({ key, values = [] }) =>
    values.map((value) => [key, value] as const),
  )

/** Peers of a policy that match no pod and no workload. */
function strayPeers(model: Model, policy: NetworkPolicyModel): readonly LintFinding[] {
  const name = `NetworkPolicy ${policy.namespace}/${policy.name}`
  return (['ingress', 'egress'] as const).flatMap((direction) =>
    (policy[direction] ?? []).flatMap(({ peers }, rule) =>
      (peers ?? []).flatMap((peer, at): readonly LintFinding[] => {
        if (peer.kind !== 'pods') return []
        const spaces = [...model.namespaces].filter(([namespace, labels]) =>
          peer.namespaces === undefined ? namespace === policy.namespace : peer.namespaces.matches(labels),
        )
        const where = `${name} spec.${direction}[${rule}].${direction === 'ingress' ? 'from' : 'to'}[${at}]`
        if (spaces.length === 0) return [{ where, problem: 'matches no namespace' }]
        const pods = spaces.flatMap(([namespace]) => inNamespace(model, namespace))
        if (pods.some(({ labels }) => peer.pods?.matches(labels) ?? true)) return []
        return [{ where, problem: `matches no pod and no workload${hint(equalities(peer), pods)}` }]
      }),
    ),
  )
}

/** Policies that select nothing. */
function idlePolicy(model: Model, policy: NetworkPolicyModel): readonly LintFinding[] {
  const pods = inNamespace(model, policy.namespace)
  if (pods.some(({ labels }) => policy.pods.matches(labels))) return []
  const wanted = policy.pods.requirements.flatMap(({ key, values = [] }) =>
    values.map((value) => [key, value] as const),
  )
  const where = `NetworkPolicy ${policy.namespace}/${policy.name} spec.podSelector`
  return [{ where, problem: `selects no pod and no workload${hint(wanted, pods)}` }]
}

/** Workloads that may open connections, and cannot resolve names. */
function withoutDns(model: Model): readonly LintFinding[] {
  const dns = [...model.pods.values()].find(
    ({ namespace, labels }) => namespace === 'kube-system' && labels['k8s-app'] === 'kube-dns',
  )
  if (dns === undefined) return []
  return [...model.networkPolicies.values()].flat().flatMap((policy): readonly LintFinding[] => {
    // a policy without any rule means to cut everything
    if (policy.egress === undefined || policy.egress.length === 0) return []
    const cut = inNamespace(model, policy.namespace).find(
      (pod) =>
        policy.pods.matches(pod.labels) &&
        !evaluateModel(model, { from: pod.key, to: dns.key, port: 53, protocol: 'UDP' }).allowed,
    )
    if (cut === undefined) return []
    return [
      {
        where: `NetworkPolicy ${policy.namespace}/${policy.name} spec.egress`,
        problem:
          `${cut.key} cannot resolve names: allow port 53 of UDP and TCP to kube-system, ` +
          'k8s-app=kube-dns',
      },
    ]
  })
}

/** Ports that the containers of a pod declare, named or not; undefined if they declare none. */
type Declared = ReadonlyMap<string, readonly number[]>

function serviceFindings(model: Model, service: ServiceModel, declared: Declared): readonly LintFinding[] {
  const wanted = Object.entries(service.selector ?? {})
  if (wanted.length === 0) return []
  const all = inNamespace(model, service.namespace)
  const pods = all.filter(({ labels }) => wanted.every(([key, value]) => labels[key] === value))
  const where = `Service ${service.key}`
  if (pods.length === 0) return [{ where, problem: `selects no pod and no workload${hint(wanted, all)}` }]
  return service.ports.flatMap(({ port, targetPort, protocol }): readonly LintFinding[] => {
    const listens = pods.some(({ key, ports }) => {
      if (typeof targetPort === 'string' && !/^\d+$/.test(targetPort))
        return ports.some((each) => each.name === targetPort && each.protocol === protocol)
      const numbers = declared.get(key) ?? []
      // a container need not declare what it listens on
      return numbers.length === 0 || numbers.includes(Number(targetPort))
    })
    if (listens) return []
    const known = [
      ...new Set(
        pods.flatMap(({ key, ports }) => [...ports.map(({ name }) => name), ...(declared.get(key) ?? [])]),
      ),
    ]
    const there = known.length === 0 ? 'they declare no ports' : `they declare ${known.join(', ')}`
    return [{ where, problem: `nobody listens on targetPort ${targetPort} of port ${port}; ${there}` }]
  })
}

interface Containers {
  readonly containers?: readonly {
    readonly ports?: readonly { readonly containerPort: number }[] | undefined
  }[]
}

/** The container ports of pods and workloads by the keys of the model. */
function declaredPorts(world: World): Declared {
  const numbers = (spec: object | undefined): readonly number[] =>
    ((spec as Containers | undefined)?.containers ?? []).flatMap(({ ports }) =>
      (ports ?? []).map(({ containerPort }) => containerPort),
    )
  const declared = new Map<string, readonly number[]>()
  for (const pod of world.pods ?? []) declared.set(readPod(pod).key, numbers(pod.spec))
  return declared
}

/**
 * Finds what in manifests, or in a cluster, does not do what it says: peers and policies that match nothing,
 * with the nearest label; egress policies that cut DNS; Services that select nothing, or whose target port
 * nobody listens on. Rules that have no effect are {@link analysePolicies}' work.
 * Without any pod or workload it finds nothing.
 * @throws WorldError if an object is invalid
 * @example
 * lintPolicies(readFileSync('shop.yaml', 'utf8')).map(({ where, problem }) => `${where}: ${problem}`)
 */
export function lintPolicies(source: WorldSource): readonly LintFinding[] {
  const given = worldIn(source)
  // policies alone: there is nothing that they could miss
  if (readWorld(given).pods.size === 0) return []
  const known = (given.pods ?? []).some(({ metadata }) => metadata.labels?.['k8s-app'] === 'kube-dns')
  const world = known ? given : { ...given, pods: [...(given.pods ?? []), DNS] }
  const model = readWorld(world)
  const policies = [...model.networkPolicies.values()].flat()
  const declared = declaredPorts(world)
  return [
    ...policies.flatMap((policy) => [...idlePolicy(model, policy), ...strayPeers(model, policy)]),
    ...withoutDns(model),
    ...[...model.services.values()].flatMap((service) => serviceFindings(model, service, declared)),
  ]
}
