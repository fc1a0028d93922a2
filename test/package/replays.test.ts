/** The counter-examples of test/explore/published, in new processes. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { bundleInto } from '../../scripts/bundle-into.js'
import type { CounterExample } from '../../src/explore/index.js'

const root = new URL('../../', import.meta.url)
const kept = new URL('.cache/counter-examples/', root)
const cases = 'test/explore/published/'

/** Nodes, by what they are called here: that of this process, and another. */
const NODES = {
  'the Node of the tests': process.execPath,
  'Node 24': fileURLToPath(new URL('.ci/tools/node_modules/node-24/bin/node', root)),
}

const placeOf = await bundleInto(
  'replays',
  readdirSync(new URL(cases, root))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => cases + name.replace(/\.ts$/, '')),
  { alias: { vitest: fileURLToPath(new URL(`${cases}replaying.ts`, root)) } },
)

test.for(Object.entries(NODES))('%s: each ends with its trace hash', ([name, node], context) => {
  if (!existsSync(node) && !process.env.CI) context.skip(`${name} is missing: npm run e2e:setup`)
  if (!existsSync(kept) && !process.env.CI) context.skip(`first: npx vitest run ${cases}`)
  const replayed: Record<string, string> = {}
  for (const file of readdirSync(new URL(cases, root)))
    if (file.endsWith('.test.ts')) {
      const place = fileURLToPath(placeOf(cases + file.replace(/\.ts$/, '')))
      const said = execFileSync(node, [place], { cwd: fileURLToPath(root), encoding: 'utf8' })
      Object.assign(replayed, JSON.parse(said))
    }
  const wanted = Object.keys(replayed).map((file) => {
    const { traceHash } = JSON.parse(readFileSync(fileURLToPath(file), 'utf8')) as CounterExample
    return [file, traceHash] as const
  })
  expect(wanted.length).toBeGreaterThan(15)
  expect(replayed).toEqual(Object.fromEntries(wanted))
})
