import type { Version } from '../version.js'

const CHUNK = 512

interface Chunk {
  readonly token: object
  readonly writes: Version[]
}

/**
 * Every retained write in order of (revision, sub), in chunks that only the log which created them may append
 * to. `fork()` is O(1); the first append after it copies the list of chunks and the last chunk (with the same
 * edit tokens as `CowTree`).
 */
export class EventLog {
  #chunks: Chunk[]
  #token: object = {}
  /** The owner of the `#chunks` array. */
  #listToken: object

  constructor(shared?: Chunk[]) {
    this.#chunks = shared ?? []
    this.#listToken = shared === undefined ? this.#token : {}
  }

  fork(): EventLog {
    this.#token = {}
    return new EventLog(this.#chunks)
  }

  get length(): number {
    const chunks = this.#chunks
    if (chunks.length === 0) return 0
    const last = chunks[chunks.length - 1]!.writes.length
    return chunks.length === 1 ? last : chunks[0]!.writes.length + (chunks.length - 2) * CHUNK + last
  }

  append(write: Version): void {
    this.#ownList()
    const last = this.#chunks[this.#chunks.length - 1]
    if (last === undefined || last.writes.length >= CHUNK) {
      this.#chunks.push({ token: this.#token, writes: [write] })
    } else if (last.token === this.#token) {
      last.writes.push(write)
    } else {
      this.#chunks[this.#chunks.length - 1] = { token: this.#token, writes: [...last.writes, write] }
    }
  }

  /** Returns the write at a position. Positions change when the log is compacted. */
  at(position: number): Version {
    const first = this.#chunks[0]!.writes
    if (position < first.length) return first[position]!
    const rest = position - first.length
    return this.#chunks[1 + Math.floor(rest / CHUNK)]!.writes[rest % CHUNK]!
  }

  /** Returns the newest `n` writes, oldest first. */
  last(n: number): Version[] {
    const end = this.length
    const writes: Version[] = []
    for (let position = end - n; position < end; position++) writes.push(this.at(position))
    return writes
  }

  /** Returns the position of the first write after a revision, in O(log n). */
  positionAfter(revision: number): number {
    let low = 0
    let high = this.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.at(middle).kv.modRevision <= revision) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Replaces the object of a write, after a compaction has cut its chain. */
  replace(write: Version): void {
    let position = this.positionAfter(write.kv.modRevision - 1)
    while (this.at(position).sub !== write.sub) position++
    this.#ownList()
    const [index, slot] = this.#locate(position)
    let chunk = this.#chunks[index]!
    if (chunk.token !== this.#token) {
      chunk = { token: this.#token, writes: chunk.writes.slice() }
      this.#chunks[index] = chunk
    }
    chunk.writes[slot] = write
  }

  /**
   * Drops everything before a position and puts `kept` there. Only the first chunk may have an irregular
   * length.
   */
  dropBefore(position: number, kept: readonly Version[]): void {
    const all = this.length
    const tail = position >= all ? undefined : this.#locate(position)
    const chunks = tail === undefined ? [] : this.#chunks.slice(tail[0] + 1)
    const first = [...kept, ...(tail === undefined ? [] : this.#chunks[tail[0]]!.writes.slice(tail[1]))]
    if (first.length > 0) chunks.unshift({ token: this.#token, writes: first })
    this.#chunks = chunks
    this.#listToken = this.#token
  }

  #ownList(): void {
    if (this.#listToken === this.#token) return
    this.#chunks = this.#chunks.slice()
    this.#listToken = this.#token
  }

  #locate(position: number): [chunk: number, slot: number] {
    const first = this.#chunks[0]?.writes.length ?? 0
    if (position < first) return [0, position]
    const rest = position - first
    return [1 + Math.floor(rest / CHUNK), rest % CHUNK]
  }
}
