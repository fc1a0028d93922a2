import { repeats } from '../validation/repeats.js'
import { parseApiVersion } from '../api-version.js'
import type { CelProgram } from '../cel/compile.js'
import { fullTypeText } from '../../lang/cel/check/types.js'
import { ageColumn, borrow, column, defineKind, nameColumn, specChanged, statusOf } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { duplicate, forbidden, invalid, notSupported, required, tooMany } from '../field-error.js'
import type { FieldError } from '../field-error.js'
import { formatGoSelector } from '../selectors/labels.js'
import { validateConditions } from '../meta/conditions.js'
import { validateLabelSelector } from '../meta/label-validation.js'
import {
  dns1035LabelFaults,
  dnsSubdomainFaults,
  pathSegmentFaults,
  qualifiedNameFaults,
} from '../validation/names.js'
import { compileIn, VariableTypes } from './expressions.js'
import type { ExpressionScope } from './expressions.js'
import type {
  MatchResources,
  ParamKind,
  ParamRef,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingAdmissionPolicySpec,
  Validation,
  Variable,
} from './generated.js'
import { validateExpression, validateMatchConditions } from './match-conditions.js'
import { validateMatchResources } from './rules-validation.js'

/** The documentation has Unauthorized, too, which the validation refuses. */
const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge']
const MOST_AUDIT_ANNOTATIONS = 20

function setMatchDefaults(resources: Draft<MatchResources> | undefined): void {
  if (resources === undefined || Object.isFrozen(resources)) return
  resources.matchPolicy ??= 'Equivalent'
  resources.namespaceSelector ??= {}
  resources.objectSelector ??= {}
  for (const rule of [...(resources.resourceRules ?? []), ...(resources.excludeResourceRules ?? [])])
    rule.scope ??= '*'
}

/** Source: validateValidatingAdmissionPolicySpec. */
function validatePolicy(policy: ValidatingAdmissionPolicy): readonly FieldError[] {
  const { spec } = policy
  const errors: FieldError[] = []
  const {
    failurePolicy,
    paramKind,
    matchConstraints,
    matchConditions = [],
    validations = [],
    auditAnnotations = [],
  } = spec
  if (failurePolicy !== undefined && !['Fail', 'Ignore'].includes(failurePolicy)) {
    errors.push(notSupported('spec.failurePolicy', failurePolicy, ['Fail', 'Ignore']))
  }
  if (paramKind !== undefined) errors.push(...validateParamKind(paramKind, 'spec.paramKind'))
  if (matchConstraints === undefined) errors.push(required('spec.matchConstraints'))
  else {
    errors.push(...validateMatchResources(matchConstraints, 'spec.matchConstraints'))
    if ((matchConstraints.resourceRules ?? []).length === 0)
      errors.push(required('spec.matchConstraints.resourceRules'))
  }
  const params = paramKind !== undefined
  errors.push(...validateMatchConditions(matchConditions, { params }, 'spec.matchConditions'))
  const { scope, faults } = variablesOf(spec)
  errors.push(...faults)
  if (validations.length === 0 && auditAnnotations.length === 0) {
    const text = 'validations or auditAnnotations must contain at least one item'
    return [...errors, required('spec.validations', text), required('spec.auditAnnotations', text)]
  }
  validations.forEach((validation, at) =>
    errors.push(...validateValidation(validation, scope, `spec.validations[${at}]`)),
  )
  return [...errors, ...validateAudit(policy, scope)]
}

/** Returns the scope of a policy's validations: its variables, each of which sees those before it. */
export function variablesOf({
  variables = [],
  paramKind,
}: Pick<ValidatingAdmissionPolicySpec, 'variables' | 'paramKind'>): {
  readonly scope: ExpressionScope
  readonly faults: readonly FieldError[]
} {
  const types = new VariableTypes()
  const params = paramKind !== undefined
  const faults: FieldError[] = []
  variables.forEach((variable, at) => {
    faults.push(...validateVariable(variable, { params, variables: types }, `spec.variables[${at}]`))
    if (variable.name.trim() === '' || variable.expression.trim() === '') return
    const { program } = compileIn(variable.expression, { params, variables: types })
    types.add(variable.name, program?.type ?? { kind: 'dyn' })
  })
  const scope = variables.length === 0 ? { params } : { params, variables: types }
  return { scope, faults }
}

function validateVariable(
  { name, expression }: Variable,
  scope: ExpressionScope,
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = []
  if (name.trim() === '') errors.push(required(`${path}.name`, 'name is not specified'))
  else if (!/^[A-Za-z_]\w*$/.test(name))
    errors.push(invalid(`${path}.name`, name, 'name is not a valid CEL identifier'))
  if (expression.trim() === '') errors.push(required(`${path}.expression`, 'expression is not specified'))
  else errors.push(...validateExpression(expression, scope, undefined, `${path}.expression`))
  return errors
}

