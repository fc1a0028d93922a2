import type { UserInfo } from '../../client/client.js'

const PREFIX = 'system:node:'
const GROUP = 'system:nodes'

/**
 * The name of the node that a user is, '' when it names none; undefined for everybody who is no node. Source:
 * pkg/auth/nodeidentifier.
 */
export function nodeNameOf({ name, groups }: UserInfo): string | undefined {
  return name.startsWith(PREFIX) && groups?.includes(GROUP) === true ? name.slice(PREFIX.length) : undefined
}
