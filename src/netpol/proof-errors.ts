import { InputError } from '../lang/input-error.js'
import type {
  PolicyProof,
  Proof,
  RuleProof,
  SideProof,
  TierProof,
  Trial,
  ConnectionVerdict,
} from './proof.js'
import type { Direction } from './model.js'
import type { PolicyQuery } from './world.js'
import { worldIn, type WorldSource } from './world-of.js'
import { type Claim, checkContextOf, type CheckContext } from './check/context.js'
import { affirmative, claims, hasTooMuch, isThere, isUnknownPeer, places, portCodes } from './check/claims.js'
import { labelsOf, nameOfObject, namespaceOfObject, RawCluster, raw, rawList, text } from './check/raw.js'
import type { JsonMap } from '../lang/json/maps.js'
import { selects } from './check/label-selectors.js'
import { connectionFault } from './check/ends.js'
import { isUnknownPort } from './check/port-claims.js'

/** Thrown at the first place where a proof does not hold. */
class Refuted extends Error {}

function demand(holds: boolean, what: string): void {
  if (!holds) throw new Refuted(what)
}

const peersName = (direction: Direction): 'from' | 'to' => (direction === 'ingress' ? 'from' : 'to')
const portsName = (kind: unknown): string => (kind === 'ClusterNetworkPolicy' ? 'protocols' : 'ports')

/** Returns the policies of a tier that select the pod in this direction, in the order of evaluation. */
function selecting(
  { cluster, direction, ownPod }: CheckContext,
  tier: TierProof['tier'],
): readonly JsonMap[] {
  const pod = raw(ownPod)
  const all = cluster.policies().filter((policy) => tierOf(policy) === tier)
  return tier === 'NetworkPolicy'
    ? inOrder(
        all.filter((policy) => isolates(policy, direction) && selectsNarrowly(policy, pod)),
        nameOfObject,
      )
    : inOrder(
        all.filter(
          (policy) =>
            rawList(raw(policy['spec'])[direction]).length > 0 && selectsWidely(cluster, policy, pod),
        ),
        rankOf(cluster.options.equalPriority),
      )
}

const selectsNarrowly = (policy: JsonMap, pod: JsonMap): boolean =>
  namespaceOfObject(policy) === namespaceOfObject(pod) &&
  selects(raw(policy['spec'])['podSelector'], labelsOf(pod))

function selectsWidely(cluster: RawCluster, policy: JsonMap, pod: JsonMap): boolean {
  const subject = raw(raw(policy['spec'])['subject'])
  const pods = raw(subject['pods'])
  return (
    selects(
      subject['namespaces'] ?? pods['namespaceSelector'],
      cluster.namespaceLabels(namespaceOfObject(pod)),
    ) && selects(pods['podSelector'], labelsOf(pod))
  )
}

function tierOf({ kind, spec }: JsonMap): TierProof['tier'] {
  if (kind === 'NetworkPolicy') return kind
  return kind === 'AdminNetworkPolicy' || raw(spec)['tier'] === 'Admin' ? 'Admin' : 'Baseline'
}

const priorityOf = (policy: JsonMap): number =>
  policy['kind'] === 'BaselineAdminNetworkPolicy' ? 1001 : (raw(policy['spec'])['priority'] as number)

/** Returns a function that gives each policy a sort key: its priority, then what `equal` says. */
function rankOf(equal: 'name' | 'creation'): (policy: JsonMap) => string {
  const born = (policy: JsonMap): string =>
    new Date(Date.parse(text(raw(policy['metadata']), 'creationTimestamp')) || 0).toISOString()
  return (policy) =>
    [
      String(priorityOf(policy)).padStart(4, '0'),
      equal === 'creation' ? born(policy) : '',
      nameOfObject(policy),
      text(policy, 'kind'),
    ].join('\n')
}

