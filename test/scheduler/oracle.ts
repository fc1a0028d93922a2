/**
 * The scheduling rules straight from the prose, by whole scans over plain objects: no index, nothing kept.
 * What the scheduler says is compared with this. Rules of resources, cordons and names are tested elsewhere;
 * here are those that look at other pods and other nodes.
 */
import type {
  LabelSelector,
  Namespace,
  Node,
  Pod,
  PodAffinityTerm,
  Service,
  TopologySpreadConstraint,
} from './oracle-types.js'

/** All that there is. `pods` have a node. */
export interface World {
  readonly nodes: readonly Node[]
  readonly pods: readonly Pod[]
  readonly namespaces: readonly Namespace[]
  readonly services: readonly Service[]
}

const labelsOf = (object: { metadata: { labels?: Record<string, string> } }): Record<string, string> =>
  object.metadata.labels ?? {}

function selects(selector: LabelSelector | undefined, labels: Record<string, string>): boolean {
  if (!selector) return false
  const exact = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value)
  return (
    exact &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = labels[key]
      if (operator === 'In') return value !== undefined && values.includes(value)
      if (operator === 'NotIn') return value === undefined || !values.includes(value)
      return operator === 'Exists' ? value !== undefined : value === undefined
    })
  )
}

/** Whether `term`, written in `owner`, is about `pod`. */
function isAbout(world: World, owner: Pod, term: PodAffinityTerm, pod: Pod): boolean {
  const names = new Set(term.namespaces ?? [])
  if (!term.namespaces?.length && !term.namespaceSelector) names.add(owner.metadata.namespace)
  for (const namespace of world.namespaces) {
    if (term.namespaceSelector && selects(term.namespaceSelector, labelsOf(namespace)))
      names.add(namespace.metadata.name)
  }
  return names.has(pod.metadata.namespace) && selects(term.labelSelector, labelsOf(pod))
}

const nodeOf = (world: World, pod: Pod): Node | undefined =>
  world.nodes.find(({ metadata }) => metadata.name === pod.spec.nodeName)

const sameDomain = (a: Node | undefined, b: Node, key: string): boolean =>
  a !== undefined && labelsOf(a)[key] !== undefined && labelsOf(a)[key] === labelsOf(b)[key]

const requiredOf = (pod: Pod, kind: 'podAffinity' | 'podAntiAffinity'): readonly PodAffinityTerm[] =>
  pod.spec.affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? []

const preferredOf = (
  pod: Pod,
  kind: 'podAffinity' | 'podAntiAffinity',
): readonly { weight: number; podAffinityTerm: PodAffinityTerm }[] =>
  pod.spec.affinity?.[kind]?.preferredDuringSchedulingIgnoredDuringExecution ?? []

/** Why InterPodAffinity turns the node down. */
export function affinityRefusal(world: World, pod: Pod, node: Node): string | undefined {
  const terms = requiredOf(pod, 'podAffinity')
  const wanted = world.pods.filter((other) => terms.every((term) => isAbout(world, pod, term, other)))
  const hasKeys = terms.every(({ topologyKey }) => labelsOf(node)[topologyKey] !== undefined)
  const isNear = terms.every(({ topologyKey }) =>
    wanted.some((other) => sameDomain(nodeOf(world, other), node, topologyKey)),
  )
  const isFirst = !wanted.some((other) =>
    terms.some(({ topologyKey }) => labelsOf(nodeOf(world, other) ?? NOWHERE)[topologyKey] !== undefined),
  )
  const mayBeFirst = isFirst && terms.every((term) => isAbout(world, pod, term, pod))
  if (terms.length > 0 && !(hasKeys && (isNear || mayBeFirst)))
    return "node(s) didn't match pod affinity rules"
  for (const term of requiredOf(pod, 'podAntiAffinity')) {
    const clash = world.pods.some(
      (other) => isAbout(world, pod, term, other) && sameDomain(nodeOf(world, other), node, term.topologyKey),
    )
    if (clash) return "node(s) didn't match pod anti-affinity rules"
  }
  for (const other of world.pods)
    for (const term of requiredOf(other, 'podAntiAffinity')) {
      const clash =
        isAbout(world, other, term, pod) && sameDomain(nodeOf(world, other), node, term.topologyKey)
      if (clash) return "node(s) didn't satisfy existing pods anti-affinity rules"
    }
  return undefined
}

