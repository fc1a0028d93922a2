import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Compare, RequestOp, TxnRequest } from '../../../etcd/requests.js'
import type { EtcdStore } from '../../../etcd/store.js'
import { valueBytes } from '../../../etcd/mvcc/value.js'
import type { KeyEvent } from '../../../etcd/watch/watch-types.js'
import { Code, GrpcError } from '../grpc/grpc-error.js'
import { FirstPlaces, firstWrite } from './first-write.js'
import type { MirroredBatch, MirroredWrite } from './first-write.js'
import { MIRROR_FORMAT, packed, withStep } from './layout.js'
import type { MirrorLayout, MirrorState } from './layout.js'
import { wrapped } from './load.js'
import type { MirrorLock } from './lock.js'
import { rangeOf } from './remote.js'
import type { RemoteEtcd } from './remote.js'

/** Ms before a failed write is retried: at first, and at most. */
const FIRST_DELAY = 50
const LONGEST_DELAY = 2_000
const FROM_ALL = '\0'

/** The dependencies of an {@link EtcdMirror}. */
export interface EtcdMirrorDependencies {
  readonly remote: RemoteEtcd
  readonly layout: MirrorLayout
  readonly lock: MirrorLock
  readonly store: EtcdStore
  readonly now: () => number
  readonly version: string
  /** Returns the names of the simulated machines. */
  readonly machines: () => readonly string[]
  /** What earlier writers have written. */
  readonly from: Pick<MirrorState, 'revision' | 'ready' | 'steps'> & { readonly noted: number }
  /** Called with the reason when a write is retried. */
  readonly onRetry: (error: GrpcError) => void
}

/** One revision to write. */
interface Pending extends MirroredBatch {
  readonly now: number
  readonly leases: MirrorState['leases']
}

/**
 * Writes every revision of a store to a real etcd, one after the other. Each is one transaction that also
 * records which revision it is, and succeeds only if the revision before it was the last one and the lock is
 * still held. So etcd always holds a state that the store was in. The revisions of the creation are joined
 * into one transaction.
 */
