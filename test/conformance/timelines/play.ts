import type { Namespace } from '../../../src/api/core/generated.js'
import type { KubeObject } from '../../../src/api/kind/definition.js'
import type { SimCluster } from 'simcluster'
import type { RecordedRequest } from '../../../src/real/recording/scenario.js'
import { requestOf } from '../recordings/requests.js'
import { LEAD, timelineCluster } from './cluster.js'
import { LEASE_PERIOD } from '../../support/fake-kubelet.js'
import { itemsOf, type Timeline, type TimelineItem } from './timeline.js'
import type { Write } from './writes.js'

/** An answer to a request of the recorder. */
export interface Answer {
  readonly item: TimelineItem
  readonly code: number
  readonly body: unknown
}

/** What came of a timeline here. */
export interface Played {
  readonly cluster: SimCluster
  readonly writes: readonly Write[]
  readonly answers: readonly Answer[]
}

/** What a recording does not tell, and what its course may hang on. */
export interface Chance {
  /** ms from the full second to when it began: times in objects are whole seconds. */
  readonly begin?: number
  /**
   * ms that the recorder took for each request beside its pauses: it was heard by so much earlier than noted,
   * each by so much more.
   */
  readonly early?: number
  /** Whether requests follow one another so fast that nobody has acted on the one before. */
  readonly hurries?: boolean
  /** Whether components see each other's writes late, as the seed decides. */
  readonly late?: boolean
  /** Decides where pods go among equal nodes, and which one of equals goes first. */
  readonly seed?: number
}

/** Plays the requests of a timeline, each at its time, on a fresh cluster. */
export function playTimeline(timeline: Timeline, chance: Chance = {}): Played {
  return new Player(timeline, chance).run()
}

class Player {
  readonly #timeline: Timeline
  readonly #cluster: SimCluster
  readonly #early: number
  readonly #hurries: boolean
  readonly #writes: Write[] = []
  readonly #answers: Answer[] = []
  /** Pods of here by their recorded names. */
  readonly #pods = new Map<string, string>()
  #begin = 0

  constructor(timeline: Timeline, chance: Chance) {
    this.#timeline = timeline
    this.#early = (chance.early ?? 0) / 1000
    this.#hurries = chance.hurries ?? false
    this.#cluster = timelineCluster(timeline, chance)
  }

  run(): Played {
    const { namespace, applied = [] } = this.#timeline
    const timeline = itemsOf(this.#timeline)
    const cluster = this.#cluster
    this.#begin = cluster.now() + LEAD
    cluster.on('write', ({ type, resource, object }) =>
      this.#writes.push({ t: (cluster.now() - this.#begin) / 1000, type, resource, object }),
    )
    this.#noteWhatIsThere()
    cluster.advance(LEAD / 4)
    cluster.client.create('namespaces', { metadata: { name: namespace } } as Namespace)
    cluster.advance(LEAD / 4)
    for (const request of applied) this.#send(request)
    this.#begin += this.#phase(timeline)
    this.#advanceTo(-0.001)
    const removed = removals(timeline)
    for (const item of timeline) {
      if (removed.has(item)) this.#remove(item)
      else this.#replay(item)
    }
    const snapshots = Object.keys(this.#timeline.snapshots ?? {}).map((when) =>
      Number(/\d+/.exec(when)?.[0] ?? 0),
    )
    this.#advanceTo(Math.max(timeline.at(-1)?.t ?? 0, ...snapshots))
    return { cluster, writes: this.#writes, answers: this.#answers }
  }

  #noteWhatIsThere(): void {
    for (const object of this.#cluster.list('nodes').items)
      this.#writes.push({ t: -LEAD / 1000, type: 'ADDED', resource: 'nodes', object })
  }

  /**
   * ms to wait so that the last lease is as old as the recorder noted; our kubelets renew theirs at the
   * lead's full tens of seconds.
   */
  #phase(timeline: readonly TimelineItem[]): number {
    const age = timeline
      .map(
        ({ what = '' }) => /^age of the last lease renewal at the stop, in seconds: ([\d.]+)/.exec(what)?.[1],
      )
      .find(Boolean)
    return age === undefined ? 0 : (Number(age) * 1000) % LEASE_PERIOD
  }

  #advanceTo(t: number): void {
    const ms = this.#begin + Math.round(t * 1000) - this.#cluster.now()
    if (ms > 0) this.#cluster.advance(ms)
  }

