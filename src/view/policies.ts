import { checkPoliciesViewed } from './inputs.js'
import type { ConnectionVerdict } from '../netpol/index.js'
import type { Branch, Tree } from '../lang/svg/tree.js'
import { displayedView } from './display.js'

type Proof = ConnectionVerdict['proof']
type SideProof = Proof['egress']
type PolicyProof = SideProof['tiers'][number]['policies'][number]

/**
 * Returns what network policies say about a connection: both sides, each policy, the rules that matched.
 * @example toText(viewOfPolicies(verdict))
 */
export function viewOfPolicies(verdict: ConnectionVerdict): Tree {
  checkPoliciesViewed([verdict])
  const { allowed, proof } = verdict
  const { from, to, port, protocol } = proof.connection
  const ends = `${endName(from)} -> ${endName(to)}:${port ?? '?'}/${protocol}`
  return displayedView({ title: `${ends}: ${allowed ? 'allowed' : 'denied'}`, roots: policyBranches(proof) })
}

type EndProof = Proof['connection']['from']

const endName = ({ pod, node, address }: EndProof): string =>
  pod ?? (node === undefined ? (address ?? 'nobody') : `node ${node}`)

/** The two sides of a proof. */
export function policyBranches({ egress, ingress }: Proof): readonly Branch[] {
  return [egress, ingress].map(sideBranch)
}

const WHY: Readonly<Record<SideProof['because'], string>> = {
  noSubject: 'no policy can select this end',
  self: 'a pod reaches itself',
  default: 'no policy selects the pod',
  Admin: 'decided by the Admin tier',
  NetworkPolicy: 'decided by network policies',
  Baseline: 'decided by the Baseline tier',
}

const EXCEPTIONS = {
  self: 'a pod may always reach itself',
  ownNode: 'a pod and its node may always reach each other',
} as const

function sideBranch({ direction, allowed, because, tiers }: SideProof): Branch {
  const policies = tiers.flatMap((tier) => tier.policies)
  return {
    lines: [
      `${allowed ? '✓' : '✗'} ${direction}`,
      WHY[because],
      ...tiers.flatMap(({ exception }) => (exception === undefined ? [] : [EXCEPTIONS[exception]])),
    ],
    look: allowed ? 'good' : 'bad',
    // what NetworkPolicy cannot block is not asked of any rule
    branches: tiers.some(({ exception }) => exception !== undefined) ? [] : policies.map(policyBranch),
  }
}

function policyBranch({ kind, namespace, name, rules }: PolicyProof): Branch {
  const matched = rules.filter((rule) => rule.matched)
  return {
    lines: [
      kind,
      `${namespace === undefined ? '' : `${namespace}/`}${name}`,
      ...matched.map(({ path, action = 'allows' }) => `✓ ${path} ${action}`),
      ...(matched.length > 0 ? [] : [rules.length === 0 ? '✗ has no rule' : '✗ no rule matches']),
    ],
    ...(matched.length > 0 ? {} : { look: 'bad' as const }),
  }
}
