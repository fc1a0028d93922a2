/** Nesting beyond which freezing uses its own stack instead of recursion. */
const maxCalls = 200

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
    for (const key in node) freezeChild((node as Readonly<Record<string, unknown>>)[key], depth, deep)
  }
}

function freezeChild(value: unknown, depth: number, deep: object[]): void {
  if (!isFresh(value)) return
  if (depth < maxCalls) freezeNode(value, depth + 1, deep)
  else deep.push(value)
}

const isFresh = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Object.isFrozen(value)
