import type { UserInfo } from '../../client/client.js'

const PREFIX = 'system:node:'
const GROUP = 'system:nodes'

/**
 * Returns the name of the node that a user is ('' if its name has none), or undefined if it is not a node.
 * Source: pkg/auth/nodeidentifier.
 */
export function nodeNameOf({ name, groups }: UserInfo): string | undefined {
  return name.startsWith(PREFIX) && groups?.includes(GROUP) === true ? name.slice(PREFIX.length) : undefined
}