  #replay(item: TimelineItem): void {
    const [, node, verb] = /^heart-beats of (\S+) (stop|resume)/.exec(item.what ?? '') ?? []
    if (item.kind !== 'request' && verb === undefined) return
    this.#advanceTo(item.t - this.#early * this.#answers.length)
    if (verb === 'stop') this.#cluster.component(`kubelet/${node}`).stop()
    else if (verb === 'resume') this.#cluster.component(`kubelet/${node}`).start()
    else if (item.request !== undefined) this.#answers.push({ item, ...this.#send(item.request) })
  }

  /** The recorder tidied up. */
  #remove({ t, name = '' }: TimelineItem): void {
    this.#advanceTo(t)
    this.#send({
      method: 'DELETE',
      path: `/api/v1/namespaces/${this.#timeline.namespace}/pods/${name}?gracePeriodSeconds=0`,
    })
  }

  #send(request: RecordedRequest): { readonly code: number; readonly body: unknown } {
    const own = this.#withNames(request)
    const described =
      request.bodyDescription === undefined ? own : this.#described(own, request.bodyDescription)
    const response = this.#cluster.http.handle(requestOf(this.#timeline, 0, described, []))
    if (!this.#hurries) while (this.#cluster.step());
    return {
      code: response.code,
      body: 'body' in response && response.body !== '' ? (JSON.parse(response.body) as unknown) : undefined,
    }
  }

  /** `the object with one more condition Approved=True reason R message M` */
  #described(request: RecordedRequest, words: string): RecordedRequest {
    const [, type, status, reason, message] =
      /one more condition (\w+)=(\w+) reason (\w+) message (\w+)$/.exec(words) ?? []
    if (type === undefined) throw new Error(`a body is described in words that are not understood: ${words}`)
    const response = this.#cluster.http.handle(
      requestOf(this.#timeline, 0, { method: 'GET', path: request.path.replace(/\/approval$/, '') }, []),
    )
    const object = JSON.parse('body' in response ? response.body : '{}') as {
      status?: { conditions?: unknown[] }
    }
    const conditions = [...(object.status?.conditions ?? []), { type, status, reason, message }]
    const { method, path } = request
    return { method, path, body: { ...object, status: { ...object.status, conditions } } }
  }

  /** Requests name pods whose names were generated. */
  #withNames(request: RecordedRequest): RecordedRequest {
    const recorded = /\/pods\/([^/?]+)/.exec(request.path)?.[1]
    if (recorded === undefined) return request
    const name = this.#podFor(recorded)
    return JSON.parse(JSON.stringify(request).replaceAll(recorded, name)) as RecordedRequest
  }

  /**
   * The pod of here that a recorded name stands for: the one itself, or one of the same base that no other
   * name stands for.
   */
  #podFor(recorded: string): string {
    const known = this.#pods.get(recorded)
    if (known !== undefined) return known
    const { items } = this.#cluster.list('pods', { namespace: this.#timeline.namespace })
    const base = recorded.slice(0, recorded.lastIndexOf('-') + 1)
    const taken = new Set(this.#pods.values())
    const isFree = ({ metadata: { name = '', deletionTimestamp } }: KubeObject): boolean =>
      name.startsWith(base) && !taken.has(name) && deletionTimestamp === undefined
    const name = items.some(({ metadata }) => metadata.name === recorded)
      ? recorded
      : (items.find(isFree)?.metadata.name ?? recorded)
    this.#pods.set(recorded, name)
    return name
  }
}

/**
 * Pods that the recorder removed without noting the request: those without an owner that go at once, for
 * which nobody has given a reason (evictions and the pod garbage collector do).
 */
function removals(timeline: readonly TimelineItem[]): ReadonlySet<TimelineItem> {
  const explained = new Set<string>()
  const found = new Set<TimelineItem>()
  for (const item of timeline) {
    const { kind, name = '', change = {}, request } = item
    if (request?.method === 'DELETE') explained.add(request.path.split('/').at(-1) ?? '')
    if (kind !== 'pods') continue
    if (
      change['owner'] !== undefined ||
      JSON.stringify(change['conditions'] ?? []).includes('DisruptionTarget')
    )
      explained.add(name)
    if (change['deleting'] === true && change['grace'] === 0 && !explained.has(name)) found.add(item)
  }
  return found
}