export class EtcdMirror {
  readonly #dependencies: EtcdMirrorDependencies
  readonly #writer = randomUUID()
  readonly #unsubscribe: () => void
  readonly #waiting: {
    readonly revision: number
    readonly done: () => void
    readonly failed: (error: Error) => void
  }[] = []
  readonly #queue: Pending[] = []
  #seen: number
  #written: number
  #noted: number
  #steps: MirrorState['steps']
  /** Why nothing will be written any more. */
  #failure: Error | undefined
  #stopped = false
  #pumping = false

  constructor(dependencies: EtcdMirrorDependencies) {
    const { revision, steps, noted } = dependencies.from
    this.#dependencies = dependencies
    this.#seen = revision
    this.#written = revision
    this.#noted = noted
    this.#steps = steps
    this.#unsubscribe = dependencies.store.subscribe(FROM_ALL, FROM_ALL, () => this.#collect())
    this.#collect()
  }

  /** The last revision that etcd has confirmed. */
  get written(): number {
    return this.#written
  }

  /**
   * Resolves when the store's current state is in etcd. Rejects when the mirror has failed, and when etcd
   * refuses a write: this and the next commit try again.
   */
  durable(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const { revision } = this.#dependencies.store
    if (this.#written >= revision) return Promise.resolve()
    const written = new Promise<void>((done, failed) => void this.#waiting.push({ revision, done, failed }))
    this.#startPump()
    return written
  }

  /** Stops at once, without writing the remaining revisions. */
  stop(): void {
    this.#stopped = true
    this.#unsubscribe()
  }

  /**
   * Queues what has been committed since the last call, revision by revision. Called on each commit, since
   * history can be compacted later.
   */
  #collect(): void {
    const { store, now } = this.#dependencies
    if (this.#failure !== undefined || store.revision === this.#seen) return
    const leases = store.grantedLeases().map(({ id, ttl, expiry }) => ({ id: `${id}`, ttl, expiry }))
    let pending: { revision: number; writes: Map<string, MirroredWrite> } | undefined
    const close = (): void => {
      if (pending === undefined) return
      const { revision, writes } = pending
      this.#queue.push({ revision, now: now(), writes: [...writes.values()], leases })
    }
    for (const event of store.changesSince(this.#seen, FROM_ALL, FROM_ALL)) {
      if (pending?.revision !== event.kv.modRevision) {
        close()
        pending = { revision: event.kv.modRevision, writes: new Map() }
      }
      const key = this.#dependencies.layout.inEtcd(event.kv.key)
      if (key !== undefined) pending.writes.set(key, writeOf(event, key))
    }
    close()
    this.#seen = store.revision
    this.#startPump()
  }

  #startPump(): void {
    if (!this.#pumping) this.#pump().catch((error: unknown) => (this.#failure = asError(error)))
  }

  /**
   * Writes the queue. A refusal of etcd (its quota is used up, it is read only, a revision is too large) ends
   * this attempt only, and keeps the queue: the cluster goes on, and etcd holds the state before.
   */
  async #pump(): Promise<void> {
    this.#pumping = true
    try {
      while (this.#queue.length > 0 && !this.#stopped) {
        if (this.#noted === 0) this.#joinFirst()
        const [next] = this.#queue as [Pending]
        await this.#write(next)
        this.#queue.shift()
        this.#written = next.revision
        this.#resolveWaiting()
      }
    } catch (error) {
      const reason = asError(error)
      if (!(reason instanceof GrpcError)) {
        this.#failure = reason
        this.#queue.length = 0
      }
      for (const { failed } of this.#waiting.splice(0)) failed(reason)
    }
    this.#pumping = false
  }

  #joinFirst(): void {
    const { batch, joined } = firstWrite(this.#queue)
    const { now, leases } = this.#queue[joined - 1] as Pending
    this.#queue.splice(0, joined, { ...batch, now, leases })
  }

  /** In the order of the requests: who wrote hears of it before who reads it. */
  #resolveWaiting(): void {
    const later = this.#waiting.findIndex(({ revision }) => revision > this.#written)
    const written = this.#waiting.splice(0, later === -1 ? this.#waiting.length : later)
    for (const { done } of written) done()
  }

  async #write(pending: Pending): Promise<void> {
    for (let delay = FIRST_DELAY; ; delay = Math.min(2 * delay, LONGEST_DELAY)) {
      try {
        const { succeeded, header, responses } = await this.#dependencies.remote.txn(this.#requestOf(pending))
        if (succeeded) return this.#note(pending.revision, header.revision)
        const note = rangeOf(responses)
        if (note !== undefined && this.#isOurs(note.value, pending.revision))
          return this.#note(pending.revision, note.modRevision)
        if ((note?.modRevision ?? 0) !== this.#noted)
          throw new Error('another writer has taken the mirror over')
        // the lock has expired while etcd could not be reached, and no other writer has written since
        await this.#dependencies.lock.take()
      } catch (error) {
        if (!(error instanceof GrpcError) || !RETRYABLE.has(error.code)) throw error
        this.#dependencies.onRetry(error)
      }
      if (this.#stopped) throw new Error('the mirror is closed')
      await sleep(delay)
    }
  }

  #requestOf({ revision, now, writes, leases }: Pending): TxnRequest {
    const {
      layout,
      lock,
      version,
      from: { ready },
    } = this.#dependencies
    const state: MirrorState = {
      simclusterMirror: MIRROR_FORMAT,
      revision,
      ready,
      now,
      version,
      machines: this.#dependencies.machines(),
      writer: this.#writer,
      steps: this.#steps,
      leases,
    }
    const compare: readonly Compare[] = [
      { result: 'EQUAL', target: 'MOD', key: layout.state, modRevision: this.#noted },
      { result: 'EQUAL', target: 'LEASE', key: layout.lock, lease: lock.lease },
    ]
    const note = { requestPut: { key: layout.state, value: Buffer.from(JSON.stringify(state)) } }
    const notes = this.#noted === 0 ? [note, FirstPlaces.put(layout.places, writes)] : [note]
    const ops = writes.map(({ op }) => op)
    return { compare, success: packed(notes, ops), failure: [{ requestRange: { key: layout.state } }] }
  }

  /** Whether a write whose response was lost has succeeded. */
  #isOurs(value: unknown, revision: number): boolean {
    const state = JSON.parse(new TextDecoder().decode(valueBytes(value as Uint8Array))) as MirrorState
    return state.writer === this.#writer && state.revision === revision
  }

  #note(revision: number, etcdRevision: number): void {
    this.#steps = withStep(this.#steps, revision, etcdRevision)
    this.#noted = etcdRevision
  }
}

function writeOf({ type, kv }: KeyEvent, key: string): MirroredWrite {
  const op: RequestOp =
    type === 'DELETE'
      ? { requestDeleteRange: { key } }
      : { requestPut: { key, value: wrapped(valueBytes(kv.value), kv.lease) } }
  return { key, op, place: [kv.createRevision, kv.modRevision, kv.version] }
}

/** Codes after which a retry can succeed. */
const RETRYABLE: ReadonlySet<number> = new Set([Code.Unavailable, Code.Canceled, Code.Internal])

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
