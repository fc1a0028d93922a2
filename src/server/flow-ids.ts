import { ignoreNotFound } from '../client/api-error.js'
import type { UserInfo } from '../client/client.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import type { FlowIds } from './respond.js'

/** The default FlowSchemas by the group they match, in order of precedence, with their priority levels. */
const BY_GROUP: readonly (readonly [group: string, schema: string, level: string])[] = [
  ['system:masters', 'exempt', 'exempt'],
  ['system:nodes', 'system-nodes', 'system'],
]
const OTHERS = ['global-default', 'global-default'] as const

/**
 * Finds the uids for the `X-Kubernetes-Pf-*` headers. Priority and fairness is not simulated, only these
 * headers, with the uids of objects that exist; undefined when they do not.
 */
export class FlowLookup {
  readonly #cluster: SimCluster
  readonly #known = new Map<string, FlowIds | undefined>()

  constructor(cluster: SimCluster) {
    this.#cluster = cluster
  }

  of(user: UserInfo | undefined): FlowIds | undefined {
    const [, schema, level] = BY_GROUP.find(([group]) => user?.groups?.includes(group) === true) ?? [
      '',
      ...OTHERS,
    ]
    if (!this.#known.has(schema)) this.#known.set(schema, this.#find(schema, level))
    return this.#known.get(schema)
  }

  #find(schema: string, level: string): FlowIds | undefined {
    const ids = ignoreNotFound(() => [
      this.#cluster.get('flowschemas', { name: schema }).metadata.uid,
      this.#cluster.get('prioritylevelconfigurations', { name: level }).metadata.uid,
    ])
    return ids?.[0] === undefined || ids[1] === undefined ? undefined : { schema: ids[0], level: ids[1] }
  }
}
