import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const src = fileURLToPath(new URL('../../src/', import.meta.url))

/** Where each exported type and class is defined, by name. Generated types of versions share their names. */
function definitions(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const file of readdirSync(src, { recursive: true, encoding: 'utf8' }).toSorted()) {
    if (!file.endsWith('.ts') || /^api\/.*\/(?:generated|inputs)\.ts$/.test(file)) continue
    for (const [, name = ''] of readFileSync(src + file, 'utf8').matchAll(
      /^export (?:abstract )?(?:interface|type|class) (\w+)/gm,
    ))
      found.set(name, [...(found.get(name) ?? []), file])
  }
  return found
}

test('an exported type has a name of its own, so that a name means one thing', () => {
  const shared = [...definitions()].filter(([, files]) => files.length > 1)
  expect(shared.map(([name, files]) => `${name}: ${files.join(', ')}`)).toEqual([])
})

test('what is injected is called Dependencies', () => {
  const named = [...definitions()].filter(([name]) => /(?:Ports|Surroundings)$/.test(name))
  expect(named.map(([name, files]) => `${name}: ${files.join(', ')}`)).toEqual([])
})
