import { exactJson } from '../../lang/json/exact-json.js'

/**
 * A stored value: raw bytes, or a deep-frozen JSON object. The store keeps the reference and never copies or
 * serialises it; {@link valueBytes} creates bytes only where etcd itself looks at them (VALUE compares and
 * sorts, sizes, hashes).
 */
export type StoredValue = Uint8Array | Readonly<object>

/** Builds a value when it is first read. Each call must return the same, since forks share it. */
export type ValueBuilder = () => StoredValue

export const isBuilder = (given: StoredValue | ValueBuilder): given is ValueBuilder =>
  typeof given === 'function'

/** The value of a put without one, of a tombstone and of a keys-only row. */
export const EMPTY_VALUE: Uint8Array = new Uint8Array(0)

const encoder = new TextEncoder()
const encoded = new WeakMap<object, Uint8Array>()

interface Versioned {
  readonly metadata?: { readonly resourceVersion?: unknown }
}

/**
 * Serialises an object that carries the revision of its key: without the revision and with a trailing
 * newline, as an apiserver with `--storage-media-type application/json` writes it (it reads the revision from
 * the key).
 */
function storedText(value: Versioned): string {
  if (value.metadata?.resourceVersion === undefined) return exactJson(value)
  const { resourceVersion: _resourceVersion, ...metadata } = value.metadata
  return `${exactJson({ ...value, metadata })}\n`
}

/** Returns the bytes of a value: itself, or the UTF-8 of its JSON (cached as long as the object lives). */
export function valueBytes(value: StoredValue): Uint8Array {
  if (value instanceof Uint8Array) return value
  let bytes = encoded.get(value)
  if (bytes === undefined) {
    bytes = encoder.encode(storedText(value))
    encoded.set(value, bytes)
  }
  return bytes
}

/** Compares two values bytewise, as Go's `bytes.Compare`. */
export function compareValues(a: StoredValue, b: StoredValue): number {
  if (a === b) return 0
  const x = valueBytes(a)
  const y = valueBytes(b)
  const shared = Math.min(x.length, y.length)
  for (let i = 0; i < shared; i++) {
    const difference = x[i]! - y[i]!
    if (difference !== 0) return difference < 0 ? -1 : 1
  }
  return Math.sign(x.length - y.length)
}

/** Freezes a JSON value and everything below it. Returns the value. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    for (const child of Object.values(value)) deepFreeze(child)
    Object.freeze(value)
  }
  return value
}
