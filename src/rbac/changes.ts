import type { PolicyRule, Subject } from '../api/rbac/generated.js'
import { missingRights } from './covers.js'
import { policyOf, roleKeyOf } from './policy.js'
import { objectsIn, type RbacSource } from './nodes/source.js'
import { byKey } from '../lang/text/order.js'

/** A right that a subject has gained or lost: one verb on one resource, or on one path. */
export interface AccessChange {
  readonly change: 'gained' | 'lost'
  readonly subject: Subject
  /** Where; absent: in all namespaces. */
  readonly namespace?: string
  /** A rule with one value for each field. */
  readonly rule: PolicyRule
  /** `+ User jane in prod: get secrets` */
  readonly text: string
}

/** What a subject is granted: everywhere, and in single namespaces. */
interface Granted {
  readonly subject: Subject
  readonly everywhere: PolicyRule[]
  readonly byNamespace: Map<string, PolicyRule[]>
}

/**
 * Returns the rights that subjects gain and lose from one set of RBAC objects to another, by subject. A right
 * that another rule or binding of the subject still covers is not lost; that a subject is in a group which
 * has it is not known. Sources are YAML or JSON text, objects, or clusters.
 * @example accessChanges(before, after).map(({ subject }) => subject)
 */
export function accessChanges(before: RbacSource, after: RbacSource): readonly AccessChange[] {
  const [then, now] = [grantedIn(before), grantedIn(after)]
  return [...new Set([...then.keys(), ...now.keys()])].toSorted().flatMap((key) => {
    const subject = (now.get(key) ?? then.get(key))?.subject as Subject
    const lost = beyond(then.get(key), now.get(key)).map((part) => changeOf('lost', subject, part))
    const gained = beyond(now.get(key), then.get(key)).map((part) => changeOf('gained', subject, part))
    return [...lost, ...gained]
  })
}

function grantedIn(source: RbacSource): ReadonlyMap<string, Granted> {
  const policy = policyOf(objectsIn(source))
  const found = new Map<string, Granted>()
  for (const binding of [...policy.clusterBindings, ...policy.bindings])
    for (const given of binding.subjects) {
      const isPlaced = given.kind === 'ServiceAccount' && (given.namespace ?? '') === ''
      const subject = isPlaced ? { ...given, namespace: binding.namespace } : given
      const key = [subject.kind, subject.namespace ?? '', subject.name].join('/')
      const granted: Granted = found.get(key) ?? { subject, everywhere: [], byNamespace: new Map() }
      found.set(key, granted)
      const rules = policy.roles.get(roleKeyOf(binding)) ?? []
      const placed = granted.byNamespace.get(binding.namespace) ?? []
      if (binding.namespace === '') granted.everywhere.push(...rules)
      // what has no namespace cannot be allowed in one
      else placed.push(...rules.filter(({ nonResourceURLs }) => (nonResourceURLs ?? []).length === 0))
      if (binding.namespace !== '') granted.byNamespace.set(binding.namespace, placed)
    }
  return found
}

interface Part {
  readonly namespace?: string
  readonly rule: PolicyRule
}

/** Returns the rights in `some` that `others` do not cover. */
function beyond(some: Granted | undefined, others: Granted | undefined): readonly Part[] {
  const everywhere = others?.everywhere ?? []
  const wide = missingRights(everywhere, some?.everywhere ?? []).map((rule) => ({ rule }))
  const placed = [...(some?.byNamespace ?? [])].toSorted(byKey)
  return [
    ...unique(wide),
    ...placed.flatMap(([namespace, rules]) => {
      const held = [...everywhere, ...(others?.byNamespace.get(namespace) ?? [])]
      return unique(missingRights(held, rules).map((rule) => ({ namespace, rule })))
    }),
  ]
}

const unique = (parts: readonly Part[]): readonly Part[] => [
  ...new Map(parts.map((part) => [JSON.stringify(part), part])).values(),
]

function changeOf(change: AccessChange['change'], subject: Subject, { namespace, rule }: Part): AccessChange {
  const { kind, name } = subject
  const who = `${kind} ${subject.namespace === undefined ? '' : `${subject.namespace}/`}${name}`
  const where = namespace === undefined ? '' : ` in ${namespace}`
  const text = `${change === 'gained' ? '+' : '-'} ${who}${where}: ${rightText(rule)}`
  return { change, subject, ...(namespace === undefined ? {} : { namespace }), rule, text }
}

/** `get deployments.apps web`, `get /healthz` */
function rightText({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): string {
  const [url] = nonResourceURLs ?? []
  const [group = ''] = apiGroups ?? []
  const [resource = ''] = resources ?? []
  const what = url ?? `${resource}${group === '' ? '' : `.${group}`}`
  return [...verbs, what, ...(resourceNames ?? [])].join(' ')
}
