import type { UserInfo } from '../client/client.js'
import type { TokenAuthenticator } from './token-authenticator.js'

/** One line of a static token file. */
export interface StaticUser extends UserInfo {
  readonly token: string
}

/** Users by fixed tokens (`--token-auth-file`). Source: apiserver plugin/pkg/authenticator/token/tokenfile. */
export function staticTokens(users: readonly StaticUser[]): TokenAuthenticator {
  const byToken = new Map(users.map(({ token, ...user }) => [token, user]))
  return {
    authenticateToken: (token) => {
      const user = byToken.get(token)
      return user === undefined ? undefined : { user }
    },
  }
}
