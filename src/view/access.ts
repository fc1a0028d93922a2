import { checkAccessViewed } from './inputs.js'
import type {
  AuthorizationVerdict,
  BindingName,
  FailedGrant,
  ProvenVerdict,
  RoleName,
} from '../rbac/index.js'
import type { Phrase } from '../lang/text/phrases.js'
import type { Branch, Tree } from './tree.js'
import { displayedView } from './display.js'
import { iconOf } from './icons.js'
import { type Said, say, type TreePhrase } from './words.js'

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
  return displayedView({
    title: title ?? say(verdict.allowed ? 'allowed' : 'denied'),
    roots: rootsOf(verdict),
  })
}

function rootsOf(verdict: ProvenVerdict): readonly Branch[] {
  const { proof, allowed } = verdict
  const look = allowed ? 'good' : 'bad'
  if (proof.kind === 'rule') {
    const rule = say('tick', say('ruleAllows', proof.index))
    return [wayTo({ lines: [rule, ...ruleLines(proof.rule)], look }, proof)]
  }
  if (proof.kind !== 'denied') return [{ lines: [say(allowed ? 'tick' : 'cross', otherWay(verdict))], look }]
  const tried = proof.tried.map((grant) => wayTo({ lines: failureOf(grant), look }, grant))
  const misses = proof.nearMisses
    .slice(0, MISSES)
    .map(({ because, binding, role, index }) => ({
      ...named(binding),
      branches: [
        {
          ...named(role),
          branches: [
            {
              lines: [
                say('cross', say('ruleWouldAllow', index)),
                say(because === 'wrongNamespace' ? 'inAnotherNamespace' : 'boundToOthers'),
              ],
              look,
            } as const,
          ],
        },
      ],
    }))
  if (tried.length === 0) return [{ lines: [say('cross', say('noBinding'))], look }, ...misses]
  return [...tried, ...misses]
}

/** The boxes that lead to the last one. */
function wayTo(
  last: Branch,
  { subject, binding, role }: Pick<FailedGrant, 'subject' | 'binding' | 'role'>,
): Branch {
  const { kind, namespace = '', name } = subject
  return {
    ...named({ kind, name, ...(namespace === '' ? {} : { namespace }) }),
    branches: [{ ...named(binding), branches: [{ ...named(role), branches: [last] }] }],
  }
}

function named({ kind, namespace, name }: BindingName | RoleName): Pick<Branch, 'lines' | 'icon'> {
  const icon = iconOf(kind)
  return {
    lines: [kind, `${namespace === undefined ? '' : `${namespace}/`}${name}`],
    ...(icon === undefined ? {} : { icon }),
  }
}

type Rule = Extract<AuthorizationVerdict['proof'], { readonly kind: 'rule' }>['rule']

function ruleLines({ verbs, resources, apiGroups, resourceNames, nonResourceURLs }: Rule): readonly string[] {
  const parts = { verbs, resources, apiGroups, resourceNames, nonResourceURLs }
  return Object.entries(parts).flatMap(([name, values]) =>
    (values ?? []).length === 0
      ? []
      : [`${name}: ${(values ?? []).map((value) => (value === '' ? '""' : value)).join(', ')}`],
  )
}

/** A verdict without rules: of a privileged group, or of another authorizer, whose words stay as they are. */
function otherWay({ allowed, proof }: ProvenVerdict): Phrase<TreePhrase> {
  if (proof.kind === 'privileged') return say('everything', proof.group)
  const is = say(allowed ? 'allowed' : 'denied')
  const reason = proof.kind === 'authorizer' ? (proof.reason ?? '') : ''
  return reason === '' ? is : say('titled', is, reason)
}

function failureOf({ failed, faults }: FailedGrant): readonly Said[] {
  if (failed === 'namespace') return [say('cross', say('ownNamespace'))]
  if (failed === 'role') return [say('cross', say('noRole'))]
  if (faults.length === 0) return [say('cross', say('roleWithoutRule'))]
  return [
    say('cross', say('noRuleMatches')),
    ...faults.map((fault, at) => say('titled', say('rule', at), say(fault))),
  ]
}
