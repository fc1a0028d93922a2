import type {
  LocalSubjectAccessReview,
  SelfSubjectAccessReview,
  SubjectAccessReview,
  SubjectAccessReviewSpec,
} from '../../api/authorization/generated.js'
import type { KubeObject } from '../../api/definition.js'
import type { FieldError } from '../../api/field-error.js'
import { invalid as invalidField } from '../../api/field-error.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import type { UserInfo } from '../../client/client.js'
import { badRequest, invalid } from '../errors.js'
import type { Call, RegistryContext } from '../registry/context.js'
import { attributesAsked, validateAsked, validateSelectors } from './access-attributes.js'
import { decodeReview } from './review-body.js'

/** Errors of these kinds name the group only. */
const OF = { group: 'authorization.k8s.io', kind: '' }

/**
 * POST subjectaccessreviews: may this user do that? Source:
 * pkg/registry/authorization/subjectaccessreview/rest.go.
 */
export function reviewSubjectAccess(context: RegistryContext, call: Call): KubeObject {
  const review = decodeReview<SubjectAccessReview>(context, call) as SubjectAccessReview
  check([
    ...validateAsked(review.spec),
    ...validateSubject(review.spec),
    ...validateSelectors(review.spec.resourceAttributes),
  ])
  return answer(context, review, subjectOf(review.spec))
}

/** POST namespaces/NS/localsubjectaccessreviews: the same for one namespace, by whoever may ask there. */
export function reviewLocalAccess(context: RegistryContext, call: Call): KubeObject {
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
export function reviewOwnAccess(context: RegistryContext, call: Call): KubeObject {
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
