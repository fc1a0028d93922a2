import { checkAccessViewed } from './inputs.js'
import type {
  AuthorizationVerdict,
  BindingName,
  FailedGrant,
  ProvenVerdict,
  RoleName,
} from '../rbac/index.js'
import { formatProof } from '../rbac/index.js'
import type { Branch, Tree } from '../lang/svg/tree.js'
import { displayedView } from './display.js'

/** How many rules are shown that would allow an action if they were bound differently. */
const MISSES = 3

/**
 * Returns the way from a subject over binding and role to the rule that allows an action; if it is denied,
 * every way that was tried, and three rules that would allow it if they were bound differently. `title`
 * should say what was asked; default `allowed` or `denied`.
 * @example toSvg(viewOfAccess(cluster.can({ user: 'jane' }, 'list', 'pods')))
 */
export function viewOfAccess(verdict: ProvenVerdict, title?: string): Tree {
  checkAccessViewed([verdict, title])
  return displayedView({ title: title ?? (verdict.allowed ? 'allowed' : 'denied'), roots: rootsOf(verdict) })
}

function rootsOf(verdict: ProvenVerdict): readonly Branch[] {
  const { proof, allowed } = verdict
  const look = allowed ? 'good' : 'bad'
  if (proof.kind === 'rule') {
    const rule = `✓ rule ${proof.index} allows it`
    return [wayTo({ lines: [rule, ...ruleLines(proof.rule)], look }, proof)]
  }
  if (proof.kind !== 'denied') return [{ lines: [`${allowed ? '✓' : '✗'} ${formatProof(verdict)}`], look }]
  const tried = proof.tried.map((grant) => wayTo({ lines: failureOf(grant), look }, grant))
  const misses = proof.nearMisses
    .slice(0, MISSES)
    .map(({ because, binding, role, index }) => ({
      lines: nameLines(binding),
      branches: [
        {
          lines: nameLines(role),
          branches: [
            {
              lines: [
                `✗ rule ${index} would allow it`,
                because === 'wrongNamespace' ? 'but in another namespace' : 'but is bound to somebody else',
              ],
              look,
            } as const,
          ],
        },
      ],
    }))
  if (tried.length === 0) return [{ lines: ['✗ no binding names the user'], look }, ...misses]
  return [...tried, ...misses]
}

/** The boxes that lead to the last one. */
function wayTo(
  last: Branch,
  { subject, binding, role }: Pick<FailedGrant, 'subject' | 'binding' | 'role'>,
): Branch {
  const { kind, namespace = '', name } = subject
  return {
    lines: nameLines({ kind, name, ...(namespace === '' ? {} : { namespace }) }),
    branches: [{ lines: nameLines(binding), branches: [{ lines: nameLines(role), branches: [last] }] }],
  }
}

const nameLines = ({ kind, namespace, name }: BindingName | RoleName): readonly string[] => [
  kind,
  `${namespace === undefined ? '' : `${namespace}/`}${name}`,
]

type Rule = Extract<AuthorizationVerdict['proof'], { readonly kind: 'rule' }>['rule']

function ruleLines({ verbs, resources, apiGroups, resourceNames, nonResourceURLs }: Rule): readonly string[] {
  const parts = { verbs, resources, apiGroups, resourceNames, nonResourceURLs }
  return Object.entries(parts).flatMap(([name, values]) =>
    (values ?? []).length === 0
      ? []
      : [`${name}: ${(values ?? []).map((value) => (value === '' ? '""' : value)).join(', ')}`],
  )
}

const FAULTS = {
  verb: 'another verb',
  apiGroup: 'another API group',
  resource: 'another resource',
  resourceName: 'other names only',
  nonResourceURL: 'another path',
} as const

function failureOf({ failed, faults }: FailedGrant): readonly string[] {
  if (failed === 'namespace') return ['✗ for its own namespace only']
  if (failed === 'role') return ['✗ the role does not exist']
  if (faults.length === 0) return ['✗ the role has no rule']
  return ['✗ no rule matches', ...faults.map((fault, at) => `rule ${at}: ${FAULTS[fault]}`)]
}
