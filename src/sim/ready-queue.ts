import type { PlainData } from './data/plain-data.js'
import type { RandomStream } from './random.js'

/** A pending call of the handler that `owner` has for `topic`. Plain data. */
export interface Ready {
  readonly owner: string
  readonly topic: string
  readonly key: string
  readonly payload?: PlainData
  /** Whether a timer that has come due added it, so that cancelling the timer removes it. */
  readonly timed?: true
}

/**
 * The queue of handler calls that are ready to run, at most one for each (owner, topic, key). A key is not
 * added again while it waits. A key added while its own handler runs is queued, because it has already been
 * taken out; so no change is lost, and none is handled twice needlessly.
 */
export class ReadyQueue {
  #items: Ready[] = []
  /** The ids of `#items`, computed once for each. */
  #ids: string[] = []
  #head = 0
  readonly #waiting = new Set<string>()
  /** Waiting entries that must not run yet, by id. */
  readonly #held = new Map<string, Ready>()

  /** The number of entries that may run. */
  get size(): number {
    return this.#items.length - this.#head
  }

  /** Adds an entry. Returns false if it is already waiting. */
  add(entry: Ready): boolean {
    const id = stepId(entry)
    if (this.#waiting.has(id)) return false
    this.#waiting.add(id)
    this.#items.push(entry)
    this.#ids.push(id)
    return true
  }

  /** Removes and returns the oldest entry, or one chosen by `chance`. */
  take(chance?: RandomStream): Ready | undefined {
    if (this.size === 0) return undefined
    if (chance) this.#swapHead(chance.int(this.#head, this.#items.length - 1))
    const entry = this.#items[this.#head] as Ready
    this.#waiting.delete(this.#ids[this.#head] as string)
    this.#head++
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#ids = this.#ids.slice(this.#head)
      this.#head = 0
    }
    return entry
  }

  /** Whether an entry with the same owner, topic and key waits, even if it is held. */
  waits(entry: Ready): boolean {
    return this.#waiting.has(stepId(entry))
  }

  /** Removes and returns the waiting entry with the same owner, topic and key. */
  takeEntry(entry: Ready): Ready | undefined {
    const id = stepId(entry)
    if (!this.#waiting.has(id)) return undefined
    const found = this.#items.slice(this.#head).find((other) => stepId(other) === id)
    this.#keep((other) => other !== found)
    return found
  }

  /** Keeps an entry, which is added if it does not wait, from running until {@link release}. */
  hold(entry: Ready): void {
    const held = this.takeEntry(entry) ?? entry
    this.#waiting.add(stepId(held))
    this.#held.set(stepId(held), held)
  }

  /** Lets a held entry run, after those that may run now. Returns false if it has been dropped. */
  release(entry: Ready): boolean {
    const id = stepId(entry)
    const found = this.#held.get(id)
    if (found === undefined) return false
    this.#held.delete(id)
    this.#waiting.delete(id)
    return this.add(found)
  }

  /** Calls `action`, during which the entry, though it has been taken out, counts as waiting. */
  whileWaiting(entry: Ready, action: () => void): void {
    const id = stepId(entry)
    const isTaken = !this.#waiting.has(id)
    this.#waiting.add(id)
    action()
    if (isTaken) this.#waiting.delete(id)
  }

  /** Removes a waiting entry that a timer has added. Returns whether there was one. */
  removeTimed(owner: string, topic: string, key: string): boolean {
    if (!this.#waiting.has(stepId({ owner, topic, key }))) return false
    return this.#keep((entry) => {
      const isMeant = entry.timed === true && entry.key === key && entry.topic === topic
      return !(isMeant && entry.owner === owner)
    })
  }

  /** Drops all waiting entries of an owner. */
  removeOwner(owner: string): void {
    this.#keep((entry) => entry.owner !== owner)
  }

  /** Drops the waiting entries that `isKept` does not accept. Returns whether there were any. */
  #keep(isKept: (entry: Ready) => boolean): boolean {
    const before = this.#waiting.size
    const kept = this.#items.slice(this.#head).filter(isKept)
    for (const [id, entry] of this.#held) if (!isKept(entry)) this.#held.delete(id)
    this.#items = []
    this.#ids = []
    this.#head = 0
    this.#waiting.clear()
    for (const id of this.#held.keys()) this.#waiting.add(id)
    for (const entry of kept) this.add(entry)
    return this.#waiting.size < before
  }

  /** Returns the entries that may run, in their order. */
  eligible(): readonly Ready[] {
    return this.#items.slice(this.#head)
  }

  /** Returns all entries; a copy has no held ones. */
  toArray(): readonly Ready[] {
    return [...this.eligible(), ...this.#held.values()]
  }

  #swapHead(at: number): void {
    swap(this.#items, this.#head, at)
    swap(this.#ids, this.#head, at)
  }
}

function swap<T>(list: T[], a: number, b: number): void {
  const former = list[a] as T
  list[a] = list[b] as T
  list[b] = former
}

/** Returns the id of a step or timer: there is at most one of each for an owner, topic and key. */
export function stepId({ owner, topic, key }: Pick<Ready, 'owner' | 'topic' | 'key'>): string {
  return `${owner}\n${topic}\n${key}`
}
