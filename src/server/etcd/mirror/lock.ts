import { hostname } from 'node:os'
import type { MirrorLayout } from './layout.js'
import { rangeOf } from './remote.js'
import type { RemoteEtcd } from './remote.js'
import { clearInterval, setInterval } from '../../real-timers.js'

/** Who has the lock, since which revision of etcd. */
interface Holder {
  readonly name: string
  readonly revision: number
}

/** Whether a holder is a process of this machine that does not exist any more. */
function isDead(name: string): boolean {
  const [, id, machine] = /^process (\d+) on (.*)$/.exec(name) ?? []
  if (id === undefined || machine !== hostname()) return false
  try {
    process.kill(Number(id), 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

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
   * Takes the lock and keeps it alive. The lock of a process of this machine that has died is taken over.
   * @throws Error when another writer has it
   */
  async take(): Promise<void> {
    const lease = await this.#remote.grant(this.#ttl)
    const holder = await this.#put(lease, undefined)
    if (holder !== undefined && (!isDead(holder.name) || (await this.#put(lease, holder)) !== undefined)) {
      await this.#remote.revoke(lease)
      throw new Error(`another writer has the lock ${this.#layout.lock}: ${holder.name}`)
    }
    this.#lease = lease
    // bounded: the lease of the lock
    this.#timer ??= setInterval(
      () => void this.#remote.keepAlive(this.#lease).catch(() => undefined),
      (this.#ttl * 1000) / 3,
    )
    this.#timer.unref()
  }

  /** Writes the key, if it does not exist or is still that of `dead`. Returns who has it otherwise. */
  async #put(lease: bigint, dead: Holder | undefined): Promise<Holder | undefined> {
    const { lock: key } = this.#layout
    const { succeeded, responses } = await this.#remote.txn({
      compare: [{ result: 'EQUAL', target: 'MOD', key, modRevision: dead?.revision ?? 0 }],
      success: [{ requestPut: { key, value: Buffer.from(this.#holder), lease } }],
      failure: [{ requestRange: { key } }],
    })
    if (succeeded) return undefined
    const found = rangeOf(responses)
    const name = found?.value instanceof Uint8Array ? new TextDecoder().decode(found.value) : 'unknown'
    return { name, revision: found?.modRevision ?? 0 }
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
