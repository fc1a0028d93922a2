import { evaluateModel } from '../evaluate.js'
import type { ClusterPolicyModel, Direction, Model, NetworkPolicyModel, PolicyModel } from '../model.js'
import type { PolicyProof, SideProof, ConnectionVerdict } from '../proof.js'
import type { PolicyQuery } from '../world.js'

/** A policy that is removed or, with a path, one of its rules. */
export interface Removal {
  readonly kind: PolicyModel['kind']
  readonly namespace?: string
  readonly name: string
  /** The path of the rule in the policy as written: `spec.ingress[0]`. */
  readonly path?: string
}

const keyOf = ({ kind, namespace, name, path }: Removal): string =>
  JSON.stringify([kind, namespace, name, path])

const ruleAt = (removal: Removal, direction: Direction, at: number): Removal => ({
  ...removal,
  path: `spec.${direction}[${at}]`,
})

/**
 * Returns the policy with some rules disabled. A removed rule stays in the list and matches no peer, so that
 * the paths of the others do not shift.
 */
function withRulesDisabled<T extends PolicyModel>(policy: T, removal: Removal, gone: ReadonlySet<string>): T {
  const thin = (direction: Direction): unknown =>
    policy[direction]?.map((rule, at) =>
      gone.has(keyOf(ruleAt(removal, direction, at))) ? { ...rule, failsClosed: false, peers: [] } : rule,
    )
  return { ...policy, ingress: thin('ingress'), egress: thin('egress') }
}

/** Returns the model without the removed policies and rules. */
export function applyRemovals(model: Model, removals: readonly Removal[]): Model {
  const gone = new Set(removals.map(keyOf))
  const cut = <T extends PolicyModel>(list: readonly T[], nameOf: (policy: T) => Removal): readonly T[] =>
    list.flatMap((policy) => {
      const name = nameOf(policy)
      return gone.has(keyOf(name)) ? [] : [withRulesDisabled(policy, name, gone)]
    })
  const wide = ({ kind, name }: ClusterPolicyModel): Removal => ({ kind, name })
  const narrow = ({ kind, namespace, name }: NetworkPolicyModel): Removal => ({ kind, namespace, name })
  return {
    ...model,
    admin: cut(model.admin, wide),
    baseline: cut(model.baseline, wide),
    networkPolicies: new Map(
      [...model.networkPolicies].map(([namespace, list]) => [namespace, cut(list, narrow)]),
    ),
  }
}

const nameIn = ({ kind, namespace, name }: PolicyProof): Removal => ({
  kind,
  ...(namespace === undefined ? {} : { namespace }),
  name,
})

/**
 * Returns what the verdict of one side rests on: in each tier, the rule that matched, and its policy as a
 * whole (which matters if a later rule of the policy would decide the same way). If no rule matched,
 * NetworkPolicies deny by selecting the pod (or allow, where an exception applies); all of them would have to
 * go, so the first is enough to start with. The verdict of the side cannot change while all of these stay in
 * place.
 */
function supports({ tiers }: SideProof): readonly Removal[] {
  return tiers.flatMap(({ tier, policies }) => {
    const matched = policies.flatMap((policy) =>
      policy.rules
        .filter((rule) => rule.matched)
        .flatMap(({ path }): readonly Removal[] => [{ ...nameIn(policy), path }, nameIn(policy)]),
    )
    return matched.length === 0 && tier === 'NetworkPolicy' ? policies.slice(0, 1).map(nameIn) : matched
  })
}

/**
 * Returns the removals worth trying: a denied connection needs every denying side to change, an allowed one
 * needs either side to.
 */
function candidates({ allowed, proof: { egress, ingress } }: ConnectionVerdict): readonly Removal[] {
  return [egress, ingress].filter((side) => side.allowed === allowed).flatMap(supports)
}

/**
 * Finds a smallest set of at most `maxRemovals` rules and policies whose removal flips the verdict. Returns
 * undefined if there is none.
 */
export function findRemovals(
  model: Model,
  connection: PolicyQuery,
  maxRemovals: number,
): readonly Removal[] | undefined {
  const { allowed } = evaluateModel(model, connection)
  let front: readonly (readonly Removal[])[] = [[]]
  // breadth first, so that the first set found is a smallest one
  for (let size = 0; size < maxRemovals && front.length > 0; size++) {
    const seen = new Set<string>()
    const next: (readonly Removal[])[] = []
    for (const removals of front) {
      for (const each of candidates(evaluateModel(applyRemovals(model, removals), connection))) {
        const more = [...removals, each]
        const key = JSON.stringify(more.map(keyOf).toSorted())
        if (seen.has(key)) continue
        seen.add(key)
        if (evaluateModel(applyRemovals(model, more), connection).allowed !== allowed) return more
        next.push(more)
      }
    }
    front = next
  }
  return undefined
}
