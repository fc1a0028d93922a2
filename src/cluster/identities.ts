import type { UserInfo } from '../apiserver/client/client.js'

/** The identity of `admin.conf`: a cluster administrator. */
export const ADMIN: UserInfo = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }

/** Who a user of the library says they are. */
export interface Identity {
  readonly user: string
  readonly groups?: readonly string[]
  readonly uid?: string
}

/** The authenticated user behind an {@link Identity}. */
export function userOf({ user, groups = [], uid }: Identity): UserInfo {
  const all = groups.includes('system:authenticated') ? groups : [...groups, 'system:authenticated']
  return { name: user, groups: all, ...(uid === undefined ? {} : { uid }) }
}
