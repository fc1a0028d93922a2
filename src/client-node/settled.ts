import * as z from 'zod/mini'
import { argumentsCheck } from '../api/checked-input.js'
import { aCluster } from '../cluster/inputs/a-cluster.js'
import * as timers from 'node:timers'
import type { SimCluster } from '../cluster/sim-cluster.js'

/** As they were when this module was loaded: a test may have replaced them meanwhile. */
const { setImmediate, setTimeout } = timers

/** Options of {@link settled}. Real time, in ms. */
export interface SettledOptions {
  /**
   * How long clients must have sent nothing to count as idle. Longer than the longest wait of your
   * controller's own timers, and than another process takes to respond.
   * @default 20
   */
  readonly quiet?: number
  /**
   * After how long it gives up.
   * @default 10,000
   */
  readonly timeout?: number
}

/** Turns of the event loop without a request; a request of client-node 1.4 is six turns behind its cause. */
const TURNS = 25
/** Requests that the error shows. */
const SHOWN = 5

const checkSettled = argumentsCheck('settled()', 'await settled(cluster, { timeout: 30_000 })', () => ({
  cluster: aCluster,
  options: z.strictObject({ quiet: z.optional(z.number()), timeout: z.optional(z.number()) }),
}))

/**
 * Like `cluster.settle()`, and waits for asynchronous clients, too: it lets the cluster come to rest,
 * lets the event loop turn until clients have sent nothing for a while, and begins again if they have.
 * For controllers written with @kubernetes/client-node, in process or over HTTPS. Fake timers do not stop it.
 * @throws Error if they are not idle after `timeout`; it names their last requests
 * @throws LivelockError if the cluster itself does not come to rest
 * @example await settled(cluster)
 */
export async function settled(cluster: SimCluster, options: SettledOptions = {}): Promise<SimCluster> {
  checkSettled([cluster, options])
  const { quiet = 20, timeout = 10_000 } = options
  const end = performance.now() + timeout
  for (;;) {
    cluster.settle()
    const requests = await requestsWithin(cluster, quiet)
    if (requests.length === 0) return cluster
    if (performance.now() > end)
      throw new Error(
        `clients still send requests after ${timeout} ms; the last ones:\n` +
          requests.slice(-SHOWN).join('\n'),
      )
  }
}

/** Returns the requests of the first turn in which there are some; none, if there are none for `quiet` ms. */
async function requestsWithin(cluster: SimCluster, quiet: number): Promise<readonly string[]> {
  const requests: string[] = []
  const stop = cluster.on('request', ({ user, verb, resource, namespace, name }) => {
    const object = [namespace, name].filter((part) => part !== undefined).join('/')
    requests.push(`  ${user.name}: ${verb} ${resource} ${object}`)
  })
  const end = performance.now() + quiet
  try {
    for (let turn = 0; requests.length === 0 && (turn < TURNS || performance.now() < end); turn++)
      await (turn < TURNS ? nextTurn() : aMoment())
    return requests
  } finally {
    stop()
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const aMoment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1))
