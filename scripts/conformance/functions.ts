/**
 * Function tables: inputs of upstream's functions and what these returned. Each file is `{ cases, ... }`,
 * gzipped; the table of its name knows which functions of ours are the same and how results are compared.
 */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { isDeepStrictEqual } from 'node:util'
import { parseExactJson } from '../../src/lang/go/json.js'
import { exactJson } from '../../src/lang/json/exact-json.js'
import type { Compared, Row, Table, TableFile } from './table.js'
import { tables } from './tables.js'

/** The cases of a file that went otherwise. */
export interface TableScore {
  readonly table: string
  readonly cases: number
  readonly unequal: readonly (Compared & { readonly id: string })[]
}

/** Whether there is a table of this file's name. */
export function isTableFile(file: string): boolean {
  return tableName(file) in tables
}

const tableName = (file: string): string => basename(file).replace(/\.json(?:\.gz)?$/, '')

/** Plays the cases of a file whose id (or else number) contains `only`. */
export function scoreTable(path: string, only?: string): TableScore {
  const bytes = readFileSync(path)
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  const file = parseExactJson(text) as TableFile
  const name = tableName(path)
  const table = tables[name]
  if (table === undefined) throw new Error(`no table ${name}`)
  const played = file.cases
    .map((row, at) => ({ id: String(row['id'] ?? `${name}-${at}`), row }))
    .filter(({ id }) => only === undefined || id.includes(only))
    .map(({ id, row }) => ({ id, ...playedCase(table, row, file) }))
  return {
    table: name,
    cases: played.length,
    unequal: played.filter(({ expected, actual }) => !isDeepStrictEqual(plain(expected), plain(actual))),
  }
}

function playedCase(table: Table, row: Row, file: TableFile): Compared {
  try {
    return table(row, file)
  } catch (error) {
    return { expected: 'no error', actual: error instanceof Error ? error.stack : error }
  }
}

/** As JSON holds it: without undefined members. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : parseExactJson(exactJson(value))
}
