import { isDeepStrictEqual } from 'node:util'
import type { ClientDuplexStream } from '@grpc/grpc-js'
import fc from 'fast-check'
import type { WatchCreateRequest, KeyEvent, WatchResponse, WatchStream } from '../../src/etcd/index.js'
import { keyBytes } from '../../src/etcd/index.js'
import { expectNone, Lockstep, type Difference } from './lockstep.js'
import { chosen, operation, type Operation, type RevisionChoice } from './operations.js'
import type { EtcdClient, Message } from './real-etcd.js'
import { canonical } from './wire.js'

export type WatchOperation =
  | { readonly do: 'watch'; readonly request: WatchCreateRequest; readonly start: RevisionChoice }
  | { readonly do: 'unwatch'; readonly id: number }

const watchOperation: fc.Arbitrary<WatchOperation | Operation> = fc.oneof(
  { weight: 4, arbitrary: operation },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('watch' as const),
      request: fc.record({
        key: fc.constantFrom('a', 'b', 'aa', 'k03', '', '\xff'),
        rangeEnd: fc.constantFrom(undefined, '\0', '\0', 'c', 'l', 'a', ''),
        filters: fc.constantFrom<('NOPUT' | 'NODELETE')[][]>(
          [],
          [],
          ['NOPUT'],
          ['NODELETE'],
          ['NOPUT', 'NODELETE'],
        ),
        prevKv: fc.boolean(),
        watchId: fc.constantFrom(0, 0, 0, 0, 1, 2, -5),
      }),
      start: fc.oneof(
        { weight: 3, arbitrary: fc.constant(undefined) },
        { weight: 3, arbitrary: fc.integer({ min: -12, max: 3 }).map((offset) => ({ offset })) },
        { weight: 1, arbitrary: fc.constantFrom(-2, -1).map((at) => ({ at })) },
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('unwatch' as const), id: fc.integer({ min: -1, max: 4 }) }),
  },
)

/**
 * What one watch id was told: answers as lines, and every event. Where etcd cuts its answers depends on its
 * clock.
 */
interface Told {
  readonly answers: string[]
  readonly events: unknown[]
}

type Wire<T> = Omit<T, 'watchId' | 'header'> & {
  readonly watchId: number | string
  readonly header: { readonly revision: number | string }
}

class Log {
  readonly told = new Map<number, Told>()
  progress = 0

  /** gRPC's numbers come as strings. */
  add(response: Wire<WatchResponse>): void {
    const watchId = Number(response.watchId)
    if (watchId === -1 && !response.created && !response.canceled) {
      this.progress = Number(response.header.revision)
      return
    }
    let told = this.told.get(watchId)
    if (told === undefined) this.told.set(watchId, (told = { answers: [], events: [] }))
    const { created, canceled, compactRevision, cancelReason, header } = response
    if (created || canceled) {
      const received = {
        created,
        canceled,
        compactRevision: `${compactRevision}`,
        cancelReason,
        at: `${header.revision}`,
      }
      told.answers.push(JSON.stringify(received))
    }
    for (const event of response.events) told.events.push(canonicalEvent(event))
  }

  answers(watchId: number): readonly string[] {
    return this.told.get(watchId)?.answers ?? []
  }

  sorted(): [number, Told][] {
    return [...this.told].sort(([a], [b]) => a - b)
  }
}

function canonicalEvent({ type, kv, prevKv }: KeyEvent): unknown {
  return canonical({ type, kv, ...(prevKv === null ? {} : { prevKv }) })
}

/** One watch stream on each side of a lockstep. */
class WatchLockstep {
  readonly #lockstep: Lockstep
  readonly #modelLog = new Log()
  readonly #realLog = new Log()
  readonly #model: WatchStream
  readonly #real: ClientDuplexStream<Message, Message>
  readonly #open = new Set<number>()
  #wake: () => void = () => undefined

