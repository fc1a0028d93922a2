import type { UserInfo } from '../../client/client.js'

/** Everybody who has proved who they are. */
export const authenticatedGroup = 'system:authenticated'
/** Everybody else. */
export const unauthenticatedGroup = 'system:unauthenticated'
/** Who sends a request without any credential. */
export const anonymousName = 'system:anonymous'

/**
 * The user with the group of all who are authenticated. Source: apiserver
 * pkg/authentication/group/authenticated_group_adder.go.
 */
export function authenticated(user: UserInfo): UserInfo {
  const { groups = [] } = user
  if (groups.includes(authenticatedGroup) || groups.includes(unauthenticatedGroup)) return user
  return { ...user, groups: [...groups, authenticatedGroup] }
}
