import type {
  LocalSubjectAccessReview,
  SelfSubjectAccessReview,
  SubjectAccessReview,
  SubjectAccessReviewSpec,
} from '../../api/authorization/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { validateAsked, validateMetadata, validateSubject } from '../../api/authorization/validation.js'
import { type FieldError, invalid as invalidField } from '../../api/field-error.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import type { UserInfo } from '../../client/client.js'
import { badRequest, invalid } from '../errors.js'
import type { RegistryRequest, RegistryContext } from '../registry/context.js'
import { decodeReview } from './reviews.js'
import { attributesAsked, ignoredSelectors } from './asked-attributes.js'

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
    ...validateMetadata(review.metadata, [], 'must be empty'),
  ])
  return reviewed(context, review, subjectOf(review.spec))
}

/** POST namespaces/NS/localsubjectaccessreviews: the same within one namespace. */
export function reviewLocalAccess(context: RegistryContext, call: RegistryRequest): KubeObject {
  const review = decodeReview<LocalSubjectAccessReview>(context, call) as LocalSubjectAccessReview
  const { spec, metadata } = review
  const errors: FieldError[] = [...validateAsked(spec), ...validateSubject(spec)]
  const { namespace = '' } = metadata
  errors.push(...validateMetadata(metadata, ['namespace'], 'must be empty except for namespace'))
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
  return reviewed(context, review, subjectOf(spec))
}

/** POST selfsubjectaccessreviews: may I do that? */
export function reviewOwnAccess(context: RegistryContext, call: RegistryRequest): KubeObject {
  const review = decodeReview<SelfSubjectAccessReview>(context, call) as SelfSubjectAccessReview
  check([...validateAsked(review.spec), ...validateMetadata(review.metadata, [], 'must be empty')])
  return reviewed(context, review, call.user)
}

function check(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid(OF, '', errors)
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

function reviewed({ dependencies: ports }: RegistryContext, review: Review, user: UserInfo): KubeObject {
  const {
    allowed,
    denied,
    reason = '',
    error,
  } = ports.authorizer.authorize(user, attributesAsked(review.spec))
  const errors = [...(error === undefined ? [] : [error]), ...ignoredSelectors(review.spec)]
  const status = {
    allowed,
    ...(denied === true ? { denied } : {}),
    ...(reason === '' ? {} : { reason }),
    ...(errors.length === 0 ? {} : { evaluationError: errors.join('; ') }),
  }
  return deepFreeze({ ...review, status })
}