function validateValidation(
  validation: Validation,
  scope: ExpressionScope,
  path: string,
): readonly FieldError[] {
  const { expression, message = '', messageExpression = '', reason } = validation
  const errors: FieldError[] = []
  if (expression.trim() === '') errors.push(required(`${path}.expression`, 'expression is not specified'))
  else errors.push(...validateExpression(expression, scope, 'bool', `${path}.expression`))
  if (messageExpression !== '' && messageExpression.trim() === '') {
    errors.push(invalid(`${path}.messageExpression`, messageExpression, 'must be non-empty if specified'))
  } else if (messageExpression !== '')
    errors.push(...validateExpression(messageExpression, scope, 'string', `${path}.messageExpression`))
  if (message !== '' && message.trim() === '')
    errors.push(invalid(`${path}.message`, message, 'message must be non-empty if specified'))
  else if (/[\r\n]/.test(message.trim()))
    errors.push(invalid(`${path}.message`, message, 'message must not contain line breaks'))
  else if (/[\r\n]/.test(expression.trim()) && message.trim() === '') {
    errors.push(required(`${path}.message`, 'message must be specified if expression contains line breaks'))
  }
  if (reason !== undefined && !REASONS.includes(reason))
    errors.push(notSupported(`${path}.reason`, reason, REASONS))
  return errors
}

function validateAudit(
  { metadata, spec: { auditAnnotations = [] } }: ValidatingAdmissionPolicy,
  scope: ExpressionScope,
): readonly FieldError[] {
  const errors: FieldError[] = []
  const path = 'spec.auditAnnotations'
  if (auditAnnotations.length > MOST_AUDIT_ANNOTATIONS) {
    const text = `must not have more than ${MOST_AUDIT_ANNOTATIONS} auditAnnotations`
    errors.push({
      ...tooMany(path, auditAnnotations.length, MOST_AUDIT_ANNOTATIONS),
      type: 'FieldValueInvalid',
      body: `Invalid value: ${text}`,
    })
  }
  const repeated = repeats(auditAnnotations, ({ key }) => key)
  auditAnnotations.forEach(({ key, valueExpression }, index) => {
    const at = `${path}[${index}]`
    const full = `${metadata.name ?? ''}/${key}`
    if ((metadata.name ?? '') === '')
      errors.push(invalid(`${at}.key`, key, 'requires metadata.name be non-empty'))
    else for (const fault of qualifiedNameFaults(full)) errors.push(invalid(`${at}.key`, full, fault))
    if (valueExpression.trim() === '')
      errors.push(required(`${at}.valueExpression`, 'valueExpression is not specified'))
    else {
      const { program, error } = compileIn(valueExpression, scope)
      const kind = program?.type.kind
      if (error !== undefined)
        errors.push(invalid(`${at}.valueExpression`, valueExpression, `compilation failed: ${error}`))
      else if (kind !== 'string' && kind !== 'null' && kind !== 'dyn') {
        const found = fullTypeText((program as CelProgram).type)
        const text = `must evaluate to one of [string null_type] but got ${found}`
        errors.push(invalid(`${at}.valueExpression`, valueExpression, text))
      }
    }
    if (repeated.has(index)) errors.push(duplicate(`${at}.key`, key))
  })
  return errors
}

/** Source: validateValidatingAdmissionPolicyStatus. */
function validatePolicyStatus({ status }: ValidatingAdmissionPolicy): readonly FieldError[] {
  const warnings = status?.typeChecking?.expressionWarnings ?? []
  return [
    ...warnings.flatMap(({ warning, fieldRef }, at) => [
      ...(warning === '' ? [required(`status.typeChecking.expressionWarnings[${at}].warning`)] : []),
      ...(fieldRef === '' ? [required(`status.typeChecking.expressionWarnings[${at}].fieldRef`)] : []),
    ]),
    ...validateConditions(status?.conditions ?? [], 'status.conditions'),
  ]
}

function validateParamKind({ apiVersion = '', kind = '' }: ParamKind, path: string): readonly FieldError[] {
  const errors: FieldError[] = []
  if (apiVersion === '') errors.push(required(`${path}.apiVersion`))
  else if (apiVersion.split('/').length > 2) {
    errors.push(invalid(`${path}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`))
  } else {
    const { group, version } = parseApiVersion(apiVersion)
    for (const fault of group === '' ? [] : dnsSubdomainFaults(group))
      errors.push(invalid(`${path}.apiVersion`, group, fault))
    for (const fault of dns1035LabelFaults(version))
      errors.push(invalid(`${path}.apiVersion`, version, fault))
  }
  if (kind === '') errors.push(required(`${path}.kind`))
  else {
    const faults = dns1035LabelFaults(kind.toLowerCase())
    if (faults.length > 0) {
      errors.push(
        invalid(`${path}.kind`, kind, `may have mixed case, but should otherwise match: ${faults.join(',')}`),
      )
    }
  }
  return errors
}

