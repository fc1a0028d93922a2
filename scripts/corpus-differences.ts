/**
 * `npx tsx scripts/corpus-differences.ts`: plays the copy of the corpus in test/fixtures, and writes the
 * cases that go otherwise to test/conformance/corpus-differences.json, by suite and reason. Reasons that the
 * list has already are kept; `classes` gives one to the other cases.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { playSuite, type Played } from '../test/conformance/corpus/play.js'
import { readSuite, suitesIn } from '../test/conformance/corpus/suite.js'

const folder = fileURLToPath(new URL('../test/fixtures/corpus/', import.meta.url))
const file = fileURLToPath(new URL('../test/conformance/corpus-differences.json', import.meta.url))

type Class = readonly [reason: string, holds: (played: Played) => boolean]

const messageOf = ({ want: { body } }: Played): string =>
  (body as { readonly message?: string } | undefined)?.message ?? ''

const isOpen = (reason: string): boolean => reason.startsWith('open: ')

/** Why cases go otherwise, the first that holds. What starts with `open` could go as recorded. */
const classes: readonly Class[] = [
  [
    'the recorder changed an object that it had in two places of the body',
    ({ id }) =>
      /^pod\/.*(topologySpreadConstraints|podA(ntiA)?ffinity).*labelSelector/.test(id) ||
      /^vwc\/create\/.*webhooks\[[01]\]\.(rules|\w+Selector)/.test(id),
  ],
  [
    'the text has a resourceVersion of the recorded server',
    ({ id }) => id.endsWith('#yaml') || id === 'namespace/delete#rv',
  ],
  ['the recorder left an age in a Table', ({ id }) => id.startsWith('ipaddress/table#')],
  [
    'a quantity of more than 64 bits reads back from the protobuf form as another one',
    ({ id }) => /#(add-)?huge\b/.test(id),
  ],
  [
    'open: the patched object in the text has parts in another order',
    (played) => /patch: Invalid value/.test(messageOf(played)),
  ],
  ['open: another code', ({ layers }) => layers.includes('code')],
  ['open: other errors', ({ layers }) => layers.includes('causes') || layers.includes('message')],
  ['open: another body', ({ layers }) => layers.includes('body')],
  ['open: other warnings', () => true],
]

type Differences = Record<string, Record<string, string[]>>

function main(): void {
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Differences) : {}
  const after: Differences = {}
  for (const name of suitesIn(folder)) {
    const kept = new Map(
      Object.entries(before[name] ?? {})
        .filter(([reason]) => !isOpen(reason))
        .flatMap(([reason, ids]) => ids.map((id) => [id, reason] as const)),
    )
    const unequal = playSuite(readSuite(folder, name)).filter(({ layers }) => layers.length > 0)
    for (const played of unequal) {
      const reason = kept.get(played.id) ?? classes.find(([, holds]) => holds(played))?.[0] ?? ''
      const ids = ((after[name] ??= {})[reason] ??= [])
      ids.push(played.id)
    }
  }
  writeFileSync(file, `${JSON.stringify(after, null, 1)}\n`)
  const all = Object.values(after).flatMap((byReason) => Object.values(byReason))
  console.log(`${all.flat().length} cases go otherwise`)
}

main()
