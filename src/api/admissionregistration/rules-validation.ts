import { repeats } from '../validation/repeats.js'
import { duplicate, invalid, notSupported, required } from '../field-error.js'
import type { FieldError } from '../field-error.js'
import { validateLabelSelector } from '../meta/label-validation.js'
import { pathSegmentFaults } from '../validation/names.js'
import type { MatchResources, NamedRuleWithOperations, RuleWithOperations } from './generated.js'

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const SCOPES = ['*', 'Cluster', 'Namespaced']

/** Source: pkg/apis/admissionregistration/validation validateRuleWithOperations. */
export function validateRule(rule: RuleWithOperations, path: string): readonly FieldError[] {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule
  const errors: FieldError[] = []
  listed(operations, `${path}.operations`, 'operations', errors)
  operations.forEach((operation, at) => {
    if (!OPERATIONS.includes(operation))
      errors.push(notSupported(`${path}.operations[${at}]`, operation, OPERATIONS))
  })
  listed(apiGroups, `${path}.apiGroups`, 'API groups', errors)
  listed(apiVersions, `${path}.apiVersions`, 'API versions', errors)
  apiVersions.forEach((version, at) => {
    if (version === '') errors.push(required(`${path}.apiVersions[${at}]`))
  })
  errors.push(...validateResources(resources, `${path}.resources`))
  if (scope !== undefined && !SCOPES.includes(scope))
    errors.push(notSupported(`${path}.scope`, scope, SCOPES))
  return errors
}

function listed(list: readonly string[], path: string, what: string, errors: FieldError[]): void {
  if (list.length === 0) errors.push(required(path))
  if (list.length > 1 && list.includes('*'))
    errors.push(invalid(path, list, `if '*' is present, must not specify other ${what}`))
}

/** Source: validateResources. */
function validateResources(resources: readonly string[], path: string): readonly FieldError[] {
  if (resources.length === 0) return [required(path)]
  const errors: FieldError[] = []
  const wildSubresources = new Set<string>()
  const wildResources = new Set<string>()
  const plain = new Set<string>()
  resources.forEach((text, at) => {
    if (text === '') {
      errors.push(required(`${path}[${at}]`))
      return
    }
    const slash = text.indexOf('/')
    if (slash < 0) {
      plain.add(text)
      return
    }
    const [resource, subresource] = [text.slice(0, slash), text.slice(slash + 1)]
    if (wildSubresources.has(resource))
      errors.push(invalid(`${path}[${at}]`, text, `if '${resource}/*' is present, must not specify ${text}`))
    if (wildResources.has(subresource))
      errors.push(
        invalid(`${path}[${at}]`, text, `if '*/${subresource}' is present, must not specify ${text}`),
      )
    if (subresource === '*') wildSubresources.add(resource)
    if (resource === '*') wildResources.add(subresource)
  })
  if (resources.length > 1 && resources.includes('*/*')) {
    errors.push(invalid(path, resources, "if '*/*' is present, must not specify other resources"))
  }
  if (plain.has('*') && plain.size > 1) {
    errors.push(
      invalid(path, resources, "if '*' is present, must not specify other resources without subresources"),
    )
  }
  return errors
}

function validateNamedRule(rule: NamedRuleWithOperations, path: string): readonly FieldError[] {
  const errors: FieldError[] = []
  const names = rule.resourceNames ?? []
  const repeated = repeats(names)
  names.forEach((name, at) => {
    for (const fault of pathSegmentFaults(name))
      errors.push(invalid(`${path}.resourceNames[${at}]`, name, fault))
    if (repeated.has(at)) errors.push(duplicate(`${path}.resourceNames[${at}]`, name))
  })
  return [...errors, ...validateRule(rule, path)]
}

/** Source: validateMatchResources. */
export function validateMatchResources(
  resources: MatchResources | undefined,
  path: string,
): readonly FieldError[] {
  if (resources === undefined) return []
  const {
    matchPolicy,
    namespaceSelector,
    objectSelector,
    resourceRules = [],
    excludeResourceRules = [],
  } = resources
  const errors: FieldError[] = []
  if (matchPolicy === undefined) errors.push(required(`${path}.matchPolicy`))
  else if (!['Equivalent', 'Exact'].includes(matchPolicy)) {
    errors.push(notSupported(`${path}.matchPolicy`, matchPolicy, ['Equivalent', 'Exact']))
  }
  errors.push(
    ...(namespaceSelector === undefined
      ? [required(`${path}.namespaceSelector`)]
      : validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`)),
    ...(objectSelector === undefined
      ? [required(`${path}.objectSelector`)]
      : validateLabelSelector(objectSelector, `${path}.objectSelector`)),
  )
  resourceRules.forEach((rule, at) => errors.push(...validateNamedRule(rule, `${path}.resourceRules[${at}]`)))
  excludeResourceRules.forEach((rule, at) =>
    errors.push(...validateNamedRule(rule, `${path}.excludeResourceRules[${at}]`)),
  )
  return errors
}
