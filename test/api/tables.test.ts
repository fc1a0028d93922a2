import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/kind/definition.js'
import { definitionOf, fixture, type Recorded } from './support.js'

interface Row extends Recorded {
  readonly columns: readonly (readonly [name: string, type: string, format: string, priority: number])[]
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly object: KubeObject }[]
}

const start = '2026-01-02T03:04:05Z'

describe('columns and cells are those of a real v1.34 apiserver', () => {
  const rows = fixture<Row>('tables.json')

  it.each(rows.map((row) => [row.id, row] as const))('%s', (_, row) => {
    const { columns } = definitionOf(row)
    expect(
      columns.map(({ name, type, format = '', priority = 0 }) => [name, type, format, priority]),
    ).toEqual(row.columns)
    for (const { cells, object } of row.rows) {
      const timed = { ...object, metadata: { ...object.metadata, creationTimestamp: start } }
      const shown = columns.map(({ name, cell }) =>
        name === 'Age' ? '<age>' : cell(timed, Date.parse(start)),
      )
      expect(shown).toEqual(cells)
    }
  })
})
