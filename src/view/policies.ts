import { checkPoliciesViewed } from './inputs.js'
import type { ConnectionVerdict } from '../netpol/index.js'
import type { Branch, Tree } from './tree.js'
import { displayedView } from './display.js'
import { type Said, say, type TreePhrase } from './words.js'
import type { Part } from '../lang/text/phrases.js'

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
  const title: Said = [
    endName(from),
    ' -> ',
    endName(to),
    `:${port ?? '?'}/${protocol}: `,
    say(allowed ? 'allowed' : 'denied'),
  ]
  return displayedView({ title, roots: policyBranches(proof) })
}

type EndProof = Proof['connection']['from']

const endName = ({ pod, node, address }: EndProof): Part<TreePhrase> =>
  pod ?? (node === undefined ? (address ?? say('nobody')) : say('node', node))

/** The two sides of a proof. */
export function policyBranches({ egress, ingress }: Proof): readonly Branch[] {
  return [egress, ingress].map(sideBranch)
}

function sideBranch({ direction, allowed, because, tiers }: SideProof): Branch {
  const policies = tiers.flatMap((tier) => tier.policies)
  return {
    lines: [
      `${allowed ? '✓' : '✗'} ${direction}`,
      say(because),
      ...tiers.flatMap(({ exception }) =>
        exception === undefined ? [] : [say(exception === 'self' ? 'toItself' : exception)],
      ),
    ],
    look: allowed ? 'good' : 'bad',
    // what NetworkPolicy cannot block is not asked of any rule
    branches: tiers.some(({ exception }) => exception !== undefined) ? [] : policies.map(policyBranch),
  }
}

function policyBranch({ kind, namespace, name, rules }: PolicyProof): Branch {
  const matched = rules.filter((rule) => rule.matched)
  return {
    icon: 'NetworkPolicy',
    lines: [
      kind,
      `${namespace === undefined ? '' : `${namespace}/`}${name}`,
      ...matched.map(({ path, action }) =>
        say('tick', action === undefined ? say('fieldAllows', path) : say('fieldDoes', path, action)),
      ),
      ...(matched.length > 0 ? [] : [say('cross', say(rules.length === 0 ? 'hasNoRule' : 'noRuleMatches'))]),
    ],
    ...(matched.length > 0 ? {} : { look: 'bad' as const }),
  }
}