/** Sorts policies by texts that are all distinct. */
function inOrder(policies: readonly JsonMap[], textOf: (policy: JsonMap) => string): readonly JsonMap[] {
  const byText = new Map(policies.map((policy) => [textOf(policy), policy]))
  return [...byText.keys()].toSorted().map((each) => byText.get(each) as JsonMap)
}

function isolates(policy: JsonMap, direction: Direction): boolean {
  const spec = raw(policy['spec'])
  const types = rawList(spec['policyTypes'])
  if (types.length > 0) return types.includes(direction === 'ingress' ? 'Ingress' : 'Egress')
  return direction === 'ingress' || rawList(spec['egress']).length > 0
}

/**
 * Checks the trials of a list: one for each entry, up to the first that matched. An absent or empty list has
 * a single trial with the reason `whole`. Returns whether something matched.
 */
function checkList(
  context: CheckContext,
  policy: JsonMap,
  entries: readonly unknown[],
  trials: readonly Trial[],
  path: string,
  whole: 'everyPeer' | 'everyPort',
): boolean {
  if (entries.length === 0) {
    demand(
      trials.length === 1 && trials[0]?.because === whole && trials[0].path === path && trials[0].matched,
      `${path}: is absent, which is everything`,
    )
    return true
  }
  trials.forEach((trial, at) => {
    const own = `${path}[${at}]`
    const rest = trial.path.slice(own.length)
    const { because } = trial
    demand(
      trial.path.startsWith(own) && isThere(raw(entries[at]), rest, context),
      `${trial.path}: comes at the place of ${own}`,
    )
    demand(
      Object.hasOwn(claims, because) && places[because as keyof typeof claims].test(rest),
      `${trial.path}: ${because} is claimed of the wrong field`,
    )
    demand(
      portCodes.has(because) === (whole === 'everyPort'),
      `${trial.path}: ${because} is not about this list`,
    )
    const claim: Claim = { context, trial, entry: raw(entries[at]), rest, policy }
    demand(claims[because as keyof typeof claims](claim), `${trial.path}: ${because} is not true`)
    demand(
      trial.matched === affirmative.has(because),
      `${trial.path}: ${because} is reported as the opposite`,
    )
    demand(!trial.matched || at === trials.length - 1, `${trial.path}: more was tried after it matched`)
  })
  const isMatched = trials.at(-1)?.matched === true
  demand(isMatched || trials.length === entries.length, `${path}: not every entry was tried`)
  return isMatched
}

function checkUnknown(proof: RuleProof, unknown: readonly string[]): boolean {
  demand(
    proof.failsClosed === true && proof.trials.map(({ path }) => path).join() === unknown.join(),
    `${proof.path}: fails closed by ${unknown.join()}`,
  )
  demand(
    proof.trials.every(({ because, matched }) => because === 'unknownField' && Object.is(matched, false)),
    `${proof.path}: trials of unknown entries`,
  )
  return proof.action !== 'Accept'
}

function checkRule(context: CheckContext, policy: JsonMap, rule: JsonMap, proof: RuleProof): void {
  const { direction, sort } = context
  const fields = [peersName(direction), portsName(policy['kind'])] as const
  const [peers, ports] = fields.map((field) => rawList(rule[field])) as [
    readonly unknown[],
    readonly unknown[],
  ]
  const { action, name } = rule
  demand(
    proof.action === (action === 'Allow' ? 'Accept' : action),
    `${proof.path}: action is ${String(action)}`,
  )
  demand(proof.name === (name ?? undefined), `${proof.path}: name`)
  const unknown =
    sort === 'cluster'
      ? [
          ...peers.flatMap((each, at) =>
            isUnknownPeer(raw(each), context, proof.action) ? [`${proof.path}.${fields[0]}[${at}]`] : [],
          ),
          ...ports.flatMap((each, at) =>
            isUnknownPort(raw(each), policy['kind']) ? [`${proof.path}.${fields[1]}[${at}]`] : [],
          ),
        ]
      : []
  for (const trial of proof.trials)
    demand(!hasTooMuch(trial), `${trial.path}: ${trial.because} says more than it can`)
  const matched =
    unknown.length > 0
      ? checkUnknown(proof, unknown)
      : checkTrials(context, policy, proof, { peers, ports, fields })
  demand(unknown.length > 0 || proof.failsClosed === undefined, `${proof.path}: does not fail closed`)
  demand(proof.matched === matched, `${proof.path}: matched is ${String(matched)}`)
}

