import { invalid, mostFieldErrors, required, type FieldError } from '../../field-error.js'
import type { ResourceQuota, ResourceQuotaSpec } from '../generated.js'
import { internalForm } from '../../kind/internal-form.js'
import { isQuotaResource, validateResourceName, validateResourceQuantity } from './resources.js'

type Amounts = Readonly<Record<string, string>>

const pods = new Set(['pods'])
const compute = new Set([
  'pods',
  'cpu',
  'memory',
  'limits.cpu',
  'limits.memory',
  'requests.cpu',
  'requests.memory',
])
const claims = new Set(['persistentvolumeclaims', 'requests.storage'])

/** Resources that a quota with a scope may limit. Source: IsResourceQuotaScopeValidForResource. */
const scopes: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['Terminating', compute],
  ['NotTerminating', compute],
  ['NotBestEffort', compute],
  ['PriorityClass', compute],
  ['CrossNamespacePodAffinity', compute],
  ['BestEffort', pods],
  ['VolumeAttributesClass', claims],
])

/** Scopes that only allow the operators Exists and DoesNotExist. */
const existential = new Set([
  'BestEffort',
  'NotBestEffort',
  'Terminating',
  'NotTerminating',
  'CrossNamespacePodAffinity',
])
const existsText =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, " +
  'ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ' +
  'ResourceQuotaScopeCrossNamespacePodAffinity'

const UNFIT = 'unsupported scope applied to resource'

/** Source: pkg/apis/core/validation ValidateResourceQuota. */
export function validateResourceQuota({ spec, status }: ResourceQuota): readonly FieldError[] {
  const errors: FieldError[] = []
  validateSpec(spec, errors)
  validateStatus(status, errors)
  return errors
}

function validateSpec(spec: ResourceQuotaSpec, errors: FieldError[]): void {
  validateAmounts(spec.hard, 'spec.hard', errors)
  validateScopes(spec, errors)
  validateScopeSelector(spec, errors)
}

function validateStatus({ hard, used }: ResourceQuota['status'], errors: FieldError[]): void {
  validateAmounts(hard, 'status.hard', errors)
  validateAmounts(used, 'status.used', errors)
}

function validateAmounts(amounts: Amounts | undefined, path: string, errors: FieldError[]): void {
  for (const name of Object.keys(amounts ?? {}).sort()) {
    const at = `${path}[${name}]`
    validateResourceName(name, at, errors)
    if (!name.includes('/') && !isQuotaResource(name))
      errors.push(invalid(at, name, 'must be a standard resource for quota'))
    validateResourceQuantity(name, amounts?.[name] ?? '0', at, errors)
  }
}

/** Counts the limited resources that are incompatible with a scope, once for each known scope. */
function misfits(hard: Amounts | undefined): (scope: string) => number {
  const limited = Object.keys(hard ?? {}).filter(isQuotaResource)
  const counts = new Map<string, number>()
  return (scope) => {
    const fitting = scopes.get(scope)
    if (fitting === undefined) return 0
    const count = counts.get(scope) ?? limited.filter((name) => !fitting.has(name)).length
    counts.set(scope, count)
    return count
  }
}

const conflicts = (given: ReadonlySet<string>): number =>
  Number(given.has('BestEffort') && given.has('NotBestEffort')) +
  Number(given.has('Terminating') && given.has('NotTerminating'))

function validateScopes({ scopes: given = [], hard }: ResourceQuotaSpec, errors: FieldError[]): void {
  // one error for all places: each tells the whole list
  const told = new Map<string, FieldError>()
  const fail = (text: string): void => {
    const error = told.get(text) ?? invalid('spec.scopes', given, text)
    told.set(text, error)
    if (errors.length < mostFieldErrors) errors.push(error)
  }
  const misfitsOf = misfits(hard)
  for (const scope of given) {
    if (!scopes.has(scope)) fail('unsupported scope')
    for (let at = misfitsOf(scope); at > 0; at--) fail(UNFIT)
  }
  for (let at = conflicts(new Set(given)); at > 0; at--) fail('conflicting scopes')
}

function validateScopeSelector(
  { scopeSelector, scopes: given, hard }: ResourceQuotaSpec,
  errors: FieldError[],
): void {
  if (scopeSelector === undefined) return
  const expressions = scopeSelector.matchExpressions ?? []
  const path = 'spec.scopeSelector.matchExpressions'
  const misfitsOf = misfits(hard)
  let misfit: FieldError | undefined
  for (const { scopeName, operator, values = [] } of expressions) {
    if (!scopes.has(scopeName)) errors.push(invalid(`${path}.scopeName`, scopeName, 'unsupported scope'))
    for (let at = misfitsOf(scopeName); at > 0 && errors.length < mostFieldErrors; at--) {
      // one error for all places: each tells the whole selector
      misfit ??= invalid(path, internalForm('core.v1.ScopeSelector', scopeSelector), UNFIT)
      errors.push(misfit)
    }
    if (existential.has(scopeName) && operator !== 'Exists')
      errors.push(invalid(`${path}.operator`, operator, existsText))
    validateOperator(operator, values, path, errors)
  }
  const names = new Set(expressions.map(({ scopeName }) => scopeName as string))
  for (let at = conflicts(names); at > 0; at--)
    errors.push(invalid(path, given ?? null, 'conflicting scopes'))
}

function validateOperator(
  operator: string,
  values: readonly string[],
  path: string,
  errors: FieldError[],
): void {
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length > 0) return
    errors.push(
      required(
        `${path}.values`,
        "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
      ),
    )
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length === 0) return
    errors.push(
      invalid(
        `${path}.values`,
        values,
        "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
      ),
    )
  } else {
    errors.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'))
  }
}

/** The scopes must not change. Source: ValidateResourceQuotaUpdate. */
export function validateResourceQuotaUpdate(
  { spec }: ResourceQuota,
  old: ResourceQuota,
): readonly FieldError[] {
  const errors: FieldError[] = []
  validateSpec(spec, errors)
  const sorted = (names: readonly string[] | undefined): string => [...new Set(names)].sort().join()
  if (sorted(spec.scopes) !== sorted(old.spec.scopes)) {
    errors.push(invalid('spec.scopes', spec.scopes ?? null, 'field is immutable'))
  }
  return errors
}

/** Source: ValidateResourceQuotaStatusUpdate. */
export function validateResourceQuotaStatus({ status }: ResourceQuota): readonly FieldError[] {
  const errors: FieldError[] = []
  validateStatus(status, errors)
  return errors
}