const NOWHERE: Node = { metadata: { name: '' }, spec: {}, status: {} }

/** InterPodAffinity's raw score. */
export function affinityScore(world: World, pod: Pod, node: Node): number {
  let score = 0
  for (const other of world.pods) {
    const where = nodeOf(world, other)
    const add = (owner: Pod, about: Pod, term: PodAffinityTerm, weight: number): void => {
      if (isAbout(world, owner, term, about) && sameDomain(where, node, term.topologyKey)) score += weight
    }
    for (const { weight, podAffinityTerm } of preferredOf(pod, 'podAffinity'))
      add(pod, other, podAffinityTerm, weight)
    for (const { weight, podAffinityTerm } of preferredOf(pod, 'podAntiAffinity'))
      add(pod, other, podAffinityTerm, -weight)
    for (const term of requiredOf(other, 'podAffinity')) add(other, pod, term, 1)
    for (const { weight, podAffinityTerm } of preferredOf(other, 'podAffinity'))
      add(other, pod, podAffinityTerm, weight)
    for (const { weight, podAffinityTerm } of preferredOf(other, 'podAntiAffinity'))
      add(other, pod, podAffinityTerm, -weight)
  }
  return score
}

const satisfies = (node: Node, pod: Pod): boolean =>
  Object.entries(pod.spec.nodeSelector ?? {}).every(([key, value]) => labelsOf(node)[key] === value)

/** The first taint of the kinds that the pod does not tolerate. */
export function untolerated(node: Node, pod: Pod, hard: boolean): number {
  const taints = (node.spec.taints ?? []).filter(({ effect }) => (effect !== 'PreferNoSchedule') === hard)
  return taints.filter(
    ({ key, effect }) =>
      !(pod.spec.tolerations ?? []).some(
        (one) => one.key === key && one.operator === 'Exists' && (!one.effect || one.effect === effect),
      ),
  ).length
}

function countsFor(
  constraint: TopologySpreadConstraint,
  keys: readonly string[],
  pod: Pod,
  node: Node,
): boolean {
  if (!keys.every((key) => labelsOf(node)[key] !== undefined)) return false
  if ((constraint.nodeAffinityPolicy ?? 'Honor') === 'Honor' && !satisfies(node, pod)) return false
  return constraint.nodeTaintsPolicy !== 'Honor' || untolerated(node, pod, true) === 0
}

/** An empty selector counts nothing, though it selects everything. Source: countPodsMatchSelector. */
const isEmpty = (selector: LabelSelector | undefined): boolean =>
  selector !== undefined &&
  Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0

const counted = (world: World, constraint: TopologySpreadConstraint, pod: Pod, node: Node): number =>
  world.pods.filter(
    (other) =>
      other.spec.nodeName === node.metadata.name &&
      other.metadata.deletionTimestamp === undefined &&
      other.metadata.namespace === pod.metadata.namespace &&
      !isEmpty(constraint.labelSelector) &&
      selects(constraint.labelSelector, labelsOf(other)),
  ).length

