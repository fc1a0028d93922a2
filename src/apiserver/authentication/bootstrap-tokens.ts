import { BOOTSTRAP_TOKEN_TYPE } from '../../api/core/secret.js'
import { base64Text } from '../../lang/bytes/pem.js'
import type { Secret } from '../../api/core/generated.js'
import type { StoreView } from '../storage/stored-objects.js'
import type { TokenAuthenticator } from './authenticator.js'

const TOKEN = /^([a-z0-9]{6})\.([a-z0-9]{16})$/
const GROUP = 'system:bootstrappers'
const EXTRA_GROUP = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/

/**
 * Authenticates tokens `id.secret` of Secrets `bootstrap-token-ID` in kube-system
 * (`--enable-bootstrap-token-auth`). Source: plugin/pkg/auth/authenticator/token/bootstrap/bootstrap.go.
 */
export function bootstrapTokens(view: StoreView): TokenAuthenticator {
  return {
    authenticateToken: (token) => {
      const [, id = '', secret = ''] = TOKEN.exec(token) ?? []
      if (id === '') return undefined
      const stored = view.get<Secret>('secrets', 'kube-system', `bootstrap-token-${id}`)
      if (stored?.metadata.deletionTimestamp !== undefined || stored?.type !== BOOTSTRAP_TOKEN_TYPE)
        return undefined
      const value = (key: string): string => base64Text(stored.data?.[key])
      if (value('token-secret') !== secret || value('token-id') !== id) return undefined
      if (isExpired(value('expiration'), view.now()) || value('usage-bootstrap-authentication') !== 'true')
        return undefined
      const extra = value('auth-extra-groups')
        .split(',')
        .map((group) => group.trim())
        .filter((group) => group !== '')
      if (extra.some((group) => !EXTRA_GROUP.test(group))) return undefined
      return {
        user: {
          name: `system:bootstrap:${id}`,
          groups: [GROUP, ...extra.filter((group) => group !== GROUP)].sort(),
        },
      }
    },
  }
}

/** Whether the token has expired. An invalid time counts as past. */
function isExpired(expiration: string, now: number): boolean {
  if (expiration === '') return false
  const time = Date.parse(expiration)
  return Number.isNaN(time) || now > time
}
