import type { MirrorLayout } from './layout.js'
import { rangeOf } from './remote.js'
import type { RemoteEtcd } from './remote.js'
import { clearInterval, setInterval } from '../../real-timers.js'

/**
 * The lock of a mirror: a key with a lease in etcd. Its holder can write; it expires when the holder is gone.
 */
export class MirrorLock {
  readonly #remote: RemoteEtcd
  readonly #layout: MirrorLayout
  readonly #ttl: number
  readonly #holder: string
  #lease = 0n
  #timer: ReturnType<typeof setInterval> | undefined

  /** `ttl` is in seconds of real time; `holder` describes this process to others. */
  constructor(
    remote: RemoteEtcd,
    layout: MirrorLayout,
    { ttl, holder }: { readonly ttl: number; readonly holder: string },
  ) {
    this.#remote = remote
    this.#layout = layout
    this.#ttl = ttl
    this.#holder = holder
  }

  /** The lease; 0 while the lock is not held. */
  get lease(): bigint {
    return this.#lease
  }

  /**
   * Takes the lock and keeps it alive.
   * @throws Error when another writer has it
   */
  async take(): Promise<void> {
    const { lock: key } = this.#layout
    const lease = await this.#remote.grant(this.#ttl)
    const { succeeded, responses } = await this.#remote.txn({
      compare: [{ result: 'EQUAL', target: 'CREATE', key, createRevision: 0 }],
      success: [{ requestPut: { key, value: Buffer.from(this.#holder), lease } }],
      failure: [{ requestRange: { key } }],
    })
    if (!succeeded) {
      await this.#remote.revoke(lease)
      const holder = rangeOf(responses)?.value
      throw new Error(
        `another writer has the lock ${key}: ` +
          `${holder instanceof Uint8Array ? new TextDecoder().decode(holder) : 'unknown'}`,
      )
    }
    this.#lease = lease
    this.#timer ??= setInterval(
      () => void this.#remote.keepAlive(this.#lease).catch(() => undefined),
      (this.#ttl * 1000) / 3,
    )
    this.#timer.unref()
  }

  /** Stops keeping the lock alive, so that it expires. */
  abandon(): void {
    clearInterval(this.#timer)
  }

  /** Releases the lock. */
  async release(): Promise<void> {
    this.abandon()
    if (this.#lease !== 0n) await this.#remote.revoke(this.#lease)
    this.#lease = 0n
  }
}
