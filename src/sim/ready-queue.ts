import type { PlainData } from './plain-data.js'
import type { RandomStream } from './random.js'

/** Something that can run now: one call of the handler that `owner` has for `topic`. Pure data. */
export interface Ready {
  readonly owner: string
  readonly topic: string
  readonly key: string
  readonly payload?: PlainData
}

/**
 * What is ready to run, each (owner, topic, key) at most once: a key added while it waits is not added again;
 * a key added while its handler runs is (it has been taken out by then), so no change is lost and none is
 * handled twice for nothing.
 */
export class ReadyQueue {
  #items: Ready[] = []
  /** The ids of `#items`, made once for each. */
  #ids: string[] = []
  #head = 0
  readonly #waiting = new Set<string>()

  get size(): number {
    return this.#items.length - this.#head
  }

  /** Adds an entry; answers false if it is waiting already. */
  add(entry: Ready): boolean {
    const id = idOf(entry)
    if (this.#waiting.has(id)) return false
    this.#waiting.add(id)
    this.#items.push(entry)
    this.#ids.push(id)
    return true
  }

  /** Takes the oldest entry, or one that `chance` picks. */
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

  /** Drops what an owner has waiting. */
  removeOwner(owner: string): void {
    const kept = this.toArray().filter((entry) => entry.owner !== owner)
    this.#items = []
    this.#ids = []
    this.#head = 0
    this.#waiting.clear()
    for (const entry of kept) this.add(entry)
  }

  toArray(): readonly Ready[] {
    return this.#items.slice(this.#head)
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

function idOf(entry: Ready): string {
  return `${entry.owner}\n${entry.topic}\n${entry.key}`
}