interface Lists {
  readonly peers: readonly unknown[]
  readonly ports: readonly unknown[]
  readonly fields: readonly [string, string]
}

function checkTrials(
  context: CheckContext,
  policy: JsonMap,
  { path, trials }: RuleProof,
  { peers, ports, fields }: Lists,
): boolean {
  const count = trials.filter((trial) => trial.path.startsWith(`${path}.${fields[0]}`)).length
  const isPeer = checkList(
    context,
    policy,
    peers,
    trials.slice(0, count),
    `${path}.${fields[0]}`,
    'everyPeer',
  )
  if (isPeer)
    return checkList(context, policy, ports, trials.slice(count), `${path}.${fields[1]}`, 'everyPort')
  demand(trials.length === count, `${path}: ports were tried without need`)
  return false
}

/** Checks the rules of a policy, which are tried in order up to the first that matched. Returns that one. */
function checkRules(context: CheckContext, policy: JsonMap, { rules }: PolicyProof): RuleProof | undefined {
  const all = rawList(raw(policy['spec'])[context.direction])
  rules.forEach((proof, at) => {
    demand(
      proof.path === `spec.${context.direction}[${at}]` && at < all.length,
      `${proof.path}: comes at place ${at}`,
    )
    demand(!proof.matched || at === rules.length - 1, `${proof.path}: more was tried after it matched`)
    checkRule(context, policy, raw(all[at]), proof)
  })
  const last = rules.at(-1)
  if (last?.matched === true) return last
  demand(rules.length === all.length, `spec.${context.direction}: not every rule was tried`)
  return undefined
}

function isNamed(proof: PolicyProof, policy: JsonMap): boolean {
  const isCluster = policy['kind'] !== 'NetworkPolicy'
  return (
    proof.kind === policy['kind'] &&
    proof.name === nameOfObject(policy) &&
    proof.namespace === (isCluster ? undefined : namespaceOfObject(policy)) &&
    proof.priority === (isCluster ? priorityOf(policy) : undefined)
  )
}

/** Returns the exception that NetworkPolicy cannot block for this connection, if one applies. */
function exceptionOf({
  cluster: { options },
  connection,
  direction,
  own,
  other,
  ownPod,
  otherPod,
}: CheckContext): TierProof['exception'] {
  if (connection.self === true) return 'self'
  const counts = options.ownNode === 'both' || (options.ownNode === 'ingress' && direction === 'ingress')
  const home = own.node ?? text(raw(raw(ownPod)['spec']), 'nodeName')
  return counts && otherPod === undefined && other.node === home ? 'ownNode' : undefined
}

/** Checks one tier and returns its outcome. */
function checkTier(context: CheckContext, { tier, policies, exception }: TierProof): TierProof['outcome'] {
  const all = selecting(context, tier)
  policies.forEach((proof, at) =>
    demand(
      all[at] !== undefined && isNamed(proof, all[at]),
      `${tier}: ${proof.name} does not come at place ${at}`,
    ),
  )
  const right = tier === 'NetworkPolicy' && all.length > 0 ? exceptionOf(context) : undefined
  demand(exception === right, `${tier}: exception is ${String(right)}`)
  if (right !== undefined) {
    demand(
      policies.length === all.length && policies.every(({ rules }) => rules.length === 0),
      `${tier}: names the policies, and no rule`,
    )
    return 'Accept'
  }
  for (const [at, proof] of policies.entries()) {
    const matched = checkRules(context, all[at] ?? {}, proof)
    if (matched === undefined) continue
    demand(at === policies.length - 1, `${tier}: more was tried after ${proof.name}`)
    return tier === 'NetworkPolicy'
      ? 'Accept'
      : matched.failsClosed === true
        ? 'Deny'
        : (matched.action ?? 'Deny')
  }
  demand(policies.length === all.length, `${tier}: not every policy was tried`)
  return tier === 'NetworkPolicy' && all.length > 0 ? 'Deny' : 'none'
}

