import { repeats } from '../validation/repeats.js'
import { ageColumn, borrow, column, defineKind, nameColumn, specChanged, statusOf } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { duplicate, forbidden, invalid, notSupported, required, type FieldError } from '../field-error.js'
import { semanticEqual } from '../kind/equal.js'
import { internalForm } from '../kind/internal-form.js'
import { mandatorySchema } from './default-objects.js'
import { dnsLabelFaults, dnsSubdomainFaults } from '../validation/names.js'
import type {
  FlowSchema,
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
  Subject,
} from './generated.js'

const group = 'flowcontrol.apiserver.k8s.io'
const maxPrecedence = 10_000
const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch']

/** Texts for an empty list, and for a star that is not the only item. */
const listTexts = {
  verbs: ['verbs must contain at least one value', "if '*' is present, must not specify other verbs"],
  apiGroups: [
    'resource rules must supply at least one api group',
    "if '*' is present, must not specify other api groups",
  ],
  resources: [
    'resource rules must supply at least one resource',
    "if '*' is present, must not specify other resources",
  ],
  nonResourceURLs: [
    'nonResourceURLs must contain at least one value',
    "if '*' is present, must not specify other non-resource URLs",
  ],
} as const

/** Source: pkg/apis/flowcontrol/v1/defaults.go SetDefaults_FlowSchemaSpec. */
function setDefaults({ spec }: Draft<FlowSchema>): void {
  if (Object.isFrozen(spec)) return
  if (spec.matchingPrecedence === 0) spec.matchingPrecedence = 1000
  for (const { resourceRules } of spec.rules ?? []) {
    for (const rule of resourceRules ?? []) if (rule.namespaces?.length === 0) rule.namespaces = null
  }
}

function nonEmpty<T>(list: readonly T[] | null | undefined): readonly T[] | undefined {
  return list === undefined || list === null || list.length === 0 ? undefined : list
}

function validateSubject(subject: Subject, path: string, errors: FieldError[]): void {
  const { kind, user, group: group_, serviceAccount } = subject
  const kinds = [
    ['User', 'user', user],
    ['Group', 'group', group_],
    ['ServiceAccount', 'serviceAccount', serviceAccount],
  ] as const
  const own = kinds.find(([name]) => name === kind)
  if (own === undefined) {
    errors.push(notSupported(`${path}.kind`, kind, ['Group', 'ServiceAccount', 'User']))
    return
  }
  const [name, field, value] = own
  if (value === undefined)
    errors.push(required(`${path}.${field}`, `${field} is required when subject kind is '${name}'`))
  else {
    if (value.name === '') errors.push(required(`${path}.${field}.name`))
    if (kind === 'ServiceAccount') validateAccount(subject, path, errors)
  }
  for (const [other, otherField, otherValue] of kinds) {
    if (other !== kind && otherValue !== undefined) {
      errors.push(
        forbidden(`${path}.${otherField}`, `${otherField} is forbidden when subject kind is not '${other}'`),
      )
    }
  }
}

function validateAccount({ serviceAccount }: Subject, path: string, errors: FieldError[]): void {
  const { name = '', namespace = '' } = serviceAccount ?? {}
  if (name !== '*' && name !== '')
    for (const fault of dnsSubdomainFaults(name))
      errors.push(invalid(`${path}.serviceAccount.name`, name, fault))
  if (namespace === '')
    errors.push(required(`${path}.serviceAccount.namespace`, 'must specify namespace for service account'))
  else
    for (const fault of dnsLabelFaults(namespace))
      errors.push(invalid(`${path}.serviceAccount.namespace`, namespace, fault))
}

/** Validates that a list is not empty, and that a star is its only item. Returns whether it is valid. */
function validateList(
  list: readonly string[] | null | undefined,
  field: keyof typeof listTexts,
  path: string,
  errors: FieldError[],
): boolean {
  const items = nonEmpty(list)
  const [emptyText, starText] = listTexts[field]
  if (items === undefined) errors.push(required(`${path}.${field}`, emptyText))
  else if (items.includes('*') && items.length > 1) errors.push(invalid(`${path}.${field}`, items, starText))
  else return true
  return false
}

