import { type ReplayOptions, rootOf } from '../counter-example.js'
import type { RunRecord } from '../execution.js'
import type { CounterExample } from '../result.js'
import { type Played, play } from './play.js'
import { type ExploreClientsOptions, isPending, scopeOf } from './search.js'

/** Options of `replay()` with clients: what a counter-example cannot contain, because it is not data. */
export type ReplayClientsOptions = ReplayOptions & Pick<ExploreClientsOptions, 'clients' | 'quiet'>

/** Plays a counter-example of clients, which are stopped at the end. */
export function playedWithClients(
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
