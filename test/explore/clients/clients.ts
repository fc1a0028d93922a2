import type { SimCluster } from 'simcluster'
import type { ClientProgram } from '../../../src/explore/index.js'

const MAPS = '/api/v1/namespaces/default/configmaps'

/**
 * A client without a library, which wants two ConfigMaps: `first` and `second`. Whoever finds the first one
 * believes that the second exists, unless it is careful.
 */
export const pairOf =
  (isCareful: boolean): ClientProgram =>
  ({ http }) => {
    const create = async (name: string): Promise<number> => {
      const body = JSON.stringify({ metadata: { name } })
      const headers = { 'content-type': 'application/json' }
      const { status } = await http.fetch(`https://cluster${MAPS}`, { method: 'POST', body, headers })
      return status
    }
    const work = async (): Promise<void> => {
      const watch = await http.fetch(`https://cluster${MAPS}?watch=true&fieldSelector=metadata.name=wanted`)
      await watch.body?.getReader().read()
      if ((await create('first')) === 201 || isCareful) await create('second')
    }
    // a killed client gets no more responses
    void work().catch(() => undefined)
  }

/** Whether there are both, once somebody has created `wanted`. */
export function isServed(cluster: SimCluster): boolean {
  const names = cluster.list('configmaps').items.map(({ metadata }) => metadata.name)
  return !names.includes('wanted') || ['first', 'second'].every((name) => names.includes(name))
}
