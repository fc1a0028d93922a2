import type { SimCluster } from '../cluster/sim-cluster.js'
import { playedWithClients, type ReplayClientsOptions } from './clients/counter-example.js'
import { Narration, played, type ReplayOptions, rootOf } from './counter-example.js'
import type { RunRecord } from './execution.js'
import { isOfClients } from './explore.js'
import { drawn } from './picture.js'
import type { CounterExample } from './result.js'

type Options = ReplayOptions | ReplayClientsOptions

/**
 * Plays a counter-example again, in this or another process, and returns the cluster in the state of the
 * violation, or earlier; with `clients`, a promise of it. @throws RangeError if the options lack an action of
 * the counter-example
 */
export function replay(found: CounterExample, options: ReplayClientsOptions): Promise<SimCluster>
export function replay(found: CounterExample, options?: ReplayOptions): SimCluster
export function replay(found: CounterExample, options: Options = {}): SimCluster | Promise<SimCluster> {
  return playedThen(
    found,
    options,
    () => undefined,
    (cluster) => cluster,
  )
}

/**
 * Returns the lines of a counter-example as `kubectl` and component logs would show it; with `clients`, a
 * promise of them. @throws RangeError if the options lack an action of the counter-example
 */
export function narrate(found: CounterExample, options: ReplayClientsOptions): Promise<string>
export function narrate(found: CounterExample, options?: ReplayOptions): string
export function narrate(found: CounterExample, options: Options = {}): string | Promise<string> {
  const narration = new Narration(found, rootOf(found, options).now())
  return playedThen(
    found,
    options,
    (record) => narration.add(record),
    (cluster) => narration.end(cluster.now()),
  )
}

/**
 * Draws a counter-example: a lane for each process, time downwards, a box for each step, an arrow to the
 * apiserver for each write, the choices, and what they broke. Returns SVG, with the narration as the text
 * of the same facts; with `clients`, a promise of it. It depends only on the counter-example.
 */
export function toSvg(found: CounterExample, options: ReplayClientsOptions): Promise<string>
export function toSvg(found: CounterExample, options?: ReplayOptions): string
export function toSvg(found: CounterExample, options: Options = {}): string | Promise<string> {
  const records: RunRecord[] = []
  return playedThen(
    found,
    options,
    (record) => void records.push(record),
    () => drawn(found, records),
  )
}

function playedThen<T>(
  found: CounterExample,
  options: Options,
  observe: (record: RunRecord) => void,
  end: (cluster: SimCluster) => T,
): T | Promise<T> {
  return isOfClients(options)
    ? playedWithClients(found, options, observe).then(({ execution }) => end(execution.cluster))
    : end(played(found, options, observe).cluster)
}
