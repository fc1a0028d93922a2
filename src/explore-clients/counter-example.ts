import type { SimCluster } from '../cluster/sim-cluster.js'
import { Narration, type ReplayOptions, rootOf } from '../explore/counter-example.js'
import type { CounterExample } from '../explore/explore.js'
import type { RunRecord } from '../explore/execution.js'
import { drawn } from '../explore/picture.js'
import { type ExploreClientsOptions, isPending, scopeOf } from './explore-clients.js'
import { type Played, play } from './play.js'

/** Options of {@link replayClients}: what a counter-example cannot contain, because it is not data. */
export type ReplayClientsOptions = ReplayOptions & Pick<ExploreClientsOptions, 'clients' | 'quiet'>

/** Like `replay()`, with clients. They are stopped at the end. */
export async function replayClients(
  found: CounterExample,
  options: ReplayClientsOptions,
): Promise<SimCluster> {
  return (await played(found, options)).execution.cluster
}

/** Like `narrate()`, with clients. */
export async function narrateClients(found: CounterExample, options: ReplayClientsOptions): Promise<string> {
  const narration = new Narration(found, rootOf(found, options).now())
  const { execution } = await played(found, options, (record) => narration.add(record))
  return narration.end(execution.cluster.now())
}

/** Like `toSvg()`, with clients. */
export async function clientsToSvg(found: CounterExample, options: ReplayClientsOptions): Promise<string> {
  const records: RunRecord[] = []
  await played(found, options, (record) => records.push(record))
  return drawn(found, records)
}

function played(
  found: CounterExample,
  { upTo, ...options }: ReplayClientsOptions,
  observe?: (record: RunRecord) => void,
): Promise<Played> {
  const root = rootOf(found, options)
  const actions = (options.actions ?? []).filter(({ name }) => found.actions.includes(name))
  const { choices } = found
  return play(scopeOf(root, { ...options, actions }), {
    choices,
    isPending: isPending(choices),
    upTo,
    observe,
  })
}
