import type {
  LocalSubjectAccessReview,
  SelfSubjectAccessReview,
  SubjectAccessReview,
  SubjectAccessReviewSpec,
  FieldSelectorAttributes,
  LabelSelectorAttributes,
  NonResourceAttributes,
  ResourceAttributes,
} from '../../api/authorization/generated.js'
import type { KubeObject } from '../../api/definition.js'
import { type FieldError, invalid as invalidField, forbidden, required } from '../../api/field-error.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import type { UserInfo } from '../../client/client.js'
import { badRequest, invalid } from '../errors.js'
import type { RegistryRequest, RegistryContext } from '../registry/context.js'
import { decodeReview } from './reviews.js'
import { qualifiedNameFaults } from '../../api/names.js'
import type { AccessAttributes } from '../authorization/authorizer.js'

/** Validation errors of these kinds name the group only. */
const OF = { group: 'authorization.k8s.io', kind: '' }

/**
 * POST subjectaccessreviews: may this user do that? Source:
 * pkg/registry/authorization/subjectaccessreview/rest.go.
 */
export function reviewSubjectAccess(context: RegistryContext, call: RegistryRequest): KubeObject {
  const review = decodeReview<SubjectAccessReview>(context, call) as SubjectAccessReview
  check([
    ...validateAsked(review.spec),
    ...validateSubject(review.spec),
    ...validateSelectors(review.spec.resourceAttributes),
  ])
  return answer(context, review, subjectOf(review.spec))
}

/** POST namespaces/NS/localsubjectaccessreviews: the same within one namespace. */
export function reviewLocalAccess(context: RegistryContext, call: RegistryRequest): KubeObject {
  const review = decodeReview<LocalSubjectAccessReview>(context, call) as LocalSubjectAccessReview
  const { spec, metadata } = review
  const errors: FieldError[] = [
    ...validateAsked(spec),
    ...validateSubject(spec),
    ...validateSelectors(spec.resourceAttributes),
  ]
  const { namespace = '' } = metadata
  const others = Object.keys(metadata).filter((field) => field !== 'namespace' && field !== 'managedFields')
  if (others.length > 0) errors.push(invalidField('metadata', metadata, 'must be empty except for namespace'))
  if (spec.resourceAttributes !== undefined && (spec.resourceAttributes.namespace ?? '') !== namespace) {
    errors.push(
      invalidField(
        'spec.resourceAttributes.namespace',
        spec.resourceAttributes.namespace ?? '',
        'must match metadata.namespace',
      ),
    )
  }
  if (spec.nonResourceAttributes !== undefined) {
    const { path = '', verb = '' } = spec.nonResourceAttributes
    errors.push(
      invalidField(
        'spec.nonResourceAttributes',
        { Path: path, Verb: verb },
        'disallowed on this kind of request',
      ),
    )
  }
  check(errors)
  if (namespace !== call.namespace) {
    throw badRequest(`spec.resourceAttributes.namespace must match namespace: ${call.namespace ?? ''}`)
  }
  return answer(context, review, subjectOf(spec))
}

/** POST selfsubjectaccessreviews: may I do that? */
export function reviewOwnAccess(context: RegistryContext, call: RegistryRequest): KubeObject {
  const review = decodeReview<SelfSubjectAccessReview>(context, call) as SelfSubjectAccessReview
  check([...validateAsked(review.spec), ...validateSelectors(review.spec.resourceAttributes)])
  return answer(context, review, call.user)
}

function check(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid(OF, '', errors)
}

function validateSubject({ user = '', groups = [] }: SubjectAccessReviewSpec): readonly FieldError[] {
  return user === '' && groups.length === 0
    ? [invalidField('spec.user', user, 'at least one of user or group must be specified')]
    : []
}

function subjectOf({ user = '', groups, uid, extra }: SubjectAccessReviewSpec): UserInfo {
  return {
    name: user,
    ...(groups === undefined ? {} : { groups }),
    ...(uid === undefined ? {} : { uid }),
    ...(extra === undefined ? {} : { extra }),
  }
}

type Review = LocalSubjectAccessReview | SelfSubjectAccessReview | SubjectAccessReview

function answer({ dependencies: ports }: RegistryContext, review: Review, user: UserInfo): KubeObject {
  const {
    allowed,
    denied,
    reason = '',
    error,
  } = ports.authorizer.authorize(user, attributesAsked(review.spec))
  const status = {
    allowed,
    ...(denied === true ? { denied } : {}),
    ...(reason === '' ? {} : { reason }),
    ...(error === undefined ? {} : { evaluationError: error }),
  }
  return deepFreeze({ ...review, status })
}