function validateVerbs(list: readonly string[] | null | undefined, path: string, errors: FieldError[]): void {
  if (!validateList(list, 'verbs', path, errors)) return
  const items = nonEmpty(list) ?? []
  if (items[0] !== '*' && items.some((verb) => !verbs.includes(verb)))
    errors.push(notSupported(`${path}.verbs`, items, verbs))
}

function validateResourceRule(rule: ResourcePolicyRule, path: string, errors: FieldError[]): void {
  validateVerbs(rule.verbs, path, errors)
  validateList(rule.apiGroups, 'apiGroups', path, errors)
  validateList(rule.resources, 'resources', path, errors)
  const namespaces = nonEmpty(rule.namespaces)
  if (namespaces === undefined && rule.clusterScope !== true) {
    errors.push(
      required(
        `${path}.namespaces`,
        'resource rules that are not cluster scoped must supply at least one namespace',
      ),
    )
  }
  if (namespaces?.includes('*') === true) {
    const text = "if '*' is present, must not specify other namespaces"
    if (namespaces.length > 1) errors.push(invalid(`${path}.namespaces`, namespaces, text))
    return
  }
  namespaces?.forEach((namespace, index) => {
    const start = "each member of this list must be '*' or a DNS-1123 label; "
    for (const fault of dnsLabelFaults(namespace))
      errors.push(invalid(`${path}.namespaces[${index}]`, namespace, start + fault))
  })
}

function validateNonResourceRule(
  { verbs: list, nonResourceURLs: given }: NonResourcePolicyRule,
  path: string,
  errors: FieldError[],
): void {
  validateVerbs(list, path, errors)
  if (!validateList(given, 'nonResourceURLs', path, errors) || given?.includes('*')) return
  nonEmpty(given)?.forEach((url, index) => {
    const fault = pathFault(url)
    if (fault !== undefined) errors.push(invalid(`${path}.nonResourceURLs[${index}]`, url, fault))
  })
}

/** Returns what is wrong with a path. Source: ValidateNonResourceURLPath. */
function pathFault(path: string): string | undefined {
  if (path === '') return 'must not be empty'
  if (path === '/') return undefined
  if (!path.startsWith('/')) return 'must start with slash'
  if (path.includes(' ')) return 'must not contain white-space'
  if (path.includes('//')) return 'must not contain double slash'
  const stars = path.split('*').length - 1
  return stars > 1 || (stars === 1 && !path.endsWith('/*'))
    ? 'wildcard can only do suffix matching'
    : undefined
}

