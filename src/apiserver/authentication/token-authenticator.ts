import type { UserInfo } from '../../client/client.js'
import type { LegacyTokenUse } from './authenticator.js'

/**
 * What one kind of token says: a user, a fault of a token of that kind, or nothing for tokens of other kinds.
 */
export interface TokenOutcome {
  readonly user?: UserInfo
  readonly audiences?: readonly string[]
  readonly fault?: string
  /** The Secret that a token of the old kind is kept in: its use is noted there. */
  readonly legacy?: LegacyTokenUse
}

/** Looks at one kind of token. `audiences` is whom the token must be for. */
export interface TokenAuthenticator {
  authenticateToken(token: string, audiences: readonly string[]): TokenOutcome | undefined
}
