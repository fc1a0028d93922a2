import type { UserInfo } from '../../client/client.js'
import type { TokenAuthenticator } from './token-authenticator.js'

/** One line of a static token file. */
export interface StaticUser extends UserInfo {
  readonly token: string
}

/**
 * Users by fixed tokens (`--token-auth-file`); `users` answers the same list as long as it is the same.
 * Source: apiserver pkg/authentication/token/tokenfile.
 */
export function staticTokens(users: () => readonly StaticUser[]): TokenAuthenticator {
  let known: readonly StaticUser[] = []
  let byToken = new Map<string, UserInfo>()
  return {
    authenticateToken: (token) => {
      const now = users()
      if (now !== known) [known, byToken] = [now, new Map(now.map(({ token: key, ...user }) => [key, user]))]
      const user = byToken.get(token)
      return user === undefined ? undefined : { user }
    },
  }
}
