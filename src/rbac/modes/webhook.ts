/** Source: apiserver plugin/pkg/authorizer/webhook/webhook.go, v1 SubjectAccessReviews. */
import { InputError } from '../../api/input-error.js'
import { refuseUnknown } from '../../api/known-keys.js'
import { AsyncError, synchronous } from '../../lang/synchronous.js'
import type {
  SubjectAccessReview,
  SubjectAccessReviewSpec,
  SubjectAccessReviewStatus,
} from '../../api/authorization/generated.js'
import { type AuthorizationWebhookRule, reviewByRules } from './webhook-rules.js'
import type { UserInfo } from '../../client/client.js'
import type {
  AccessAttributes,
  Authorization,
  Authorizer,
  HeldRules,
  RuleResolver,
} from '../../apiserver/authorization/authorizer.js'

/**
 * Stands in for the webhook's server: returns the status of a SubjectAccessReview. It runs in the middle of a
 * request, so it must be synchronous and deterministic; an exception counts as a failed call.
 */
export type AuthorizationWebhook = (review: Omit<SubjectAccessReview, 'status'>) => SubjectAccessReviewStatus

/** Options of a webhook authorizer. */
export interface WebhookAuthorizerOptions {
  /** A function, or rules of which the first that matches decides. */
  readonly review: AuthorizationWebhook | readonly AuthorizationWebhookRule[]
  /**
   * The effect of a failed call: the next authorizer is consulted, or the request is denied. Default
   * `NoOpinion`.
   */
  readonly failurePolicy?: 'NoOpinion' | 'Deny'
}

const STATUS = ['allowed', 'denied', 'reason', 'evaluationError']
const ALLOWED: Authorization = { allowed: true }
/** What a webhook tells of rules: that it cannot list them. */
export const NO_RULES: HeldRules = {
  resourceRules: [],
  nonResourceRules: [],
  incomplete: true,
  error: 'webhook authorizer does not support user rule resolution',
}

/**
 * The authorizer of `--authorization-mode=Webhook`. Responses are not cached, since calling a function takes
 * no virtual time.
 */
export class WebhookAuthorizer implements Authorizer, RuleResolver {
  readonly #review: AuthorizationWebhook
  readonly #failurePolicy: 'NoOpinion' | 'Deny'

  constructor({ review, failurePolicy = 'NoOpinion' }: WebhookAuthorizerOptions) {
    this.#review = typeof review === 'function' ? review : reviewByRules(review)
    this.#failurePolicy = failurePolicy
  }

  authorize(user: UserInfo, attributes: AccessAttributes): Authorization {
    try {
      const status = synchronous(
        this.#review(reviewOf(user, attributes)),
        'the authorization webhook: review',
      )
      refuseUnknown('what the authorization webhook returns', status, STATUS)
      return verdictOf(status)
    } catch (error) {
      if (error instanceof AsyncError || error instanceof InputError) throw error
      const text = error instanceof Error ? error.message : String(error)
      return { allowed: false, error: text, ...(this.#failurePolicy === 'Deny' ? { denied: true } : {}) }
    }
  }

  rulesFor(): HeldRules {
    return NO_RULES
  }
}

/** Returns the verdict of a response. Throws for one that allows and denies. */
export function verdictOf({
  allowed,
  denied = false,
  reason = '',
}: SubjectAccessReviewStatus): Authorization {
  if (allowed && denied)
    throw new Error('webhook subject access review returned both allow and deny response')
  const told = reason === '' ? {} : { reason }
  if (allowed) return reason === '' ? ALLOWED : { allowed: true, ...told }
  return { allowed: false, ...(denied ? { denied: true } : {}), ...told }
}

/** Returns the question whether a user may make a request. */
export function reviewOf(
  { name, uid, groups, extra }: UserInfo,
  attributes: AccessAttributes,
): Omit<SubjectAccessReview, 'status'> {
  const spec = {
    ...askedOf(attributes),
    user: name,
    ...(groups === undefined ? {} : { groups }),
    ...(uid === undefined ? {} : { uid }),
    ...(extra === undefined ? {} : { extra }),
  }
  return {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    metadata: {},
    spec: spec as SubjectAccessReviewSpec,
  }
}

function askedOf(
  attributes: AccessAttributes,
): Pick<SubjectAccessReviewSpec, 'nonResourceAttributes' | 'resourceAttributes'> {
  if ('path' in attributes) return { nonResourceAttributes: { path: attributes.path, verb: attributes.verb } }
  const { verb, group, version, resource, subresource, namespace, name } = attributes
  return {
    resourceAttributes: {
      verb,
      group,
      resource,
      ...(version === undefined ? {} : { version }),
      ...(subresource === undefined ? {} : { subresource }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
    },
  }
}
