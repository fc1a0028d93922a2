import type {
  NamedRuleWithOperations,
  RuleWithOperations,
} from '../../../api/admissionregistration/generated.js'
import type { KindDefinition, KubeObject } from '../../../api/definition.js'
import { compileSelector } from '../../../api/labels.js'
import type { LabelMatcher } from '../../../api/labels.js'
import type { LabelSelector } from '../../../api/meta/generated.js'
import { notFound } from '../../errors.js'
import type { AdmissionAttributes, AdmissionContext } from '../plugin.js'

/** What policies and webhooks have alike to say what they are for. */
export interface MatchCriteria {
  readonly rules: readonly (RuleWithOperations & Pick<NamedRuleWithOperations, 'resourceNames'>)[]
  readonly excluded?: readonly NamedRuleWithOperations[] | undefined
  readonly namespaceSelector?: LabelSelector | undefined
  readonly objectSelector?: LabelSelector | undefined
  readonly matchPolicy?: string | undefined
}

const CONFIGURATIONS = new Set([
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
])

/**
 * Nobody can lock the configuration of admission itself. Source: apiserver
 * pkg/admission/plugin/webhook/predicates/rules.
 */
export function isExempt({ definition: { group, resource } }: AdmissionAttributes): boolean {
  return group === 'admissionregistration.k8s.io' && CONFIGURATIONS.has(resource)
}

/**
 * The version of the kind by which a request matches, or undefined when it does not: its own, or with the
 * policy Equivalent another one that the same objects are served in. `versions` answers those. Throws 404
 * when the namespace is not there.
 */
export function matchedVersion(
  criteria: MatchCriteria,
  attributes: AdmissionAttributes,
  context: AdmissionContext,
  versions: Versions,
): KindDefinition | undefined {
  const { definition } = attributes
  if (!selects(criteria, attributes, context)) return undefined
  const alike =
    criteria.matchPolicy === 'Exact' ? [] : versions(definition).filter((one) => one !== definition)
  for (const one of [definition, ...alike]) {
    if (criteria.excluded?.some((rule) => ruleMatches(rule, attributes, one)) === true) return undefined
  }
  return [definition, ...alike].find((one) =>
    criteria.rules.some((rule) => ruleMatches(rule, attributes, one)),
  )
}

/** All versions in which the objects of a kind are served. */
export type Versions = (definition: KindDefinition) => readonly KindDefinition[]

type AnyRule = MatchCriteria['rules'][number]

function ruleMatches(
  rule: AnyRule,
  { operation, subresource, name, namespace }: AdmissionAttributes,
  of: KindDefinition,
): boolean {
  const {
    operations = [],
    apiGroups = [],
    apiVersions = [],
    resources = [],
    scope = '*',
    resourceNames = [],
  } = rule
  const isNamespace = of.resource === 'namespaces' && of.group === ''
  if (scope === 'Namespaced' && (isNamespace || namespace === '')) return false
  if (scope === 'Cluster' && !isNamespace && namespace !== '') return false
  return (
    has(operations, operation) &&
    has(apiGroups, of.group) &&
    has(apiVersions, of.version) &&
    resources.some((text) => resourceMatches(text, of.resource, subresource)) &&
    (resourceNames.length === 0 || resourceNames.includes(name))
  )
}

const has = (list: readonly string[], value: string): boolean => list.includes('*') || list.includes(value)

function resourceMatches(text: string, resource: string, subresource: string): boolean {
  const slash = text.indexOf('/')
  const [main, sub] = slash < 0 ? [text, ''] : [text.slice(0, slash), text.slice(slash + 1)]
  return (main === '*' || main === resource) && (sub === '*' || sub === subresource)
}

const compiled = new WeakMap<LabelSelector, LabelMatcher>()

function matcher(selector: LabelSelector): LabelMatcher {
  let known = compiled.get(selector)
  if (known === undefined) compiled.set(selector, (known = compileSelector(selector)))
  return known
}

const isEmpty = (selector: LabelSelector | undefined): boolean =>
  selector === undefined ||
  (Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0)

function selects(
  { namespaceSelector, objectSelector }: MatchCriteria,
  attributes: AdmissionAttributes,
  context: AdmissionContext,
): boolean {
  if (!isEmpty(namespaceSelector)) {
    const labels = namespaceLabels(attributes, context)
    if (labels !== undefined && !matcher(namespaceSelector as LabelSelector)(labels)) return false
  }
  if (isEmpty(objectSelector)) return true
  const matches = matcher(objectSelector as LabelSelector)
  return [attributes.object, attributes.old].some(
    (object) => object !== undefined && matches(object.metadata.labels),
  )
}

type Labels = Readonly<Record<string, string>>

/**
 * Labels of the request's namespace; undefined for cluster-scoped objects, which no namespace selector keeps
 * away.
 */
function namespaceLabels(attributes: AdmissionAttributes, context: AdmissionContext): Labels | undefined {
  const { definition, namespace, name, object, subresource, operation } = attributes
  const isNamespace = definition.resource === 'namespaces' && definition.group === ''
  if (isNamespace && subresource === '' && (operation === 'CREATE' || operation === 'UPDATE'))
    return object?.metadata.labels ?? {}
  const wanted = isNamespace ? name : namespace
  if (wanted === '') return undefined
  const found = context.get<KubeObject>('namespaces', '', wanted)
  if (found === undefined) throw notFound({ group: '', resource: 'namespaces' }, wanted)
  return found.metadata.labels ?? {}
}