  constructor(lockstep: Lockstep) {
    this.#lockstep = lockstep
    this.#model = lockstep.model.watchStream((response) => this.#modelLog.add(response))
    this.#real = lockstep.etcd.stream('Watch', 'Watch')
    this.#real.on('data', (response: unknown) => {
      this.#realLog.add(response as Wire<WatchResponse>)
      this.#wake()
    })
    this.#real.on('error', () => undefined)
  }

  close(): void {
    this.#real.cancel()
    this.#model.close()
  }

  get events(): number {
    return [...this.#modelLog.told.values()].reduce((sum, { events }) => sum + events.length, 0)
  }

  async run(step: WatchOperation | Operation): Promise<Difference | undefined> {
    if (step.do === 'watch') {
      await this.#create(step)
      return undefined
    }
    if (step.do === 'unwatch') {
      await this.#cancel(step.id)
      return undefined
    }
    // etcd looks for previous values when it sends: let it send before they are compacted.
    if (step.do === 'compact') await this.settle()
    return this.#lockstep.run(step)
  }

  /** Waits until the real server has told everything, and compares. */
  async finish(): Promise<Difference | undefined> {
    await this.settle()
    const model = this.#modelLog.sorted()
    const etcd = this.#realLog.sorted()
    return isDeepStrictEqual(model, etcd)
      ? undefined
      : { operation: 'what the watchers were told', model, etcd }
  }

  async #create({ request, start }: Extract<WatchOperation, { do: 'watch' }>): Promise<void> {
    const startRevision = chosen(start, this.#lockstep.model.revision) ?? 0
    const id = this.#model.create({ ...request, startRevision })
    if (id !== -1) this.#open.add(id)
    const created = (log: Log): number =>
      log.answers(id).filter((line) => line.includes('"created":true')).length
    this.#real.write({
      createRequest: {
        ...request,
        startRevision,
        key: Buffer.from(keyBytes(request.key)),
        ...(request.rangeEnd === undefined ? {} : { rangeEnd: Buffer.from(keyBytes(request.rangeEnd)) }),
      },
    })
    await this.#until(() => created(this.#realLog) >= created(this.#modelLog))
  }

  async #cancel(id: number): Promise<void> {
    await this.settle()
    this.#model.cancel(id)
    this.#real.write({ cancelRequest: { watchId: id } })
    this.#open.delete(id)
    await this.#until(() => this.#realLog.answers(id).length >= this.#modelLog.answers(id).length)
  }

  /**
   * Until the real server has told all that it has to tell. Watchers that a compaction ended are canceled on
   * the way.
   */
  async settle(): Promise<void> {
    for (const id of this.#open) {
      if (!this.#modelLog.answers(id).at(-1)?.includes('"canceled":true')) continue
      await this.#until(() => this.#realLog.answers(id).length >= this.#modelLog.answers(id).length)
      this.#open.delete(id)
      this.#model.cancel(id)
      this.#real.write({ cancelRequest: { watchId: id } })
      await this.#until(() => this.#realLog.answers(id).length >= this.#modelLog.answers(id).length)
    }
    if (this.#open.size === 0) return
    this.#realLog.progress = 0
    this.#modelLog.progress = 0
    this.#model.requestProgress()
    await this.#until(
      () => this.#realLog.progress >= this.#modelLog.progress,
      () => this.#real.write({ progressRequest: {} }),
    )
  }

  /**
   * Waits for a condition; asks again now and then, and gives up after two seconds (the comparison then shows
   * why).
   */
  async #until(done: () => boolean, ask: () => void = () => undefined): Promise<void> {
    ask()
    for (let round = 0; !done() && round < 200; round++) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 10)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      if (!done() && round % 2 === 1) ask()
    }
  }
}

/**
 * Plays random operations and watches on a model and an etcd, and expects that watchers are told the same.
 * Returns how many events they were told.
 */
export async function playWatches(
  etcd: EtcdClient,
  options: { readonly numRuns: number; readonly seed: number },
): Promise<number> {
  const lockstep = new Lockstep(etcd)
  let events = 0
  await fc.assert(
    fc.asyncProperty(fc.array(watchOperation, { maxLength: 60, size: 'max' }), async (steps) => {
      await lockstep.reset()
      const watches = new WatchLockstep(lockstep)
      try {
        for (const step of steps) expectNone(await watches.run(step))
        expectNone(await watches.finish())
        events += watches.events
      } finally {
        watches.close()
      }
    }),
    options,
  )
  lockstep.close()
  return events
}