function expectSide(side: SideProof, because: SideProof['because'], allowed: boolean, count: number): void {
  demand(
    side.because === because && side.allowed === allowed && side.tiers.length === count,
    `${side.direction}: ${because}`,
  )
}

function checkSide(cluster: RawCluster, { connection }: Proof, side: SideProof, direction: Direction): void {
  demand(side.direction === direction, `${direction}: is reported as ${side.direction}`)
  const [wide, narrow] = [
    checkContextOf(cluster, connection, direction, 'cluster'),
    checkContextOf(cluster, connection, direction, 'NetworkPolicy'),
  ]
  // a pod that NetworkPolicy does not see is invisible to the cluster-wide kinds too
  if (narrow.ownPod === undefined) {
    expectSide(side, 'noSubject', true, 0)
    return
  }
  if (connection.self === true && connection.service !== true) {
    expectSide(side, 'self', true, 0)
    return
  }
  const order = (
    [
      ['Admin', wide],
      ['NetworkPolicy', narrow],
      ['Baseline', wide],
    ] as const
  ).filter(([, { ownPod }]) => ownPod !== undefined)
  for (const [at, [tier, context]] of order.entries()) {
    const proof = side.tiers[at]
    if (proof === undefined) throw new Refuted(`${direction}: ${tier} was not asked`)
    demand(proof.tier === tier, `${direction}: ${proof.tier} comes at the place of ${tier}`)
    const outcome = checkTier(context, proof)
    demand(proof.outcome === outcome, `${direction}: ${tier} comes to ${outcome}`)
    if (outcome === 'Accept' || outcome === 'Deny') {
      expectSide(side, tier, outcome === 'Accept', at + 1)
      return
    }
  }
  expectSide(side, 'default', true, order.length)
}

/**
 * Replays the proof of a verdict on the original objects: checks that the ends are who the proof says, that
 * every selecting policy is listed in order, that each rule was tried in turn, and that each field supports
 * the claim made about it. It shares no code with `evaluate`, so that a bug in one cannot hide in the other.
 * The world and the connection must be valid for `evaluate`; the options are those named in the proof.
 * Returns the first fault, or an empty list if the proof holds.
 * @example expect(proofErrors(cluster, connection, evaluate(cluster, connection))).toEqual([])
 */
export function proofErrors(
  world: WorldSource,
  connection: PolicyQuery,
  verdict: ConnectionVerdict,
): readonly string[] {
  // checked by hand: nothing is imported that the evaluator uses
  if (typeof (verdict as unknown) !== 'object' || (verdict as unknown) === null)
    throw new InputError('proofErrors() takes a world, a connection, and the verdict of evaluate()')
  const { allowed, proof } = verdict
  try {
    const cluster = new RawCluster(worldIn(world), proof.options)
    const fault = connectionFault(cluster, connection, proof.connection)
    demand(fault === undefined, `connection: ${String(fault)}`)
    checkSide(cluster, proof, proof.egress, 'egress')
    checkSide(cluster, proof, proof.ingress, 'ingress')
    const isAllowed = proof.egress.allowed && proof.ingress.allowed && proof.connection.port !== undefined
    demand(allowed === isAllowed, `the proof comes to ${isAllowed ? 'allowed' : 'not allowed'}`)
    return []
  } catch (error) {
    if (error instanceof Refuted) return [error.message]
    // the proof has another shape, or contains an invalid address
    return [`the proof cannot be read: ${String(error)}`]
  }
}
