/** Nesting beyond which freezing uses its own stack instead of recursion. */
const maxCalls = 200

/** Characters of keys and texts in what has been frozen since {@link takeFrozenSize}. */
let frozenSize = 0

/**
 * Returns about how many characters of JSON were frozen since the last call. Whoever stores an object learns
 * so, without a walk of its own, that what is new in it is small.
 */
export function takeFrozenSize(): number {
  const size = frozenSize
  frozenSize = 0
  return size
}

/**
 * Freezes fresh nodes, parents before children, and returns its argument. It stops at frozen nodes, which it
 * takes to be deeply frozen. Deep nesting cannot overflow the call stack.
 */
export function deepFreeze<T>(value: T): T {
  const deep: object[] = []
  if (isFresh(value)) freezeNode(value, 0, deep)
  for (let node = deep.pop(); node !== undefined; node = deep.pop()) freezeNode(node, 0, deep)
  return value
}

function freezeNode(node: object, depth: number, deep: object[]): void {
  Object.freeze(node)
  if (Array.isArray(node)) {
    for (let at = 0; at < node.length; at++) freezeChild(node[at], depth, deep)
  } else {
    for (const key in node) {
      frozenSize += key.length + 4
      freezeChild((node as Readonly<Record<string, unknown>>)[key], depth, deep)
    }
  }
}

function freezeChild(value: unknown, depth: number, deep: object[]): void {
  if (typeof value === 'string') frozenSize += value.length + 2
  else frozenSize++
  if (!isFresh(value)) return
  if (depth < maxCalls) freezeNode(value, depth + 1, deep)
  else deep.push(value)
}

const isFresh = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Object.isFrozen(value)
