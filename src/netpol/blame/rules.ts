import { evaluateModel } from '../evaluate.js'
import type { ClusterPolicyModel, Direction, Model, NetworkPolicyModel, PolicyModel } from '../model.js'
import type { PolicyProof, SideProof, Verdict } from '../proof.js'
import type { Connection } from '../world.js'

/** A policy that is taken out, or with a path one rule of it. */
export interface Removal {
  readonly kind: PolicyModel['kind']
  readonly namespace?: string
  readonly name: string
  /** `spec.ingress[0]`, in the policy as it is written. */
  readonly path?: string
}

const keyOf = ({ kind, namespace, name, path }: Removal): string =>
  JSON.stringify([kind, namespace, name, path])

const ruleAt = (removal: Removal, direction: Direction, at: number): Removal => ({
  ...removal,
  path: `spec.${direction}[${at}]`,
})

/** Rules keep their places, so that paths stay what they are: one that is taken out matches nobody. */
function thinned<T extends PolicyModel>(policy: T, removal: Removal, gone: ReadonlySet<string>): T {
  const thin = (direction: Direction): unknown =>
    policy[direction]?.map((rule, at) =>
      gone.has(keyOf(ruleAt(removal, direction, at))) ? { ...rule, failsClosed: false, peers: [] } : rule,
    )
  return { ...policy, ingress: thin('ingress'), egress: thin('egress') }
}

/** The model without what is taken out. */
export function withoutRemovals(model: Model, removals: readonly Removal[]): Model {
  const gone = new Set(removals.map(keyOf))
  const cut = <T extends PolicyModel>(list: readonly T[], nameOf: (policy: T) => Removal): readonly T[] =>
    list.flatMap((policy) => {
      const name = nameOf(policy)
      return gone.has(keyOf(name)) ? [] : [thinned(policy, name, gone)]
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
 * What a side rests on: of each tier the rule that matched and its policy (which may go as a whole, with
 * rules that would come to decide next). NetworkPolicies of which no rule matched deny by selecting the pod,
 * or where an exception is made allow by it: all of them have to go, one is enough to begin with. As long as
 * all of these stay, what is said of the side stays true.
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

/** For another verdict, of what is denied the sides that do so have to change; of what is allowed, either. */
function candidates({ allowed, proof: { egress, ingress } }: Verdict): readonly Removal[] {
  return [egress, ingress].filter((side) => side.allowed === allowed).flatMap(supports)
}

/**
 * A smallest set of rules and policies without which the verdict is another one, of at most so many;
 * undefined if there is none.
 */
export function blamedRules(
  model: Model,
  connection: Connection,
  most: number,
): readonly Removal[] | undefined {
  const { allowed } = evaluateModel(model, connection)
  let front: readonly (readonly Removal[])[] = [[]]
  for (let size = 0; size < most && front.length > 0; size++) {
    const seen = new Set<string>()
    const next: (readonly Removal[])[] = []
    for (const removals of front) {
      for (const each of candidates(evaluateModel(withoutRemovals(model, removals), connection))) {
        const more = [...removals, each]
        const key = JSON.stringify(more.map(keyOf).toSorted())
        if (seen.has(key)) continue
        seen.add(key)
        if (evaluateModel(withoutRemovals(model, more), connection).allowed !== allowed) return more
        next.push(more)
      }
    }
    front = next
  }
  return undefined
}