/** Why PodTopologySpread turns the node down. */
export function spreadRefusal(world: World, pod: Pod, node: Node): string | undefined {
  const hard = (pod.spec.topologySpreadConstraints ?? []).filter(
    ({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule',
  )
  const keys = hard.map(({ topologyKey }) => topologyKey)
  for (const constraint of hard) {
    const key = constraint.topologyKey
    const value = labelsOf(node)[key]
    if (value === undefined)
      return "node(s) didn't match pod topology spread constraints (missing required label)"
    const domains = new Map<string, number>()
    for (const one of world.nodes) {
      if (!countsFor(constraint, keys, pod, one)) continue
      const domain = labelsOf(one)[key] as string
      domains.set(domain, (domains.get(domain) ?? 0) + counted(world, constraint, pod, one))
    }
    const least = domains.size < (constraint.minDomains ?? 1) ? 0 : Math.min(...domains.values())
    const self = selects(constraint.labelSelector, labelsOf(pod)) ? 1 : 0
    if ((domains.get(value) ?? 0) + self - least > constraint.maxSkew)
      return "node(s) didn't match pod topology spread constraints"
  }
  return undefined
}

/** The constraints that rate nodes: the pod's own, or the system's if a service selects the pod. */
function softOf(world: World, pod: Pod): { constraints: readonly TopologySpreadConstraint[]; own: boolean } {
  const own = pod.spec.topologySpreadConstraints ?? []
  if (own.length > 0)
    return {
      constraints: own.filter(({ whenUnsatisfiable }) => whenUnsatisfiable !== 'DoNotSchedule'),
      own: true,
    }
  const services = world.services.filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.metadata.namespace && selects({ matchLabels: spec.selector }, labelsOf(pod)),
  )
  if (services.length === 0) return { constraints: [], own: false }
  const labelSelector = {
    matchLabels: Object.assign({}, ...services.map(({ spec }) => spec.selector)) as Record<string, string>,
  }
  const soft = { whenUnsatisfiable: 'ScheduleAnyway', labelSelector } as const
  return {
    constraints: [
      { ...soft, topologyKey: 'kubernetes.io/hostname', maxSkew: 3 },
      { ...soft, topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5 },
    ],
    own: false,
  }
}

/**
 * PodTopologySpread's normalised scores of the nodes that passed all filters; undefined when it has nothing
 * to say.
 */
export function spreadScores(world: World, pod: Pod, passed: readonly Node[]): readonly number[] | undefined {
  const { constraints, own } = softOf(world, pod)
  if (constraints.length === 0) return undefined
  const keys = own ? constraints.map(({ topologyKey }) => topologyKey) : []
  const rated = passed.filter((node) => keys.every((key) => labelsOf(node)[key] !== undefined))
  const raw = rated.map((node) =>
    Math.round(
      constraints.reduce((sum, constraint) => {
        const { topologyKey: key, maxSkew } = constraint
        const value = labelsOf(node)[key]
        if (value === undefined) return sum
        const domains =
          key === 'kubernetes.io/hostname'
            ? rated.length
            : new Set(rated.map((one) => labelsOf(one)[key] ?? '')).size
        const around =
          key === 'kubernetes.io/hostname'
            ? [node]
            : world.nodes.filter(
                (one) => labelsOf(one)[key] === value && countsFor(constraint, keys, pod, one),
              )
        const count = around.reduce((all, one) => all + counted(world, constraint, pod, one), 0)
        return sum + count * Math.log(domains + 2) + maxSkew - 1
      }, 0),
    ),
  )
  const [max, min] = [Math.max(0, ...raw), Math.min(...raw)]
  return passed.map((node) => {
    const at = rated.indexOf(node)
    if (at < 0) return 0
    return max === 0 ? 100 : Math.trunc((100 * (max + min - (raw[at] as number))) / max)
  })
}

/** ImageLocality's score. */
export function imageScore(world: World, pod: Pod, node: Node): number {
  const has = (one: Node, image: string): number =>
    one.status.images?.find(({ names }) => names?.includes(`${image}:latest`))?.sizeBytes ?? 0
  const images = pod.spec.containers.map(({ image = '' }) => image)
  const sum = images.reduce((all, image) => {
    const holders = world.nodes.filter((one) => has(one, image) > 0).length
    return all + Math.trunc((has(node, image) * holders) / world.nodes.length)
  }, 0)
  const [low, high] = [23 * 1024 * 1024, 1000 * 1024 * 1024 * images.length]
  return Math.trunc((100 * (Math.min(Math.max(sum, low), high) - low)) / (high - low))
}
