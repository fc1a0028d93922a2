import { formatIp } from '../lang/go/ip.js'
import type { Labels } from '../api/selectors/labels.js'
import { resolveConnection, type End, type ResolvedConnection } from './endpoint.js'
import { tryPeer, tryPort, type PortSituation } from './match.js'
import type {
  ClusterPolicyModel,
  ClusterRule,
  Direction,
  Model,
  NetworkPolicyModel,
  PodModel,
  PolicyModel,
  RuleMatch,
} from './model.js'
import type { NetpolOptions } from './options.js'
import type {
  ConnectionProof,
  EndProof,
  PolicyProof,
  RuleProof,
  SideProof,
  TierProof,
  Trial,
  ConnectionVerdict,
} from './proof.js'
import { peersField } from './read/network-policy.js'
import { readWorld } from './read/world.js'
import { situationOf, type Situation } from './situation.js'
import type { PolicyQuery } from './world.js'
import type { WorldSource } from './world-of.js'

const noLabels: Labels = {}

function triedUntil<T>(entries: readonly T[], attempt: (entry: T, index: number) => Trial): readonly Trial[] {
  const trials: Trial[] = []
  for (const [index, entry] of entries.entries()) {
    const trial = attempt(entry, index)
    trials.push(trial)
    if (trial.matched) break
  }
  return trials
}

function portsOf({ connection: { port, protocol }, destination }: Situation): PortSituation {
  return { port, protocol, named: destination?.ports ?? [] }
}

const lastMatched = (trials: readonly Trial[]): boolean => trials.at(-1)?.matched === true

interface RulePlace {
  /** The path of the rule in its policy. */
  readonly path: string
  readonly portsField: string
  readonly home: string | undefined
}

/** Tries the rule's peers until one matches, then its ports until one matches. */
function tryRule(
  situation: Situation,
  { peers, ports }: RuleMatch,
  { path, portsField, home }: RulePlace,
): readonly Trial[] {
  const from = `${path}.${peersField[situation.direction]}`
  const first: readonly Trial[] =
    peers === undefined
      ? [{ path: from, matched: true, because: 'everyPeer' }]
      : triedUntil(peers, (peer, at) => tryPeer(situation, peer, home, `${from}[${at}]`))
  if (!lastMatched(first)) return first
  const at = `${path}.${portsField}`
  const known = portsOf(situation)
  const second: readonly Trial[] =
    ports === undefined
      ? [{ path: at, matched: true, because: 'everyPort' }]
      : triedUntil(ports, (port, index) => tryPort(known, port, `${at}[${index}]`))
  return [...first, ...second]
}

/** Returns the entries because of which a rule fails closed. */
function unknownEntries(
  { peers, ports }: RuleMatch,
  path: string,
  peersName: string,
  portsName: string,
): readonly Trial[] {
  const trials = (
    entries: readonly { readonly kind: string }[] | undefined,
    field: string,
  ): readonly Trial[] =>
    entries?.flatMap(({ kind }, at) =>
      kind === 'unknown'
        ? [{ path: `${path}.${field}[${at}]`, matched: false, because: 'unknownField' as const }]
        : [],
    ) ?? []
  return [...trials(peers, peersName), ...trials(ports, portsName)]
}

function tryClusterRule(
  situation: Situation,
  rule: ClusterRule,
  path: string,
  portsField: string,
): RuleProof {
  const { name, action, failsClosed } = rule
  const told = { path, ...(name === undefined ? {} : { name }), action }
  if (failsClosed) {
    const trials = unknownEntries(rule, path, peersField[situation.direction], portsField)
    return { ...told, matched: action !== 'Accept', failsClosed, trials }
  }
  const trials = tryRule(situation, rule, { path, portsField, home: undefined })
  return { ...told, matched: lastMatched(trials), trials }
}

function head(policy: PolicyModel): Omit<PolicyProof, 'rules'> {
  return policy.kind === 'NetworkPolicy'
    ? { kind: policy.kind, namespace: policy.namespace, name: policy.name }
    : { kind: policy.kind, name: policy.name, priority: policy.priority }
}

function clusterTier(
  situation: Situation,
  tier: 'Admin' | 'Baseline',
  all: readonly ClusterPolicyModel[],
  subject: PodModel,
): TierProof {
  const { model, direction } = situation
  const namespace = model.namespaces.get(subject.namespace) ?? noLabels
  const policies: PolicyProof[] = []
  for (const policy of all) {
    const list = policy[direction]
    if (list.length === 0 || !policy.namespaces.matches(namespace) || !policy.pods.matches(subject.labels))
      continue
    const portsField = policy.kind === 'ClusterNetworkPolicy' ? 'protocols' : 'ports'
    const rules: RuleProof[] = []
    policies.push({ ...head(policy), rules })
    for (const [at, rule] of list.entries()) {
      const proof = tryClusterRule(situation, rule, `spec.${direction}[${at}]`, portsField)
      rules.push(proof)
      if (proof.matched) return { tier, outcome: rule.failsClosed ? 'Deny' : rule.action, policies }
    }
  }
  return { tier, outcome: 'none', policies }
}

/** Returns the exception that NetworkPolicy cannot block, if one applies. */
function exceptionOf(
  { model, connection, direction, peer, peerPod }: Situation,
  subject: PodModel,
): TierProof['exception'] {
  if (connection.self) return 'self'
  const { ownNode } = model.options
  if (ownNode === 'none' || (ownNode === 'ingress' && direction === 'egress')) return undefined
  return peerPod === undefined && peer.node !== undefined && peer.node === subject.node
    ? 'ownNode'
    : undefined
}

