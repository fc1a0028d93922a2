import type { SelfSubjectReview, TokenReview } from '../../api/authentication/generated.js'
import type { KubeObject } from '../../api/definition.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import { formatTime } from '../../api/time.js'
import type { Authenticator } from '../authentication/authenticator.js'
import type { UserInfo } from '../../client/client.js'
import { badRequest } from '../errors.js'
import type { Call, RegistryContext } from '../registry/context.js'
import { decodeReview } from './review-body.js'

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
export function reviewSelf(context: RegistryContext, call: Call): KubeObject {
  const { kind, apiVersion } = decodeReview<SelfSubjectReview>(context, call) as SelfSubjectReview
  const metadata = { creationTimestamp: formatTime(context.clock.now()) }
  return deepFreeze({ kind, apiVersion, metadata, status: { userInfo: shown(call.user) } } as KubeObject)
}

/** POST tokenreviews: whose token is this? Source: pkg/registry/authentication/tokenreview/storage.go. */
export function reviewToken(context: RegistryContext, call: Call): KubeObject {
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
