import { declTypeOf, type DeclaredType } from '../../../src/api/apiextensions/schema/schema-types.js'
import { compile } from '../../../src/api/cel/compile.js'
import { estimate } from '../../../src/api/cel/estimate.js'
import { schemaValue } from '../../../src/api/cel/schema-values.js'
import { CelDuration, Timestamp } from '../../../src/lang/cel/time-values.js'
import { fullTypeText } from '../../../src/lang/cel/check/types.js'
import {
  CelError,
  goDouble,
  ListValue,
  MapValue,
  Optional,
  TypeValue,
  typeNameOf,
  Uint,
  type Value,
} from '../../../src/lang/cel/values.js'
import type { Row, Table } from '../table.js'

const PLAIN: Readonly<Record<string, string>> = {
  'kubernetes.Quantity': 'quantity',
  'net.IP': 'ip',
  'net.CIDR': 'cidr',
  'kubernetes.URL': 'url',
  'kubernetes.Semver': 'semver',
}

/** Quantities, addresses and other values of libraries have a text. */
interface Texted {
  readonly toString: () => string
}

/** A value in the form of the table. */
function shown(value: Value | undefined): unknown {
  if (value === undefined || value === null || typeof value === 'boolean' || typeof value === 'string')
    return value ?? null
  if (typeof value === 'bigint') return { int: String(value) }
  if (typeof value === 'number') return { double: goDouble(value) }
  if (value instanceof Uint) return { uint: String(value.value) }
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') }
  if (value instanceof Timestamp) return { timestamp: value.toString() }
  if (value instanceof CelDuration) return { duration: goDuration(value.nanos) }
  if (value instanceof ListValue) return Array.from(value, shown)
  if (value instanceof Optional) return { optional: value.value === undefined ? [] : [shown(value.value)] }
  if (value instanceof TypeValue) return { type: value.name }
  if (value instanceof CelError) return { error: value.message }
  if (value instanceof MapValue) {
    const entries = value.keys().map((key) => [shown(key), shown(value.find(key))])
    const text = (entry: unknown[]): string => JSON.stringify(entry[0])
    return { map: entries.sort((a, b) => (text(a) < text(b) ? -1 : 1)) }
  }
  return { [PLAIN[typeNameOf(value)] ?? 'unknown']: (value as Texted).toString() }
}

/** Go's Duration.String. */
export function goDuration(nanos: bigint): string {
  if (nanos === 0n) return '0s'
  const size = nanos < 0n ? -nanos : nanos
  return (nanos < 0n ? '-' : '') + durationText(size)
}

function durationText(size: bigint): string {
  const decimal = (unit: bigint, digits: number): string => {
    const rest = size % unit
    return `${size / unit}${rest === 0n ? '' : `.${String(rest).padStart(digits, '0').replace(/0+$/, '')}`}`
  }
  if (size < 1_000n) return `${size}ns`
  if (size < 1_000_000n) return `${decimal(1_000n, 3)}µs`
  if (size < 1_000_000_000n) return `${decimal(1_000_000n, 6)}ms`
  const minutes = size / 60_000_000_000n
  const seconds = durationSeconds(size % 60_000_000_000n)
  if (minutes === 0n) return seconds
  return minutes < 60n ? `${minutes}m${seconds}` : `${minutes / 60n}h${minutes % 60n}m${seconds}`
}

function durationSeconds(rest: bigint): string {
  const fraction = String(rest % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '')
  return `${rest / 1_000_000_000n}${fraction === '' ? '' : `.${fraction}`}s`
}

function played({ expr, self, oldSelf = self }: Row, { root, schema }: Row, lists: boolean): Row {
  const declared = declTypeOf(schema, root, 'selfType') as DeclaredType
  const types = new Map([
    ['self', declared],
    ['oldSelf', declared],
  ])
  const variables = new Map(Array.from(types, ([name, { type }]) => [name, type]))
  const { program, error } = compile(expr, variables, { lists })
  if (program === undefined) return { error }
  const type = fullTypeText(program.type)
  if (program.fault !== undefined) return { type, programError: program.fault }
  const { min, max } = estimate(program, types)
  const { value, cost } = program.measure({
    self: schemaValue(self, schema, root),
    oldSelf: schemaValue(oldSelf, schema, root),
  })
  const result =
    value instanceof CelError ? { runError: quantityText(value.message) } : { value: shown(value) }
  return { type, minCost: String(min), maxCost: String(max), cost: String(cost), ...result }
}

/** The table lost the end of this text. */
const quantityText = (text: string): string => (text.startsWith('quantities must') ? text.slice(0, -2) : text)

const RESULTS = ['error', 'type', 'minCost', 'maxCost', 'programError', 'cost', 'runError', 'value']
const results = (row: Row): Row =>
  Object.fromEntries(RESULTS.filter((name) => name in row).map((name) => [name, row[name]]))

export const celTable: Table = (row, { schemas }) => {
  const schema = schemas[row['schema']] as Row
  const { stored } = row
  return {
    expected: [results(row), ...(stored === undefined ? [] : [results(stored)])],
    actual: [played(row, schema, false), ...(stored === undefined ? [] : [played(row, schema, true)])],
  }
}
