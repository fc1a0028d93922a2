import { CowTree, type TreeMeasure } from './mvcc/cow-tree.js'
import { EtcdError } from './errors.js'

/** The longest TTL that can be granted, in seconds. */
export const MAX_LEASE_TTL = 9_000_000_000
/** The shortest TTL, in seconds; lower ones are raised to it: 1.5 election timeouts, rounded up. */
export const MIN_LEASE_TTL = 2

/** A granted lease. Immutable: a renewal creates another. */
export interface Lease {
  readonly id: bigint
  /** Granted TTL in seconds. */
  readonly ttl: number
  /** Virtual time of expiry, in milliseconds since the epoch. */
  readonly expiry: number
}

const EACH: TreeMeasure<unknown> = { weight: () => 1, stamp: () => 0 }

interface LessorTrees {
  readonly byId: CowTree<Lease>
  readonly byExpiry: CowTree<Lease>
  readonly attachments: CowTree<string>
}

/**
 * Leases and the keys attached to them, in three ordered trees, so that a fork is O(1) and every iteration is
 * deterministic: leases by id, leases by (expiry, id), and attached keys by (id, key).
 */
export class Lessor {
  readonly #byId: CowTree<Lease>
  readonly #byExpiry: CowTree<Lease>
  readonly #attachments: CowTree<string>

  constructor(trees?: LessorTrees) {
    this.#byId = trees?.byId ?? new CowTree<Lease>(EACH)
    this.#byExpiry = trees?.byExpiry ?? new CowTree<Lease>(EACH)
    this.#attachments = trees?.attachments ?? new CowTree<string>(EACH)
  }

  fork(): Lessor {
    return new Lessor({
      byId: this.#byId.fork(),
      byExpiry: this.#byExpiry.fork(),
      attachments: this.#attachments.fork(),
    })
  }

  get(id: bigint): Lease | undefined {
    return this.#byId.weight === 0 ? undefined : this.#byId.get(idKey(id))
  }

  /** Returns the leases, ordered by expiry, then by id. */
  all(): Lease[] {
    const leases: Lease[] = []
    this.#byExpiry.visit('', '~', (lease) => void leases.push(lease))
    return leases
  }

  /** Returns the lease that expires first. */
  next(): Lease | undefined {
    return this.#byExpiry.first()
  }

  grant(id: bigint, ttl: number, now: number): Lease {
    if (ttl > MAX_LEASE_TTL) throw new EtcdError('leaseTTLTooLarge')
    if (this.get(id) !== undefined) throw new EtcdError('leaseExists')
    const granted = Math.max(ttl, MIN_LEASE_TTL)
    const lease = { id, ttl: granted, expiry: now + granted * 1000 }
    this.load(lease)
    return lease
  }

  /** Restarts the TTL. Returns undefined if the lease does not exist or is due. */
  renew(id: bigint, now: number): Lease | undefined {
    const old = this.get(id)
    if (old === undefined || old.expiry <= now) return undefined
    const lease = { ...old, expiry: now + old.ttl * 1000 }
    this.#byExpiry.delete(expiryKey(old))
    this.load(lease)
    return lease
  }

  load(lease: Lease): void {
    this.#byId.set(idKey(lease.id), lease)
    this.#byExpiry.set(expiryKey(lease), lease)
  }

  /** Postpones the expiry of all leases by `ms`. */
  delay(ms: number): void {
    for (const lease of this.all()) {
      this.#byExpiry.delete(expiryKey(lease))
      this.load({ ...lease, expiry: lease.expiry + ms })
    }
  }

  remove(lease: Lease): void {
    this.#byId.delete(idKey(lease.id))
    this.#byExpiry.delete(expiryKey(lease))
  }

  attach(id: bigint, key: string): void {
    this.#attachments.set(idKey(id) + key, key)
  }

  detach(id: bigint, key: string): void {
    this.#attachments.delete(idKey(id) + key)
  }

  /** Returns the keys attached to a lease, ascending. */
  keys(id: bigint): string[] {
    const prefix = idKey(id)
    const keys: string[] = []
    this.#attachments.visit(prefix, prefix + '\u0100', (key) => void keys.push(key))
    return keys
  }
}

/** Returns sixteen hex digits that sort like the signed id. */
function idKey(id: bigint): string {
  return (BigInt.asUintN(64, id) ^ (1n << 63n)).toString(16).padStart(16, '0')
}

function expiryKey(lease: Lease): string {
  return Math.ceil(lease.expiry).toString().padStart(17, '0') + idKey(lease.id)
}