function tryNetworkPolicy(
  situation: Situation,
  policy: NetworkPolicyModel,
  rules: readonly RuleMatch[],
): PolicyProof {
  const { direction } = situation
  const proofs: RuleProof[] = []
  for (const [at, rule] of rules.entries()) {
    const path = `spec.${direction}[${at}]`
    const trials = tryRule(situation, rule, { path, portsField: 'ports', home: policy.namespace })
    const matched = lastMatched(trials)
    proofs.push({ path, matched, trials })
    if (matched) break
  }
  return { ...head(policy), rules: proofs }
}

/**
 * Evaluates the NetworkPolicies that select the pod in this direction: they isolate it, and then one of their
 * rules has to allow the connection.
 */
function networkPolicyTier(situation: Situation, subject: PodModel): TierProof {
  const { model, direction } = situation
  const tier = 'NetworkPolicy'
  const selecting = (model.networkPolicies.get(subject.namespace) ?? []).filter(
    (policy) => policy[direction] !== undefined && policy.pods.matches(subject.labels),
  )
  if (selecting.length === 0) return { tier, outcome: 'none', policies: [] }
  const exception = exceptionOf(situation, subject)
  if (exception !== undefined)
    return {
      tier,
      outcome: 'Accept',
      exception,
      policies: selecting.map((each) => ({ ...head(each), rules: [] })),
    }
  const policies: PolicyProof[] = []
  for (const policy of selecting) {
    const proof = tryNetworkPolicy(situation, policy, policy[direction] ?? [])
    policies.push(proof)
    if (proof.rules.at(-1)?.matched === true) return { tier, outcome: 'Accept', policies }
  }
  return { tier, outcome: 'Deny', policies }
}

/**
 * Evaluates the tiers in order (Admin, NetworkPolicy, Baseline); the first that decides wins. Pass, or no
 * matching rule, continues with the next.
 */
function judgeSide(model: Model, connection: ResolvedConnection, direction: Direction): SideProof {
  const asCluster = situationOf(model, connection, direction, 'cluster')
  const asNetworkPolicy = situationOf(model, connection, direction, 'NetworkPolicy')
  const { subject } = asNetworkPolicy
  // a pod that NetworkPolicy does not see is invisible to the cluster-wide kinds too
  if (subject === undefined) return { direction, allowed: true, because: 'noSubject', tiers: [] }
  if (connection.self && !connection.service) return { direction, allowed: true, because: 'self', tiers: [] }
  const tiers: TierProof[] = []
  const ask: readonly (() => TierProof | undefined)[] = [
    () => asCluster.subject && clusterTier(asCluster, 'Admin', model.admin, asCluster.subject),
    () => networkPolicyTier(asNetworkPolicy, subject),
    () => asCluster.subject && clusterTier(asCluster, 'Baseline', model.baseline, asCluster.subject),
  ]
  for (const each of ask) {
    const tier = each()
    if (tier === undefined) continue
    tiers.push(tier)
    if (tier.outcome === 'Accept' || tier.outcome === 'Deny')
      return { direction, allowed: tier.outcome === 'Accept', because: tier.tier, tiers }
  }
  return { direction, allowed: true, because: 'default', tiers }
}

function endProof({ pod, node, address, domains }: End): EndProof {
  return {
    ...(pod === undefined ? {} : { pod: pod.key }),
    ...(pod?.hostNetwork === true ? { hostNetwork: true } : {}),
    ...(pod?.finished === true ? { finished: true } : {}),
    ...(node === undefined ? {} : { node }),
    ...(address === undefined ? {} : { address: formatIp(address) }),
    ...(domains.length === 0 ? {} : { domains }),
  }
}

function connectionProof({ from, to, port, protocol, self, service }: ResolvedConnection): ConnectionProof {
  return {
    from: endProof(from),
    to: endProof(to),
    ...(port === undefined ? {} : { port }),
    protocol,
    ...(self ? { self } : {}),
    ...(service ? { service } : {}),
  }
}

/**
 * Judges a connection in a world that has been read.
 * @throws WorldError if the connection is invalid
 * @example evaluateModel(readWorld(cluster), { from: 'shop/web', to: 'shop/db', port: 5432 }).allowed
 */
export function evaluateModel(model: Model, connection: PolicyQuery): ConnectionVerdict {
  const resolved = resolveConnection(model, connection)
  const egress = judgeSide(model, resolved, 'egress')
  const ingress = judgeSide(model, resolved, 'ingress')
  const allowed = egress.allowed && ingress.allowed && resolved.port !== undefined
  return {
    allowed,
    proof: { connection: connectionProof(resolved), options: model.options, egress, ingress },
  }
}

/**
 * Judges a connection with a proof: the source's policies must allow it out, and the destination's policies
 * must allow it in. Replies belong to the connection. A connection to a port name that the destination does
 * not have is denied.
 *
 * `world` consists of plain Kubernetes objects, or is their YAML, or a cluster. To judge many connections,
 * read it once with `readWorld` and call `evaluateModel`. Sources: k8s.io/api networking/v1 types.go,
 * network-policy-api v1alpha2 clusternetworkpolicy_types.go, and their documentation.
 * @throws WorldError if an object or the connection is invalid
 * @example evaluate(cluster, { from: 'shop/web', to: 'shop/db', port: 5432 }).allowed
 */
export function evaluate(
  world: WorldSource,
  connection: PolicyQuery,
  options: NetpolOptions = {},
): ConnectionVerdict {
  return evaluateModel(readWorld(world, options), connection)
}