/** The attributes of an access review and their faults. Source: pkg/apis/authorization/validation. */

type Asked = Pick<SubjectAccessReviewSpec, 'resourceAttributes' | 'nonResourceAttributes'>
interface Requirement {
  readonly key: string
  readonly operator: string
  readonly values?: readonly string[]
}

/** Returns the faults of the attributes: exactly one kind must be given, with valid selectors. */
function validateAsked({ resourceAttributes, nonResourceAttributes }: Asked): readonly FieldError[] {
  return [...oneOf(resourceAttributes, nonResourceAttributes)]
}

/** Returns the faults of the selectors in resource attributes. */
function validateSelectors(attributes: ResourceAttributes | undefined): readonly FieldError[] {
  if (attributes === undefined) return []
  const { fieldSelector, labelSelector } = attributes
  const path = 'spec.resourceAttributes'
  return [
    ...(fieldSelector === undefined ? [] : selectorFaults(fieldSelector, `${path}.fieldSelector`, 'field')),
    ...(labelSelector === undefined ? [] : selectorFaults(labelSelector, `${path}.labelSelector`, 'label')),
  ]
}

function oneOf(
  resource: ResourceAttributes | undefined,
  path: NonResourceAttributes | undefined,
): readonly FieldError[] {
  if (resource !== undefined && path !== undefined) {
    const value = { Path: path.path ?? '', Verb: path.verb ?? '' }
    return [
      invalidField(
        'spec.nonResourceAttributes',
        value,
        'cannot be specified in combination with resourceAttributes',
      ),
    ]
  }
  if (resource !== undefined || path !== undefined) return []
  return [
    invalidField(
      'spec.resourceAttributes',
      null,
      'exactly one of nonResourceAttributes or resourceAttributes must be specified',
    ),
  ]
}

function selectorFaults(
  { rawSelector = '', requirements = [] }: FieldSelectorAttributes | LabelSelectorAttributes,
  path: string,
  kind: 'field' | 'label',
): readonly FieldError[] {
  if (rawSelector !== '') {
    return requirements.length === 0
      ? []
      : [
          invalidField(
            `${path}.rawSelector`,
            rawSelector,
            'may not specified at the same time as requirements',
          ),
        ]
  }
  if (requirements.length === 0) {
    return [
      required(`${path}.requirements`, `when ${path} is specified, requirements or rawSelector is required`),
    ]
  }
  return requirements.flatMap((each, at) =>
    requirementFaults(each as Requirement, `${path}.requirements[${at}]`, kind),
  )
}

function requirementFaults(
  { key, operator, values = [] }: Requirement,
  path: string,
  kind: 'field' | 'label',
): readonly FieldError[] {
  const errors: FieldError[] = []
  if (kind === 'field') {
    if (key === '') errors.push(required(`${path}.key`, 'must be specified'))
  }
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0)
        errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
      break
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0)
        errors.push(
          forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
        )
      break
    default:
      if (kind === 'label')
        errors.push(invalidField(`${path}.operator`, operator, 'not a valid selector operator'))
  }
  if (kind === 'label')
    errors.push(...qualifiedNameFaults(key).map((why) => invalidField(`${path}.key`, key, why)))
  return errors
}

/** Returns the attributes for the authorizer. */
function attributesAsked({ resourceAttributes, nonResourceAttributes }: Asked): AccessAttributes {
  if (resourceAttributes === undefined) {
    const { path = '', verb = '' } = nonResourceAttributes ?? {}
    return { path, verb }
  }
  const {
    verb = '',
    group = '',
    version = '',
    resource = '',
    subresource = '',
    namespace = '',
    name = '',
    fieldSelector,
  } = resourceAttributes
  const selector = fieldSelector === undefined ? '' : fieldText(fieldSelector)
  return {
    verb,
    group,
    version,
    resource,
    ...(subresource === '' ? {} : { subresource }),
    ...(namespace === '' ? {} : { namespace }),
    ...(name === '' ? {} : { name }),
    ...(selector === '' ? {} : { fieldSelector: selector }),
  }
}

/**
 * Returns the requirements that authorizers understand: those on one value. The others are left out, which
 * only makes the question broader.
 */
function fieldText({ rawSelector = '', requirements = [] }: FieldSelectorAttributes): string {
  if (rawSelector !== '') return rawSelector
  return requirements
    .filter(({ operator, values = [] }) => operator === 'In' && values.length === 1)
    .map(({ key, values = [] }) => `${key}=${(values[0] ?? '').replace(/[\\,=]/g, '\\$&')}`)
    .join(',')
}
