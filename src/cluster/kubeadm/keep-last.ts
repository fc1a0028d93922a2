/**
 * Returns a function that computes the value of a key, or returns the one that it has kept: the host's
 * commands render and read the same files again and again. It keeps the last `limit` keys; the values must
 * depend on the key alone.
 */
export function keepLast<Value>(limit: number): (key: string, compute: () => Value) => Value {
  const kept = new Map<string, Value>()
  return (key, compute) => {
    const value = kept.has(key) ? (kept.get(key) as Value) : compute()
    kept.delete(key)
    kept.set(key, value)
    if (kept.size > limit) kept.delete(kept.keys().next().value as string)
    return value
  }
}
