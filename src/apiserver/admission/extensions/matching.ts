import type {
  NamedRuleWithOperations,
  RuleWithOperations,
} from '../../../api/admissionregistration/generated.js'
import type { KindDefinition, KubeObject } from '../../../api/kind/definition.js'
import { compileSelector, type LabelMatcher, type Labels } from '../../../api/selectors/labels.js'
import type { LabelSelector } from '../../../api/meta/generated.js'
import { notFound } from '../../errors.js'
import type { AdmissionAttributes, AdmissionContext } from '../plugin.js'

/** The criteria by which both policies and webhooks match requests. */
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
 * Configurations of admission itself are exempt, so that they can always be repaired. Source: apiserver
 * pkg/admission/plugin/webhook/predicates/rules.
 */
export function isExempt({ definition: { group, resource } }: AdmissionAttributes): boolean {
  return group === 'admissionregistration.k8s.io' && CONFIGURATIONS.has(resource)
}

/**
 * Returns the version of the kind by which a request matches: its own, or with the policy Equivalent another
 * served version, from `versions`. Returns undefined if it does not match. Throws 404 if the namespace does
 * not exist.
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

/** Returns all served versions of a kind. */
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
  // the options of a connection have no metadata, so that no selector matches them
  const matches = matcher(objectSelector as LabelSelector)
  return [attributes.object, attributes.old].some(
    (object?: Partial<KubeObject>) => object?.metadata !== undefined && matches(object.metadata.labels),
  )
}

/**
 * Returns the labels of the request's namespace, or undefined for cluster-scoped objects, which every
 * namespace selector matches.
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
