import { InputError } from '../../lang/input-error.js'
import { refuseUnknown } from '../../api/known-keys.js'
import { AsyncError, synchronous } from '../../lang/synchronous.js'
import type { TokenReview, TokenReviewStatus } from '../../api/authentication/generated.js'
import type { TokenAuthenticator, TokenOutcome } from './authenticator.js'

/**
 * The webhook: gets a TokenReview and returns its status. It is called during a request, so it must be
 * synchronous and deterministic. An exception counts as a failed call.
 */
export type AuthenticationWebhook = (
  review: Pick<TokenReview, 'spec'> & { readonly apiVersion: string; readonly kind: string },
) => Partial<TokenReviewStatus>

/**
 * Authenticates tokens by a webhook (`--authentication-token-webhook-config-file`). Results are not cached.
 * Source: apiserver plugin/pkg/authenticator/token/webhook/webhook.go.
 */
export function webhookTokens(ask: AuthenticationWebhook): TokenAuthenticator {
  return {
    authenticateToken: (token, audiences) => {
      try {
        return outcomeOf(
          synchronous(
            ask({
              apiVersion: 'authentication.k8s.io/v1',
              kind: 'TokenReview',
              spec: { token, audiences: [...audiences] },
            }),
            'the authentication webhook',
          ),
          audiences,
        )
      } catch (error) {
        if (error instanceof AsyncError || error instanceof InputError) throw error
        return { fault: error instanceof Error ? error.message : String(error) }
      }
    },
  }
}

function outcomeOf(status: Partial<TokenReviewStatus>, wanted: readonly string[]): TokenOutcome | undefined {
  const where = 'what the authentication webhook returns'
  refuseUnknown(where, status, ['authenticated', 'user', 'error', 'audiences'])
  refuseUnknown(`${where}, user`, status.user ?? {}, ['username', 'uid', 'groups', 'extra'])
  const { authenticated = false, user, error = '', audiences = [] } = status
  const found = audiences.length === 0 ? wanted : wanted.filter((each) => audiences.includes(each))
  if (found.length === 0) return undefined
  if (!authenticated) return error === '' ? undefined : { fault: error }
  const { username = '', uid = '', groups = [], extra = {} } = user ?? {}
  return {
    audiences: found,
    user: {
      name: username,
      groups,
      ...(uid === '' ? {} : { uid }),
      ...(Object.keys(extra).length === 0 ? {} : { extra }),
    },
  }
}
