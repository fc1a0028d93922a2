/**
 * Aligns two texts line by line as Go's difflib does, a port of Python's: the longest common run first, then
 * those before and after it. Lines that a text of 200 lines or more has often do not start a run. Source:
 * github.com/pmezard/go-difflib/difflib.
 */
interface Block {
  readonly a: number
  readonly b: number
  readonly size: number
}

/** How a range of lines of the first text becomes one of the second. */
export interface OpCode {
  readonly tag: 'equal' | 'replace' | 'delete' | 'insert'
  readonly a: readonly [from: number, to: number]
  readonly b: readonly [from: number, to: number]
}

const POPULAR_FROM = 200
/**
 * Lines that are compared at most: texts that share nothing but single lines take the square of their number.
 * What is not aligned then is replaced.
 */
const MOST_COMPARED = 1_000_000

/** Returns where each line occurs in a text, without the popular ones. */
function indexOfLines(lines: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>()
  lines.forEach((line, at) => {
    const known = places.get(line)
    if (known === undefined) places.set(line, [at])
    else known.push(at)
  })
  if (lines.length >= POPULAR_FROM) {
    const limit = Math.floor(lines.length / 100) + 1
    for (const [line, all] of [...places]) if (all.length > limit) places.delete(line)
  }
  return places
}

class Matcher {
  readonly #a: readonly string[]
  readonly #b: readonly string[]
  readonly #places: ReadonlyMap<string, readonly number[]>
  #compared = 0

  constructor(a: readonly string[], b: readonly string[]) {
    this.#a = a
    this.#b = b
    this.#places = indexOfLines(b)
  }

  /** Returns the longest common run within ranges of the texts, the first one of equally long ones. */
  #longest(fromA: number, toA: number, fromB: number, toB: number): Block {
    let best: Block = { a: fromA, b: fromB, size: 0 }
    let lengths = new Map<number, number>()
    for (let at = fromA; at < toA && this.#compared < MOST_COMPARED; at++) {
      this.#compared++
      const next = new Map<number, number>()
      for (const place of this.#places.get(this.#a[at] as string) ?? []) {
        if (place < fromB) continue
        if (place >= toB) break
        this.#compared++
        const size = (lengths.get(place - 1) ?? 0) + 1
        next.set(place, size)
        if (size > best.size) best = { a: at - size + 1, b: place - size + 1, size }
      }
      lengths = next
    }
    let { a, b, size } = best
    while (a > fromA && b > fromB && this.#a[a - 1] === this.#b[b - 1]) {
      a--
      b--
      size++
    }
    while (a + size < toA && b + size < toB && this.#a[a + size] === this.#b[b + size]) size++
    return { a, b, size }
  }

  #match(fromA: number, toA: number, fromB: number, toB: number, blocks: Block[]): void {
    if (this.#compared >= MOST_COMPARED) return
    const { a, b, size } = this.#longest(fromA, toA, fromB, toB)
    if (size === 0) return
    if (fromA < a && fromB < b) this.#match(fromA, a, fromB, b, blocks)
    blocks.push({ a, b, size })
    if (a + size < toA && b + size < toB) this.#match(a + size, toA, b + size, toB, blocks)
  }

  codes(): readonly OpCode[] {
    const blocks: Block[] = []
    this.#match(0, this.#a.length, 0, this.#b.length, blocks)
    const codes: OpCode[] = []
    let a = 0
    let b = 0
    for (const block of [...blocks, { a: this.#a.length, b: this.#b.length, size: 0 }]) {
      const [isRemoved, isAdded] = [a < block.a, b < block.b]
      if (isRemoved || isAdded) {
        const tag = isRemoved ? (isAdded ? 'replace' : 'delete') : 'insert'
        codes.push({ tag, a: [a, block.a], b: [b, block.b] })
      }
      a = block.a + block.size
      b = block.b + block.size
      const last = codes.at(-1)
      // neighbouring runs are one
      if (block.size > 0 && last?.tag === 'equal')
        codes[codes.length - 1] = { tag: 'equal', a: [last.a[0], a], b: [last.b[0], b] }
      else if (block.size > 0) codes.push({ tag: 'equal', a: [block.a, a], b: [block.b, b] })
    }
    return codes
  }
}

/** Returns how the first text becomes the second, in order. */
export function opCodes(a: readonly string[], b: readonly string[]): readonly OpCode[] {
  return new Matcher(a, b).codes()
}

/** Returns the codes in groups with `context` equal lines around changes; none for equal texts. */
export function groupedOpCodes(
  a: readonly string[],
  b: readonly string[],
  context: number,
): readonly (readonly OpCode[])[] {
  const groups: OpCode[][] = []
  let group: OpCode[] = []
  const codes = opCodes(a, b)
  codes.forEach((code, index) => {
    let [fromA, fromB] = [code.a[0], code.b[0]]
    const [toA, toB] = [code.a[1], code.b[1]]
    const isLast = index === codes.length - 1
    if (code.tag !== 'equal') group.push(code)
    else {
      if (index === 0) [fromA, fromB] = [Math.max(fromA, toA - context), Math.max(fromB, toB - context)]
      const isLong = toA - fromA > 2 * context
      if (isLast || isLong)
        group.push({
          tag: 'equal',
          a: [fromA, Math.min(toA, fromA + context)],
          b: [fromB, Math.min(toB, fromB + context)],
        })
      if (isLast) return
      if (isLong) {
        groups.push(group)
        group = []
        ;[fromA, fromB] = [Math.max(fromA, toA - context), Math.max(fromB, toB - context)]
      }
      group.push({ tag: 'equal', a: [fromA, toA], b: [fromB, toB] })
    }
  })
  if (group.some(({ tag }) => tag !== 'equal')) groups.push(group)
  return groups
}
