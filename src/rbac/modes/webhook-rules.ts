import type { SubjectAccessReview, SubjectAccessReviewStatus } from '../../api/authorization/generated.js'

type Review = Omit<SubjectAccessReview, 'status'>

/**
 * A rule of an authorization webhook that is data instead of a function. What it leaves out matches
 * everything; `*` does, too.
 */
export interface AuthorizationWebhookRule {
  readonly effect: 'allow' | 'deny'
  readonly user?: string
  readonly group?: string
  readonly verbs?: readonly string[]
  /** Plural names: `pods`, `pods/log`. A rule that has them matches no path of the API. */
  readonly resources?: readonly string[]
  readonly namespaces?: readonly string[]
  /** What the response says. */
  readonly reason?: string
  /** Ms that the server takes to respond; with more than the timeout the call fails. Default 0. */
  readonly takes?: number
}

/** The function that responds by rules: the first that matches decides, without one there is no opinion. */
export function reviewByRules(
  rules: readonly AuthorizationWebhookRule[],
): (review: Review) => SubjectAccessReviewStatus & { readonly takes?: number } {
  return (review) => {
    const rule = rules.find((each) => matches(each, review))
    return rule === undefined ? { allowed: false } : statusOf(rule)
  }
}

function statusOf({
  effect,
  reason,
  takes,
}: AuthorizationWebhookRule): SubjectAccessReviewStatus & { readonly takes?: number } {
  const told = { ...(reason === undefined ? {} : { reason }), ...(takes === undefined ? {} : { takes }) }
  return effect === 'allow' ? { allowed: true, ...told } : { allowed: false, denied: true, ...told }
}

const has = (wanted: readonly string[] | undefined, value: string): boolean =>
  wanted === undefined || wanted.includes('*') || wanted.includes(value)

function matches(
  { user, group, verbs, resources, namespaces }: AuthorizationWebhookRule,
  { spec }: Review,
): boolean {
  const { resourceAttributes: asked, nonResourceAttributes: path } = spec
  const isThem =
    (user === undefined || user === '*' || user === spec.user) &&
    (group === undefined || group === '*' || (spec.groups ?? []).includes(group))
  if (!isThem || !has(verbs, asked?.verb ?? path?.verb ?? '')) return false
  if (asked === undefined) return resources === undefined && namespaces === undefined
  const { resource = '', subresource = '', namespace = '' } = asked
  return (
    has(resources, subresource === '' ? resource : `${resource}/${subresource}`) && has(namespaces, namespace)
  )
}
