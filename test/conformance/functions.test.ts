import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { scoreTable } from '../../scripts/conformance/functions.js'

/** Cases of upstream v1.34's own functions; of the biggest tables a part. */
const folder = fileURLToPath(new URL('../fixtures/functions/', import.meta.url))

/** Cases that go otherwise here, by table, then by reason. */
const differences = JSON.parse(
  readFileSync(new URL('function-differences.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>

describe("upstream's functions", () => {
  it.each(readdirSync(folder).sort())('%s', (file) => {
    const { table, unequal } = scoreTable(`${folder}${file}`)
    const listed = new Set(Object.values(differences[table] ?? {}).flat())
    expect(unequal.filter(({ id }) => !listed.has(id))).toEqual([])
  })
})
