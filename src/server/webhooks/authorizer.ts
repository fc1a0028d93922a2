import type { SubjectAccessReviewStatus } from '../../api/authorization/generated.js'
import { exactJson } from '../../lang/json/exact-json.js'
import type {
  AccessAttributes,
  Authorization,
  Authorizer,
  HeldRules,
  RuleResolver,
} from '../../apiserver/authorization/authorizer.js'
import type { UserInfo } from '../../client/client.js'
import { NO_RULES, reviewOf, verdictOf } from '../../rbac/modes/webhook.js'
import { type OutsideCalls, Suspended } from './outside-calls.js'
import { postTo, type WebhookServer } from './webhook-server.js'

/** An authorization webhook outside of the process (`--authorization-webhook-config-file`). */
export interface OutsideAuthorizerOptions extends WebhookServer {
  /** Version of the SubjectAccessReviews. Default `v1beta1`, as in the real program. */
  readonly version?: 'v1' | 'v1beta1'
  /** Ms for which a response is kept that allows. Default 5 minutes. */
  readonly authorizedTtl?: number
  /** Ms for which another response is kept. Default 30 seconds. */
  readonly unauthorizedTtl?: number
}

/** Most responses that are kept. Source: plugin/pkg/authorizer/webhook/webhook.go. */
const MOST_KEPT = 8192
/** Ms for which a response is kept at least: until the request that waits for it is handled again. */
const LEAST_KEPT = 1_000

interface Kept {
  readonly verdict: Authorization
  readonly until: number
}

/**
 * Asks a server outside with a SubjectAccessReview. The request waits for the response ({@link Suspended}),
 * which is kept; components of the cluster cannot wait, and are told to try again. A failed call has no
 * opinion, so that the next authorizer decides. Source: apiserver plugin/pkg/authorizer/webhook/webhook.go.
 */
export class OutsideAuthorizer implements Authorizer, RuleResolver {
  readonly #options: OutsideAuthorizerOptions
  readonly #kept = new Map<string, Kept>()
  readonly #asked = new Map<string, Promise<void>>()
  #calls: OutsideCalls | undefined

  constructor(options: OutsideAuthorizerOptions) {
    this.#options = options
  }

  /** Lets requests that these calls belong to wait. */
  attach(calls: OutsideCalls): void {
    this.#calls = calls
  }

  authorize(user: UserInfo, attributes: AccessAttributes): Authorization {
    const body = this.#bodyOf(user, attributes)
    const kept = this.#kept.get(body)
    if (kept !== undefined && kept.until > performance.now()) return kept.verdict
    const responded = this.#asked.get(body) ?? this.#ask(body)
    if (this.#calls?.isHandling === true) throw new Suspended(responded)
    return { allowed: false, error: 'the authorization webhook is being called; try again' }
  }

  rulesFor(): HeldRules {
    return NO_RULES
  }

  #bodyOf(user: UserInfo, attributes: AccessAttributes): string {
    const review = reviewOf(user, attributes)
    if (this.#options.version === 'v1') return exactJson(review)
    const { groups, ...spec } = review.spec
    return exactJson({
      ...review,
      apiVersion: 'authorization.k8s.io/v1beta1',
      spec: { ...spec, group: groups },
    })
  }

  #ask(body: string): Promise<void> {
    const responded = this.#keep(body).finally(() => this.#asked.delete(body))
    this.#asked.set(body, responded)
    return responded
  }

  async #keep(body: string): Promise<void> {
    const { authorizedTtl = 300_000, unauthorizedTtl = 30_000 } = this.#options
    let verdict: Authorization
    let ttl = 0
    try {
      verdict = await this.#post(body)
      ttl = verdict.allowed ? authorizedTtl : unauthorizedTtl
    } catch (error) {
      verdict = { allowed: false, error: String(error) }
    }
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear()
    this.#kept.set(body, { verdict, until: performance.now() + Math.max(ttl, LEAST_KEPT) })
  }

  async #post(body: string): Promise<Authorization> {
    const { code, text } = await postTo(this.#options, body)
    if (code < 200 || code >= 300) throw new Error(`webhook responded with ${code}`)
    const { status } = JSON.parse(text) as { readonly status?: SubjectAccessReviewStatus }
    if (status === undefined) throw new Error('webhook responded without a status')
    return verdictOf(status)
  }
}
