import { EMPTY_VALUE, isBuilder, type StoredValue, type ValueBuilder } from './mvcc/value.js'

/** The `lease` of a key without one. Lease ids are signed 64-bit integers, hence bigint throughout. */
export const NO_LEASE = 0n

/**
 * One version of a key, as `mvccpb.KeyValue`. Frozen and shared. A tombstone has createRevision 0, version 0
 * and no value.
 */
export interface KeyValue {
  readonly key: string
  readonly value: StoredValue
  /** Revision of the put that (re)created the key. */
  readonly createRevision: number
  /** Revision of this version. */
  readonly modRevision: number
  /** 1 after creation, incremented by each put. */
  readonly version: number
  /** Id of the attached lease, 0n for none. */
  readonly lease: bigint
}

/**
 * A key's versions, newest first: an immutable linked list with jump pointers (Myers' skew-binary list).
 * Pushing is O(1), finding the version at a revision is O(log versions), and forks share everything without a
 * copy.
 */
export interface Version {
  readonly kv: KeyValue
  /** Position of the write in its transaction; orders the writes of one revision. */
  readonly sub: number
  readonly previous: Version | undefined
  readonly jump: Version | undefined
  readonly depth: number
}

/** A version whose value is built when it is first read: for values that are seldom read and cost much. */
export class ReservedKeyValue implements KeyValue {
  readonly key: string
  readonly createRevision: number
  readonly modRevision: number
  readonly version: number
  readonly lease: bigint
  #value: StoredValue | ValueBuilder

  constructor(
    key: string,
    build: ValueBuilder,
    createRevision: number,
    modRevision: number,
    version: number,
    lease: bigint,
  ) {
    this.key = key
    this.#value = build
    this.createRevision = createRevision
    this.modRevision = modRevision
    this.version = version
    this.lease = lease
  }

  get value(): StoredValue {
    if (isBuilder(this.#value)) this.#value = this.#value()
    return this.#value
  }
}

export function isTombstone(kv: KeyValue): boolean {
  return kv.version === 0
}

export function tombstone(key: string, revision: number): KeyValue {
  return Object.freeze({
    key,
    value: EMPTY_VALUE,
    createRevision: 0,
    modRevision: revision,
    version: 0,
    lease: NO_LEASE,
  })
}

/** Returns the chain with one more, newest version. */
export function pushVersion(previous: Version | undefined, kv: KeyValue, sub: number): Version {
  if (previous === undefined) return { kv, sub, previous, jump: undefined, depth: 0 }
  const near = previous.jump
  const far = near?.jump
  const balanced =
    near !== undefined && far !== undefined && previous.depth - near.depth === near.depth - far.depth
  return { kv, sub, previous, jump: balanced ? far : previous, depth: previous.depth + 1 }
}

/** Returns the newest version at or before a revision, which may be a tombstone. */
export function versionAt(head: Version | undefined, revision: number): Version | undefined {
  let version = head
  while (version !== undefined && version.kv.modRevision > revision) {
    const { jump } = version
    version = jump !== undefined && jump.kv.modRevision > revision ? jump : version.previous
  }
  return version
}

/** Returns what a reader at a revision sees of a key: its live version, or undefined. */
export function liveAt(head: Version | undefined, revision: number): KeyValue | undefined {
  const version = versionAt(head, revision)
  return version === undefined || isTombstone(version.kv) ? undefined : version.kv
}