function validateRule(rule: PolicyRulesWithSubjects, path: string, errors: FieldError[]): void {
  const subjects = nonEmpty(rule.subjects)
  if (subjects === undefined)
    errors.push(required(`${path}.subjects`, 'subjects must contain at least one value'))
  subjects?.forEach((subject, index) => validateSubject(subject, `${path}.subjects[${index}]`, errors))
  const resources = nonEmpty(rule.resourceRules) ?? []
  const others = nonEmpty(rule.nonResourceRules) ?? []
  if (resources.length + others.length === 0) {
    errors.push(required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty'))
  }
  resources.forEach((item, index) => validateResourceRule(item, `${path}.resourceRules[${index}]`, errors))
  others.forEach((item, index) => validateNonResourceRule(item, `${path}.nonResourceRules[${index}]`, errors))
}

/**
 * Validates the conditions of a FlowSchema or PriorityLevelConfiguration. Source:
 * pkg/apis/flowcontrol/validation ValidateFlowSchemaStatus.
 */
export function validateConditions({
  status: { conditions = [] },
}: {
  readonly status: { readonly conditions?: readonly { readonly type?: string }[] | null }
}): readonly FieldError[] {
  const types = (conditions ?? []).map(({ type = '' }) => type)
  const repeated = repeats(types)
  return types.flatMap((type, index) => {
    const path = `status.conditions[${index}].type`
    return [...(repeated.has(index) ? [duplicate(path, type)] : []), ...(type === '' ? [required(path)] : [])]
  })
}

/** Source: pkg/apis/flowcontrol/validation ValidateFlowSchema. */
function validate({ metadata, spec, status }: FlowSchema): readonly FieldError[] {
  const errors: FieldError[] = []
  const {
    matchingPrecedence,
    priorityLevelConfiguration: { name },
    distinguisherMethod: method,
  } = spec
  if (matchingPrecedence <= 0)
    errors.push(invalid('spec.matchingPrecedence', matchingPrecedence, 'must be a positive value'))
  if (matchingPrecedence > maxPrecedence) {
    errors.push(
      invalid('spec.matchingPrecedence', matchingPrecedence, `must not be greater than ${maxPrecedence}`),
    )
  }
  if (matchingPrecedence === 1 && metadata.name !== 'exempt') {
    errors.push(
      invalid(
        'spec.matchingPrecedence',
        matchingPrecedence,
        "only the schema named 'exempt' may have matchingPrecedence 1",
      ),
    )
  }
  if (method !== undefined && method.type !== 'ByUser' && method.type !== 'ByNamespace') {
    // upstream shows the whole method, which has no JSON names in its internal form
    errors.push(
      notSupported('spec.distinguisherMethod.type', { Type: method.type }, ['ByNamespace', 'ByUser']),
    )
  }
  if (name === '')
    errors.push(required('spec.priorityLevelConfiguration.name', 'must reference a priority level'))
  else
    for (const fault of dnsSubdomainFaults(name))
      errors.push(invalid('spec.priorityLevelConfiguration.name', name, fault))
  spec.rules?.forEach((rule, index) => validateRule(rule, `spec.rules[${index}]`, errors))
  const { name: own = '' } = metadata
  const fixed = mandatorySchema(own)
  if (fixed !== undefined && !semanticEqual(spec, fixed)) {
    const shown = internalForm('flowcontrol.v1.FlowSchemaSpec', spec)
    errors.push(invalid('spec', shown, `spec of '${own}' must equal the fixed value`))
  }
  return [...errors, ...validateConditions({ status })]
}

/** flowcontrol.apiserver.k8s.io/v1 FlowSchema: classifies requests, but never makes one wait. */
export const flowSchemaDefinition: KindDefinition<FlowSchema> = defineKind<FlowSchema>({
  group,
  version: 'v1',
  kind: 'FlowSchema',
  resource: 'flowschemas',
  namespaced: false,
  storagePrefix: '/registry/flowschemas',
  subresources: [statusOf(group, 'v1', 'FlowSchema')],
  setDefaults,
  validate,
  strategy: {
    metaOnUpdate: [1, 0],
    prepareForCreate: (schema) => {
      schema.status = {}
    },
    prepareForUpdate: (schema, old) => {
      schema.status = borrow(old.status)
    },
    prepareForStatusUpdate: (schema, old) => {
      schema.spec = borrow(old.spec)
      schema.metadata = {
        ...schema.metadata,
        ...(old.metadata.labels === undefined ? {} : { labels: borrow(old.metadata.labels) }),
      }
    },
    validateStatusUpdate: validateConditions,
    generationChanged: specChanged,
  },
  // source: pkg/printers/internalversion/printers.go printFlowSchemaList, pkg/util/apihelpers
  // FlowSchemaSequence
  compareRows: (a, b) =>
    a.spec.matchingPrecedence - b.spec.matchingPrecedence ||
    ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1),
  columns: [
    nameColumn(),
    column('PriorityLevel', ({ spec }) => spec.priorityLevelConfiguration.name),
    column('MatchingPrecedence', ({ spec }) => spec.matchingPrecedence),
    column('DistinguisherMethod', ({ spec }) => spec.distinguisherMethod?.type ?? '<none>'),
    ageColumn(),
    column(
      'MissingPL',
      ({ status }) => status.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
    ),
  ],
})
