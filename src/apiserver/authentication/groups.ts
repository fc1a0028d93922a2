import type { UserInfo } from '../../client/client.js'

/** The group of all authenticated users. */
export const authenticatedGroup = 'system:authenticated'
/** The group of requests without credentials. */
export const unauthenticatedGroup = 'system:unauthenticated'
/** The user of requests without credentials. */
export const anonymousName = 'system:anonymous'

/**
 * Returns the user with the group of authenticated users added. Source: apiserver
 * pkg/authentication/group/authenticated_group_adder.go.
 */
export function authenticated(user: UserInfo): UserInfo {
  const { groups = [] } = user
  if (groups.includes(authenticatedGroup) || groups.includes(unauthenticatedGroup)) return user
  return { ...user, groups: [...groups, authenticatedGroup] }
}
