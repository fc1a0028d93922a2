import type { Namespace } from '../../../src/api/core/generated.js'
import type { SimCluster } from 'simcluster'
import type { HttpResponse, HttpWatch } from '../../../src/client/http.js'
import { differences } from './compare.js'
import type {
  RecordedRequest,
  RecordedResponse,
  Scenario,
  ScenarioStep,
} from '../../../src/real/recording/scenario.js'
import { Comparison } from './comparison.js'
import { likeRecorded, recordedCluster } from './cluster.js'
import { requestOf } from './requests.js'

/** One step as it went here, and how it should have gone. */
export interface PlayedStep {
  readonly step: number
  readonly what: string
  readonly expected: RecordedResponse
  readonly actual: RecordedResponse
}

/** How long the recorder waited after the last event before it closed a watch, and between two polls. */
const WATCH_PAUSE = 400
const POLL = 100
/** The recorder took some time from request to request. */
const BETWEEN = 10
/** It takes longer than that to act on what it sees, so that it is let go only where a scenario waits. */
const SLOW = 'kube-controller-manager/garbage-collector-controller'

/**
 * Plays one scenario against a fresh cluster. Steps that only open a watch have no answer of their own to
 * compare.
 */
export function play(scenario: Scenario, cluster: SimCluster = clusterFor(scenario)): readonly PlayedStep[] {
  return new Player(scenario, cluster).run()
}

const clusterFor = ({ on }: Scenario): SimCluster => (on === undefined ? recordedCluster() : likeRecorded(on))

class Player {
  readonly #scenario: Scenario
  readonly #cluster: SimCluster
  readonly #raw: unknown[] = []
  readonly #watches = new Map<string, HttpWatch>()

  constructor(scenario: Scenario, cluster: SimCluster) {
    this.#scenario = scenario
    this.#cluster = cluster
  }

  run(): readonly PlayedStep[] {
    const { namespace, steps } = this.#scenario
    this.#cluster.component(SLOW).stop()
    if (namespace !== undefined) this.#makeNamespace(namespace)
    // the recordings' history was compacted now and then; only this scenario depends on it
    if (/expired/.test(this.#scenario.id)) {
      this.#cluster.internals.bookmarkWatches()
      this.#cluster.internals.etcd.compact({ revision: this.#cluster.internals.etcd.revision })
    }
    return steps.flatMap((step, at) => {
      if (at === steps.length - 1) this.#pauseAsNoted()
      return this.#step(step, at)
    })
  }

  #makeNamespace(name: string): void {
    this.#cluster.client.create('namespaces', { metadata: { name } } as Namespace)
    this.#react()
  }

  /**
   * Controllers answer within milliseconds: what can be done without time is done before the next request.
   */
  #react(): void {
    while (this.#cluster.step());
  }

  /** Time passes, and everyone acts. */
  #wait(ms: number): void {
    this.#cluster.component(SLOW).start()
    this.#cluster.advance(ms)
  }

  /** `4 s pass before the last list` */
  #pauseAsNoted(): void {
    const seconds = /(\d+) s pass before the last/.exec(JSON.stringify(this.#scenario.notes ?? ''))?.[1]
    if (seconds !== undefined) this.#wait(Number(seconds) * 1000)
  }

  #step(step: ScenarioStep, at: number): readonly PlayedStep[] {
    const { request, response, watchStart, watchEnd } = step
    if (watchEnd !== undefined) return this.#endWatch(watchEnd, response, at)
    if (step.pause !== undefined) this.#wait(step.pause)
    if (request === undefined) throw new Error(`step ${at} of ${this.#scenario.id} has no request`)
    const received = step.wait === undefined ? this.#ask(request, at) : this.#poll(step, at)
    this.#react()
    this.#cluster.advance(BETWEEN)
    if (watchStart !== undefined) {
      if ('next' in received) this.#watches.set(watchStart, received)
      this.#raw.push({})
      return []
    }
    const actual = recorded(received)
    this.#raw.push(actual.body ?? {})
    return response === undefined
      ? []
      : [{ step: at, what: `${request.method} ${request.path}`, expected: response, actual }]
  }

  #ask(request: RecordedRequest, at: number): HttpResponse | HttpWatch {
    return this.#cluster.http.handle(requestOf(this.#scenario, at, request, this.#raw))
  }

  /**
   * The recorder polled until a condition held that is written down in words: here, until the answer is the
   * recorded one.
   */
  #poll(step: ScenarioStep, at: number): HttpResponse | HttpWatch {
    const { request, response, wait } = step
    const { timeoutMs } = wait as { timeoutMs: number }
    for (let waited = 0; ; waited += POLL) {
      const received = this.#ask(request as RecordedRequest, at)
      if (waited >= timeoutMs) return received
      const comparison = new Comparison(this.#scenario)
      const actual = recorded(received)
      comparison.learn(actual)
      if (
        differences(comparison.expected(response as RecordedResponse), comparison.actual(actual)).length === 0
      )
        return received
      this.#wait(POLL)
    }
  }

  #endWatch(key: string, expected: RecordedResponse | undefined, step: number): readonly PlayedStep[] {
    const watch = this.#watches.get(key)
    const lines = watch === undefined ? [] : this.#drain(watch)
    this.#raw.push({})
    const actual: RecordedResponse = {
      code: watch?.code ?? 0,
      headers: watch?.headers ?? {},
      events: lines.map((line) => JSON.parse(line)),
    }
    return expected === undefined ? [] : [{ step, what: `WATCH ${key}`, expected, actual }]
  }

  #drain(watch: HttpWatch): readonly string[] {
    const lines: string[] = []
    const pull = (): number => {
      const batch = watch.next()
      lines.push(...batch)
      return batch.length
    }
    while (pull() > 0 || this.#later(pull));
    watch.stop()
    return lines
  }

  #later(pull: () => number): boolean {
    this.#wait(WATCH_PAUSE)
    return pull() > 0
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An answer in the recordings' form. A stream that stays open has no body yet. */
function recorded(response: HttpResponse | HttpWatch): RecordedResponse {
  const { code, headers } = response
  if (!('body' in response) || response.body === '') return { code, headers }
  const json = parse(response.body)
  return json === undefined || typeof json !== 'object'
    ? { code, headers, bodyText: response.body }
    : { code, headers, body: json }
}
