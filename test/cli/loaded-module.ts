import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/**
 * Writes a module with the exports of one that vitest has loaded: Node 20 itself loads no TypeScript. `path`
 * ends with `.mjs`; returns it.
 */
export function writeLoaded(path: string, exports: Readonly<Record<string, unknown>>): string {
  const key = pathToFileURL(path).href
  Object.assign(globalThis, { [key]: exports })
  const own = `globalThis[${JSON.stringify(key)}]`
  const lines = Object.keys(exports).map((name) =>
    name === 'default' ? `export default ${own}.default` : `export const ${name} = ${own}.${name}`,
  )
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}
