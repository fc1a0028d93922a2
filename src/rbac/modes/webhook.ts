/** Source: apiserver plugin/pkg/authorizer/webhook/webhook.go, v1 SubjectAccessReviews. */
import { InputError } from '../../lang/input-error.js'
import { refuseUnknown } from '../../api/known-keys.js'
import { parseGoDuration } from '../../lang/go/duration.js'
import { quote } from '../../lang/go/quote.js'
import { exactJson } from '../../lang/json/exact-json.js'
import { AsyncError, synchronous } from '../../lang/synchronous.js'
import { AccessConditions } from './access-conditions.js'
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

/** What an authorization webhook responds: the status of a SubjectAccessReview. */
export interface AuthorizationWebhookResponse extends SubjectAccessReviewStatus {
  /** Ms that the server takes to respond; with more than the timeout the call fails. Default 0. */
  readonly takes?: number
}

/**
 * Stands in for the webhook's server: returns the status of a SubjectAccessReview. It runs in the middle of a
 * request, so it must be synchronous and deterministic; an exception counts as a failed call.
 */
export type AuthorizationWebhook = (
  review: Omit<SubjectAccessReview, 'status'>,
) => AuthorizationWebhookResponse

/** A server that every call fails at: `dial tcp 10.0.0.9:443: connect: connection refused`. */
export interface FailingWebhook {
  readonly error: string
}

/** What stands in for the server of an authorization webhook. */
export type AuthorizationWebhookServer =
  | AuthorizationWebhook
  | readonly AuthorizationWebhookRule[]
  | FailingWebhook

/** Options of a webhook authorizer, as in an AuthorizationConfiguration. */
export interface WebhookAuthorizerOptions {
  /** A function, rules of which the first that matches decides, or the error of every call. */
  readonly review: AuthorizationWebhookServer
  /**
   * The effect of a failed call: the next authorizer is consulted, or the request is denied. Default
   * `NoOpinion`.
   */
  readonly failurePolicy?: 'NoOpinion' | 'Deny'
  /** How long a call may take. Default `30s`. */
  readonly timeout?: string
  /** How long a response is kept that allows. Default `0s`: every request is asked about. */
  readonly authorizedTTL?: string
  /** How long another response is kept. Default `0s`. */
  readonly unauthorizedTTL?: string
  /** CEL expressions over the review's spec, `request`: the webhook has no opinion unless all are true. */
  readonly matchConditions?: readonly { readonly expression: string }[]
  /** The address of the server, for error messages. */
  readonly url?: string
}

/** What a webhook authorizer keeps: decisions, and until when, by the question. */
export type KeptDecisions = Map<string, { readonly verdict: Authorization; readonly until: number }>

/** The name of the state that has them. */
export const DECISIONS = 'authorization-decisions'

/** The dependencies of a {@link WebhookAuthorizer}: what it needs of its cluster. */
export interface WebhookAuthorizerDependencies {
  /** Virtual ms. */
  readonly now: () => number
  /** Decisions of all webhooks: a state of the cluster, made when the first one is kept. */
  readonly kept: () => KeptDecisions
}

const STATUS = ['allowed', 'denied', 'reason', 'evaluationError', 'takes']
/** Most responses that are kept. Source: plugin/pkg/authorizer/webhook/webhook.go. */
const MOST_KEPT = 8192
const ALLOWED: Authorization = { allowed: true }
/** What a webhook tells of rules: that it cannot list them. */
export const NO_RULES: HeldRules = {
  resourceRules: [],
  nonResourceRules: [],
  incomplete: true,
  error: 'webhook authorizer does not support user rule resolution',
}

/**
 * The authorizer of `--authorization-mode=Webhook`, or one of an AuthorizationConfiguration. A call takes no
 * virtual time; `takes` only decides whether it is too slow.
 */
export class WebhookAuthorizer implements Authorizer, RuleResolver {
  readonly #options: WebhookAuthorizerOptions
  readonly #review: AuthorizationWebhook
  readonly #conditions: AccessConditions
  readonly #timeout: number
  readonly #ttl: { readonly authorized: number; readonly unauthorized: number }
  readonly #dependencies: WebhookAuthorizerDependencies
  readonly #place: number

