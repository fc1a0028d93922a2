import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** A cast past the type checker. Put together here, so that this file has none. */
const cast = new RegExp(`\\bas (?:${'never'}\\b|${'unknown'} as )`)

const sources = ['test', 'bench', 'examples'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.m?ts$/.test(file))
    .map((file) => join(folder, file)),
)

/** Lines with a cast, and whether the line or the one above it has a comment that says why. */
const casts = sources.flatMap((file) => {
  const lines = readFileSync(join(root, file), 'utf8').split('\n')
  return lines.flatMap((line, at) =>
    cast.test(line) && !/^\s*(?:\/\/|\*|it\(|test\()/.test(line)
      ? [{ place: `${file}:${at + 1}`, hasReason: /\/\/ /.test(`${lines[at - 1] ?? ''}\n${line}`) }]
      : [],
  )
})

test('tests, benchmarks and examples have at most thirty casts past the compiler, each with a reason', () => {
  expect(casts.filter(({ hasReason }) => !hasReason).map(({ place }) => place)).toEqual([])
  expect(casts.length).toBeLessThanOrEqual(30)
  expect(casts.length).toBeGreaterThan(5)
})
