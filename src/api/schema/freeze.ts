/** Nesting beyond which freezing keeps a stack of its own instead of calling itself. */
const maxCalls = 200

/**
 * Freezes fresh nodes, parents before children, and stops at what is frozen already (which is then taken to
 * be frozen throughout). Depth cannot overflow the call stack. Answers its argument.
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