  /**
   * `place` tells it from the other authorizers of the cluster.
   * @throws InputError if a duration or a condition is invalid
   */
  constructor(options: WebhookAuthorizerOptions, dependencies: WebhookAuthorizerDependencies, place = 0) {
    const { timeout = '30s', authorizedTTL = '0s', unauthorizedTTL = '0s', matchConditions = [] } = options
    this.#options = options
    this.#review = reviewerOf(options.review)
    this.#conditions = new AccessConditions(matchConditions)
    this.#timeout = durationOf('timeout', timeout)
    this.#ttl = {
      authorized: durationOf('authorizedTTL', authorizedTTL),
      unauthorized: durationOf('unauthorizedTTL', unauthorizedTTL),
    }
    this.#dependencies = dependencies
    this.#place = place
  }

  authorize(user: UserInfo, attributes: AccessAttributes): Authorization {
    return this.#decide(user, attributes, true)
  }

  look(user: UserInfo, attributes: AccessAttributes): Authorization {
    return this.#decide(user, attributes, false)
  }

  #decide(user: UserInfo, attributes: AccessAttributes, isKept: boolean): Authorization {
    const review = reviewOf(user, attributes)
    const matched = this.#conditions.match(review.spec)
    if (matched.error !== undefined) return this.#failed(matched.error)
    if (!matched.matches) return { allowed: false }
    const { authorized, unauthorized } = this.#ttl
    if (authorized === 0 && unauthorized === 0) return this.#ask(review).verdict
    return this.#keeping(review, isKept)
  }

  rulesFor(): HeldRules {
    return NO_RULES
  }

  /** Asks, unless the last response still holds; a new one is kept if `isKept`. */
  #keeping(review: Omit<SubjectAccessReview, 'status'>, isKept: boolean): Authorization {
    const { now, kept } = this.#dependencies
    const decisions = kept()
    const key = exactJson([this.#place, review.spec])
    const known = decisions.get(key)
    if (known !== undefined && known.until > now()) return known.verdict
    const { verdict, isResponse } = this.#ask(review)
    const ttl = verdict.allowed ? this.#ttl.authorized : this.#ttl.unauthorized
    if (!isResponse || ttl === 0 || !isKept) return verdict
    if (decisions.size >= MOST_KEPT) decisions.clear()
    decisions.set(key, { verdict, until: now() + ttl })
    return verdict
  }

  #ask(review: Omit<SubjectAccessReview, 'status'>): {
    readonly verdict: Authorization
    readonly isResponse: boolean
  } {
    try {
      const status = synchronous(this.#review(review), 'the authorization webhook: review')
      refuseUnknown('what the authorization webhook returns', status, STATUS)
      if ((status.takes ?? 0) > this.#timeout) throw new Error(this.#tooSlow())
      return { verdict: verdictOf(status), isResponse: true }
    } catch (error) {
      if (error instanceof AsyncError || error instanceof InputError) throw error
      return {
        verdict: this.#failed(error instanceof Error ? error.message : String(error)),
        isResponse: false,
      }
    }
  }

  #failed(error: string): Authorization {
    return { allowed: false, error, ...(this.#options.failurePolicy === 'Deny' ? { denied: true } : {}) }
  }

  /** Source: net/http httpError of a client whose context has ended. */
  #tooSlow(): string {
    const { url } = this.#options
    const post =
      url === undefined ? '' : `Post ${quote(`${url}?timeout=${this.#options.timeout ?? '30s'}`)}: `
    return `${post}context deadline exceeded`
  }
}

/** Returns the function that responds as a server does. */
export function reviewerOf(review: AuthorizationWebhookServer): AuthorizationWebhook {
  if (typeof review === 'function') return review
  if (!('error' in review)) return reviewByRules(review)
  return () => {
    throw new Error(review.error)
  }
}

function durationOf(name: string, text: string): number {
  try {
    return parseGoDuration(text)
  } catch (error) {
    throw new InputError(`${name} of the authorization webhook: ${(error as Error).message}`)
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
