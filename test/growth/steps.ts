/**
 * The counter of code that `count-plugin.ts` has bundled. It is loaded before that code (`node --import`),
 * and replaces what goes through whole lists, maps and texts in the engine by what also counts.
 */
declare global {
  var steps: Float64Array
  var counted: <T>(copied: T) => T
}

/** Characters, or places of memory that are moved in one piece, that cost as much as a call. */
const PER_STEP = 16

globalThis.steps = new Float64Array(1)

const add = (count: number): void => {
  globalThis.steps[0] = (globalThis.steps[0] ?? 0) + count
}

const { keys } = Object

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length / PER_STEP
  if (Array.isArray(value)) return value.length
  if (value instanceof Map || value instanceof Set) return value.size
  return typeof value === 'object' && value !== null && !(Symbol.iterator in value) ? keys(value).length : 0
}

globalThis.counted = (copied) => {
  add(sizeOf(copied))
  return copied
}

type Cost = (self: unknown, args: readonly unknown[], result: unknown) => number

function count(holder: object, names: readonly string[], cost: Cost): void {
  for (const name of names) {
    const original = Reflect.get(holder, name) as (...args: unknown[]) => unknown
    const replaced = {
      [name](this: unknown, ...args: unknown[]): unknown {
        const result = original.apply(this, args)
        add(cost(this, args, result))
        return result
      },
    }[name]
    Object.defineProperty(holder, name, { value: replaced, writable: true, configurable: true })
  }
}

const found: Cost = (self, _args, result) =>
  typeof result === 'number' && result >= 0 ? result + 1 : (self as readonly unknown[]).length
count(Array.prototype, ['indexOf', 'lastIndexOf', 'includes'], found)
count(Array.prototype, ['concat', 'slice', 'toSorted', 'toReversed'], (_self, _args, result) =>
  sizeOf(result),
)
count(Array.prototype, ['join', 'reverse', 'sort', 'fill'], (self) => sizeOf(self))
count(Array.prototype, ['splice', 'shift', 'unshift'], (self) => sizeOf(self) / PER_STEP)
count(Object, ['keys', 'values', 'entries', 'getOwnPropertyNames', 'freeze', 'assign'], (_self, [of]) => {
  return typeof of === 'object' && of !== null ? sizeOf(keys(of)) : 0
})
count(JSON, ['stringify'], (_self, _args, result) => sizeOf(result))
count(JSON, ['parse'], (_self, [text]) => sizeOf(text))
count(String.prototype, ['indexOf', 'includes'], (self, [, from = 0], result) => {
  const end = typeof result === 'number' && result >= 0 ? result : String(self).length
  return Math.max(0, end - Number(from)) / PER_STEP
})
const whole: Cost = (self) => sizeOf(String(self))
count(String.prototype, ['split', 'replaceAll', 'replace', 'trim', 'match', 'repeat'], whole)
count(TextEncoder.prototype, ['encode'], (_self, [text]) => sizeOf(text))
count(TextDecoder.prototype, ['decode'], (_self, _args, result) => sizeOf(result))
