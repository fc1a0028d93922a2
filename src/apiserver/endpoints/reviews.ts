import type { SelfSubjectRulesReview } from '../../api/authorization/generated.js'
import type { SelfSubjectReview, TokenReview } from '../../api/authentication/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { Draft } from '../../api/kind/draft.js'
import { badRequest } from '../errors.js'
import { attributesOf, type RegistryRequest, type RegistryContext } from '../registry/context.js'
import { checkNamespace, definitionKind, wipeSystemFields } from '../registry/create.js'
import { decodeBody } from '../registry/decode-body.js'
import { trackWrite } from '../registry/managed-fields.js'
import { dropRepeatedOwners } from '../registry/owner-references.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import { formatTime } from '../../lang/go/time.js'
import type { Authenticator } from '../authentication/authenticator.js'
import type { UserInfo } from '../../client/client.js'
import type { NonResourceRule, ResourceRule } from '../authorization/authorizer.js'

/**
 * Decodes the body of a review, a kind that is never stored, tracks its fields and runs admission on it. The
 * metadata is not validated. Source: apiserver pkg/endpoints/handlers/create.go.
 */
export function decodeReview<T extends KubeObject>(
  context: RegistryContext,
  call: RegistryRequest,
): Draft<T> {
  const review = decodeBody<T>(call, context.resources, call.request.body, definitionKind(call.resource))
  const draft = review as unknown as Draft<KubeObject>
  checkNamespace(call, draft)
  wipeSystemFields(draft)
  dropRepeatedOwners(call, draft)
  trackWrite(context, call, draft, undefined)
  const attributes = attributesOf(call, 'CREATE', draft as unknown as KubeObject, undefined)
  context.admission.mutate(attributes)
  context.admission.validate(attributes)
  return review
}

interface ShownUser {
  readonly username: string
  readonly uid?: string
  readonly groups?: readonly string[]
  readonly extra?: UserInfo['extra']
}

function shown({ name, uid = '', groups = [], extra = {} }: UserInfo): ShownUser {
  return {
    username: name,
    ...(uid === '' ? {} : { uid }),
    ...(groups.length === 0 ? {} : { groups }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  }
}

/** POST selfsubjectreviews: who am I? Source: pkg/registry/authentication/selfsubjectreview/rest.go. */
export function reviewSelf(context: RegistryContext, call: RegistryRequest): KubeObject {
  const { kind, apiVersion } = decodeReview<SelfSubjectReview>(context, call) as SelfSubjectReview
  const metadata = { creationTimestamp: formatTime(context.clock.now()) }
  return deepFreeze({ kind, apiVersion, metadata, status: { userInfo: shown(call.user) } } as KubeObject)
}

/** POST tokenreviews: whose token is this? Source: pkg/registry/authentication/tokenreview/storage.go. */
export function reviewToken(context: RegistryContext, call: RegistryRequest): KubeObject {
  const review = decodeReview<TokenReview>(context, call) as TokenReview
  const { token = '', audiences = [] } = review.spec
  if (token === '') throw badRequest('token is required for TokenReview in authentication')
  const { authenticator, late: plugged } = context.dependencies
  const found: ReturnType<NonNullable<Authenticator['reviewToken']>> =
    authenticator?.reviewToken?.(token, audiences) ?? {}
  if (found.legacy !== undefined) plugged.legacyTokenUsed?.(found.legacy)
  const status = {
    ...(found.user === undefined ? { user: {} } : { authenticated: true, user: shown(found.user) }),
    ...(found.user === undefined || found.audiences === undefined ? {} : { audiences: found.audiences }),
    ...(found.error === undefined ? {} : { error: found.error }),
  }
  return deepFreeze({ ...review, status } as KubeObject)
}

/**
 * POST selfsubjectrulesreviews: what may I do in that namespace? The response repeats neither the
 * metadata nor the namespace.
 * Source: pkg/registry/authorization/selfsubjectrulesreview/rest.go.
 */
export function reviewOwnRules(context: RegistryContext, call: RegistryRequest): KubeObject {
  const { spec, apiVersion, kind } = decodeReview<SelfSubjectRulesReview>(
    context,
    call,
  ) as SelfSubjectRulesReview
  const { namespace = '' } = spec
  if (namespace === '') throw badRequest('no namespace on request')
  const held = context.dependencies.ruleResolver?.rulesFor(call.user, namespace)
  const review = {
    kind,
    apiVersion,
    metadata: {},
    spec: {},
    status: {
      resourceRules: held?.resourceRules.map(resourceRule) ?? [],
      nonResourceRules: held?.nonResourceRules.map(pathRule) ?? [],
      incomplete: held?.incomplete ?? false,
      ...(held?.error === undefined ? {} : { evaluationError: held.error }),
    },
  } as SelfSubjectRulesReview
  return deepFreeze(review)
}

function resourceRule({ verbs, apiGroups, resources, resourceNames }: ResourceRule): ResourceRule {
  return {
    verbs,
    ...(apiGroups && { apiGroups }),
    ...(resources && { resources }),
    ...(resourceNames && { resourceNames }),
  }
}

function pathRule({ verbs, nonResourceURLs }: NonResourceRule): NonResourceRule {
  return { verbs, ...(nonResourceURLs && { nonResourceURLs }) }
}