/** Source: validateValidatingAdmissionPolicyBindingSpec. */
function validateBinding({ spec }: ValidatingAdmissionPolicyBinding): readonly FieldError[] {
  const { policyName = '', paramRef, matchResources, validationActions = [] } = spec
  const errors: FieldError[] =
    policyName === ''
      ? [required('spec.policyName')]
      : dnsSubdomainFaults(policyName).map((fault) => invalid('spec.policyName', policyName, fault))
  if (paramRef !== undefined) errors.push(...validateParamRef(paramRef, 'spec.paramRef'))
  errors.push(...validateMatchResources(matchResources, 'spec.matchResources'))
  const path = 'spec.validationActions'
  const repeated = repeats(validationActions)
  validationActions.forEach((action, at) => {
    if (!['Audit', 'Deny', 'Warn'].includes(action))
      errors.push(notSupported(`${path}[${at}]`, action, ['Audit', 'Deny', 'Warn']))
    if (repeated.has(at)) errors.push(duplicate(`${path}[${at}]`, action))
  })
  if (validationActions.includes('Deny') && validationActions.includes('Warn')) {
    const why =
      'repeating the same validation failure information in the API response and headers serves no purpose'
    errors.push(invalid(path, validationActions, `must not contain both Deny and Warn (${why})`))
  }
  if (validationActions.length === 0)
    errors.push(required(path, 'at least one validation action is required'))
  return errors
}

function validateParamRef(
  { name = '', selector, parameterNotFoundAction = '' }: ParamRef,
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = []
  const exclusive = 'name and selector are mutually exclusive'
  if (name !== '') {
    for (const fault of pathSegmentFaults(name)) errors.push(invalid(`${path}.name`, name, fault))
    if (selector !== undefined) errors.push(forbidden(`${path}.name`, exclusive))
  }
  if (selector !== undefined) {
    errors.push(...validateLabelSelector(selector, `${path}.selector`))
    if (name !== '') errors.push(forbidden(`${path}.selector`, exclusive))
  }
  if (name === '' && selector === undefined)
    errors.push(required(path, 'one of name or selector must be specified'))
  const action = `${path}.parameterNotFoundAction`
  if (parameterNotFoundAction === '') errors.push(required(action))
  else if (!['Deny', 'Allow'].includes(parameterNotFoundAction))
    errors.push(notSupported(action, parameterNotFoundAction, ['Deny', 'Allow']))
  return errors
}

const group = 'admissionregistration.k8s.io'
const shared = { group, version: 'v1', categories: ['api-extensions'], namespaced: false } as const

/** admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy. */
export const validatingAdmissionPolicyDefinition: KindDefinition<ValidatingAdmissionPolicy> =
  defineKind<ValidatingAdmissionPolicy>({
    ...shared,
    kind: 'ValidatingAdmissionPolicy',
    resource: 'validatingadmissionpolicies',
    storagePrefix: '/registry/validatingadmissionpolicies',
    subresources: [statusOf(group, 'v1', 'ValidatingAdmissionPolicy')],
    setDefaults: ({ spec }) => {
      if (Object.isFrozen(spec)) return
      spec.failurePolicy ??= 'Fail'
      setMatchDefaults(spec.matchConstraints)
    },
    validate: validatePolicy,
    strategy: {
      metaOnUpdate: [1, 0],
      allowUnconditionalUpdate: false,
      resetFields: { status: [['metadata'], ['spec']] },
      prepareForCreate: (policy) => {
        policy.status = {}
      },
      prepareForUpdate: (policy, old) => {
        policy.status = borrow(old.status)
      },
      prepareForStatusUpdate: (policy, old) => {
        policy.spec = borrow(old.spec)
      },
      validateStatusUpdate: validatePolicyStatus,
      generationChanged: specChanged,
    },
    columns: [
      nameColumn(),
      column('Validations', ({ spec }) => spec.validations?.length ?? 0, 'integer'),
      column('ParamKind', ({ spec: { paramKind } }) =>
        paramKind === undefined ? '<unset>' : `${paramKind.apiVersion ?? ''}/${paramKind.kind ?? ''}`,
      ),
      ageColumn(),
    ],
  })

/** admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding. */
export const validatingAdmissionPolicyBindingDefinition: KindDefinition<ValidatingAdmissionPolicyBinding> =
  defineKind<ValidatingAdmissionPolicyBinding>({
    ...shared,
    kind: 'ValidatingAdmissionPolicyBinding',
    resource: 'validatingadmissionpolicybindings',
    storagePrefix: '/registry/validatingadmissionpolicybindings',
    setDefaults: ({ spec }) => {
      if (Object.isFrozen(spec)) return
      setMatchDefaults(spec.matchResources)
    },
    validate: validateBinding,
    strategy: { metaOnUpdate: [1, 0], allowUnconditionalUpdate: false, generationChanged: specChanged },
    columns: [
      nameColumn(),
      column('PolicyName', ({ spec }) => spec.policyName ?? ''),
      column('ParamRef', ({ spec: { paramRef } }) => paramRefText(paramRef)),
      ageColumn(),
    ],
  })

function paramRefText(paramRef: ParamRef | undefined): string {
  if (paramRef === undefined) return '<unset>'
  const { name = '', namespace = '', selector } = paramRef
  if (name !== '') return namespace === '' ? `*/${name}` : `${namespace}/${name}`
  return selector === undefined ? '<unset>' : formatGoSelector(selector)
}
