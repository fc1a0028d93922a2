import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { bundleInto } from '../../scripts/bundle-into.js'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { attacks, Target, type Attack } from './attacks.js'
import { hostileInputs, requestsOf } from './requests.js'
import type { Health, Listening } from './served-child.js'

/** Ms of CPU for which one client may keep all others waiting. */
const MOST_MS = 200

/** What attacks on a served cluster found. */
export interface ServedFindings {
  readonly attacks: number
  /** What ended the process, was not refused, or was reported as a bug. */
  readonly faults: readonly string[]
  /** What kept all other clients waiting for more than 200 ms of CPU; depends on the machine. */
  readonly slow: readonly string[]
  readonly summary: string
}

/** The hostile inputs as requests of some bytes. */
function inputAttacks(bytes: number): readonly Attack[] {
  const cluster = new SimCluster({ nodes: 0 })
  return hostileInputs.map(({ name, play, most = bytes }) => ({
    name: `input: ${name}`,
    play: async (target) => {
      const requests = requestsOf(() => play(cluster, Math.min(bytes, most)))
      for (const { method = 'POST', path, query = '', type = 'application/json', body, headers } of requests)
        await target.send(method, addressOf(path, query), body, { 'content-type': type, ...headers })
    },
  }))
}

/** What a client can put on a request line: blanks and letters beyond ASCII are escaped. */
const addressOf = (path: string, query: string): string =>
  `${path}${query === '' ? '' : `?${query}`}`.replaceAll(/[^!-~]/g, encodeURIComponent)

/**
 * Serves a cluster in a child process, and plays all attacks on it, and hostile inputs with bodies of some
 * bytes. A child that ends is noted, and another takes its place.
 */
export async function playServed({
  time,
  bytes,
  isPlayed = () => true,
}: {
  readonly time: 'virtual' | 'real'
  readonly bytes: number
  /** Default: all are played. */
  readonly isPlayed?: (name: string) => boolean
}): Promise<ServedFindings> {
  const program = await victimProgram()
  const played = [...attacks, ...inputAttacks(bytes)].filter(({ name }) => isPlayed(name))
  const faults: string[] = []
  const slow: string[] = []
  let victim = await Victim.start(program, time)
  for (const { name, play } of played) {
    const fault = await play(victim.target).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )
    if (fault !== undefined) faults.push(`${name}: ${fault}`)
    const health = await victim.health()
    if (health === undefined) {
      faults.push(`${name}: the process has ended: ${victim.said}`)
      victim = await Victim.start(program, time)
      continue
    }
    faults.push(...health.errors.map((error) => `${name}: ${error}`))
    if (health.blocked > MOST_MS) {
      const what = health.slow.map((one) => `${one.what.slice(0, 80)} ${one.ms.toFixed(0)} ms`).join(', ')
      slow.push(`${name}: blocked for ${health.blocked.toFixed(0)} ms of CPU (${what})`)
    }
  }
  victim.stop()
  const summary = `${played.length} attacks, ${faults.length} faults, ${slow.length} that block others`
  return { attacks: played.length, faults, slow, summary }
}

/** Returns the path of the program that {@link Victim.start} runs. */
export async function victimProgram(): Promise<string> {
  const placeOf = await bundleInto(`served-${process.pid}`, ['test/hostile/served-child'])
  return fileURLToPath(placeOf('test/hostile/served-child'))
}

/** The process under attack. */
export class Victim {
  readonly target: Target
  said = ''
  readonly #child: ReturnType<typeof fork>

  private constructor(child: ReturnType<typeof fork>, listening: Listening) {
    this.#child = child
    this.target = new Target(listening)
    child.stderr?.on('data', (data: Buffer) => (this.said = (this.said + data.toString()).slice(-2_000)))
  }

  static async start(program: string, time: 'virtual' | 'real'): Promise<Victim> {
    const child = fork(program, [time], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: ['--max-old-space-size=1000'],
    })
    const [listening] = (await once(child, 'message')) as [Listening]
    return new Victim(child, listening)
  }

  /** What the process says of itself; undefined if it has ended, or says nothing for 60 s. */
  async health(): Promise<Health | undefined> {
    if (this.#child.exitCode !== null || !this.#child.connected) return undefined
    const over = new AbortController()
    const { signal } = over
    const response = once(this.#child, 'message', { signal }) as Promise<[Health]>
    const ended = once(this.#child, 'exit', { signal }).then(() => undefined)
    // a process that has just ended is seen by the event
    this.#child.send('health', () => undefined)
    const health = await Promise.race([response, ended, sleep(60_000, undefined, { signal })])
    over.abort()
    await Promise.allSettled([response, ended])
    if (health === undefined) this.stop()
    return health?.[0]
  }

  stop(): void {
    this.target.close()
    this.#child.kill('SIGKILL')
  }
}
