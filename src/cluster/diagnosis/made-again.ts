import type { Pod } from '../../api/core/generated.js'
import { compareQuantities, parseQuantity } from '../../api/quantity.js'
import { ApiError } from '../../client/api-error.js'
import type { UserClient } from '../../client/client.js'

/**
 * Returns why the server would refuse a pod if it were made again: current webhooks, policies, Pod Security
 * and quotas that are exceeded already. `client` is one of a copy of the cluster, so that
 * nothing changes.
 */
export function refusalOf({ metadata, spec }: Pod, client: () => UserClient): string | undefined {
  const { namespace, labels, annotations, name = '' } = metadata
  const { nodeName: _node, ...wanted } = spec
  const object = {
    metadata: {
      namespace,
      generateName: `${name}-`,
      ...(labels && { labels }),
      ...(annotations && { annotations }),
    },
    spec: wanted,
  }
  try {
    client().create('pods', object, { dryRun: true })
    return undefined
  } catch (error) {
    if (!(error instanceof ApiError)) return undefined
    return isOnlyFull(error.message) ? undefined : error.message
  }
}

/**
 * Whether a quota refuses the pod only because what is counted includes the pod itself. A quota that was
 * lowered since, so that more is used than it allows, would refuse it.
 */
function isOnlyFull(message: string): boolean {
  const [, used, limited] = /exceeded quota: .*, used: (.*), limited: (.*)$/.exec(message) ?? []
  if (used === undefined || limited === undefined) return false
  const limits = new Map(limited.split(',').map((each) => each.split('=') as [string, string]))
  return used.split(',').every((each) => {
    const [resource = '', amount = '0'] = each.split('=')
    return compareQuantities(parseQuantity(amount), parseQuantity(limits.get(resource) ?? amount)) <= 0
  })
}
