/** What the planted bugs of this folder are written with. */
import type { ExploreOptions, ExploredAction } from '../../../src/explore/index.js'
import {
  ApiError,
  type Component,
  type ComponentHost,
  ignoreNotFound,
  type Informer,
  SimCluster,
} from '../../../src/index.js'
import type { ConfigMap } from '../../../src/types.js'
import type { WorkQueue } from '../../../src/sim/modules/work-queue.js'

export { ApiError, ignoreNotFound }
export type { ComponentHost, ConfigMap, WorkQueue }

/** A bug that is planted in a controller, and how it is looked for. */
export interface Planted {
  readonly name: string
  /** Which kind of bug it is. */
  readonly kind: string
  /** The controllers, right or wrong. */
  readonly components: (isWrong: boolean) => readonly Component[]
  /** What there is before the first action. */
  readonly prepare?: (cluster: SimCluster) => void
  /** Actions, properties, and the bounds that were written down before anything was run. */
  readonly options: ExploreOptions
}

export const identity: Component['identity'] = { name: 'bench', groups: ['system:masters'] }
const NAMESPACE = 'default'
export const at = (name: string): { readonly namespace: string; readonly name: string } => ({
  namespace: NAMESPACE,
  name,
})

/** The ConfigMaps of a role, as the server has them. */
export const all = (cluster: SimCluster, role: string): readonly ConfigMap[] =>
  cluster.list('configmaps', { namespace: NAMESPACE, labelSelector: `role=${role}` }).items

export const live = (host: ComponentHost, role: string): readonly ConfigMap[] =>
  host.client.list('configmaps', { namespace: NAMESPACE, labelSelector: `role=${role}` }).items

export const cache = (host: ComponentHost, role: string): Informer<ConfigMap> =>
  host.informer('configmaps', { namespace: NAMESPACE, labelSelector: `role=${role}` })

type Extra = { readonly data?: Record<string, string>; readonly metadata?: Partial<ConfigMap['metadata']> }

/** Creates a ConfigMap of a role; without a name, with a generated one. */
export function make(
  host: ComponentHost,
  role: string,
  name: string | undefined,
  { data, metadata }: Extra = {},
): void {
  const labels = { role, ...metadata?.labels }
  host.client.create('configmaps', {
    metadata: {
      namespace: NAMESPACE,
      ...(name === undefined ? { generateName: `${role}-` } : { name }),
      ...metadata,
      labels,
    },
    ...(data && { data }),
  })
}

/** A controller with one queue: what `setup` returns handles a key, and a success forgets its failures. */
export function controller(
  name: string,
  setup: (host: ComponentHost, queue: () => WorkQueue) => (key: string) => void,
): Component {
  return {
    name,
    identity: { name, groups: ['system:masters'] },
    setup: (host) => {
      const reconcile = setup(host, () => queue)
      const queue: WorkQueue = host.workQueue('queue', (key) => {
        reconcile(key)
        queue.forget(key)
      })
    },
  }
}

export const create = (name: string, role = 'wish', data: Record<string, string> = {}): ExploredAction => ({
  name: `create ${name}`,
  do: (c) => c.create('configmaps', { metadata: { name, labels: { role } }, data }),
})

export const set = (name: string, data: Record<string, string>): ExploredAction => ({
  name: `set ${name} ${JSON.stringify(data)}`,
  do: (c) => c.patch('configmaps', at(name), { type: 'merge', body: { data } }),
})

export const remove = (name: string): ExploredAction => ({
  name: `delete ${name}`,
  do: (c) => c.delete('configmaps', at(name)),
})

export const later = (action: ExploredAction): ExploredAction => ({ ...action, at: 'rest' })
export const anyTime = (action: ExploredAction): ExploredAction => ({ ...action, at: 'any' })

/** At most so many ConfigMaps of a role. */
export const atMost = (most: number, role: string): NonNullable<ExploreOptions['always']>[number] => ({
  name: `at most ${most} of ${role}`,
  holds: (c) => all(c, role).length <= most || `${all(c, role).length} of ${role}`,
})

/** In the end, exactly so many of a role. */
export const inTheEnd = (count: number, role: string): NonNullable<ExploreOptions['eventually']>[number] => ({
  name: `in the end ${count} of ${role}`,
  holds: (c) => all(c, role).length === count,
  within: '5m',
})
