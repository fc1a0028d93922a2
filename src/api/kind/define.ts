import { ageText } from '../../lang/go/duration.js'
import type { KindDefinition, KubeObject, PrinterColumn, SubresourceDefinition, Verb } from './definition.js'
import type { Draft } from './draft.js'
import { semanticEqual } from './equal.js'
import { decode } from '../schema/decode.js'
import { containsSentEmpty } from '../schema/sent-empty.js'
import type { SchemaGroup } from '../schema/types.js'

/** The verbs of every stored kind, in discovery's order. */
export const allVerbs: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
]

type Optional =
  | 'shortNames'
  | 'categories'
  | 'verbs'
  | 'subresources'
  | 'singular'
  | 'message'
  | 'selectableFields'

/**
 * Makes a definition with the usual defaults: all verbs; no short names, subresources, categories or
 * selectable fields.
 */
export function defineKind<T extends KubeObject>(
  definition: Omit<KindDefinition<T>, Optional> & Partial<Pick<KindDefinition<T>, Optional>>,
): KindDefinition<T> {
  return {
    shortNames: [],
    categories: [],
    verbs: allVerbs,
    subresources: [],
    selectableFields: {},
    singular: definition.kind.toLowerCase(),
    message: definition.kind,
    ...definition,
  }
}

/** The `/status` endpoint of a kind. */
export function statusOf(group: string, version: string, kind: string): SubresourceDefinition {
  return { name: 'status', kind, group, version, verbs: ['get', 'patch', 'update'] }
}

/** The `/proxy` endpoint of pods, services and nodes; `kind` is that of its options. */
export function proxyOf(kind: string): SubresourceDefinition {
  return {
    name: 'proxy',
    kind,
    group: '',
    version: 'v1',
    verbs: ['create', 'delete', 'get', 'patch', 'update'],
  }
}

/** The `/scale` endpoint of a workload. */
export const scaleSubresource: SubresourceDefinition = {
  name: 'scale',
  kind: 'Scale',
  group: 'autoscaling',
  version: 'v1',
  verbs: ['get', 'patch', 'update'],
}

/**
 * Lets a draft share a frozen subtree without a copy. Do not write below it: replace it, or parts of the path
 * to it.
 */
export function borrow<T>(value: T): Draft<T> {
  return value as Draft<T>
}

/** Returns a fresh, empty message with the fields that are always written: `{ numberReady: 0, ... }`. */
export function emptyMessage<T>(schema: SchemaGroup, name: string): Draft<T> {
  return decode<Draft<T>>(schema.message(name), {}).object
}

interface WithSpec {
  readonly spec: unknown
}

/** The generation rule of most kinds: it grows if the spec changes. */
export function specChanged(next: WithSpec, old: WithSpec): boolean {
  return !semanticEqual(next.spec, old.spec)
}

/**
 * The generation rule of kinds that are compared with reflect.DeepEqual: an empty list or map that was sent
 * differs from none, although it is stored as none.
 */
export function specChangedInGo(next: WithSpec, old: WithSpec): boolean {
  return !semanticEqual(next.spec, old.spec) || containsSentEmpty(next.spec)
}

/** The NAME column of every kind. */
export function nameColumn<T extends KubeObject>(): PrinterColumn<T> {
  return { name: 'Name', type: 'string', format: 'name', cell: ({ metadata }) => metadata.name ?? '' }
}

/** The AGE column of nearly every kind. */
export function ageColumn<T extends KubeObject>(): PrinterColumn<T> {
  return {
    name: 'Age',
    type: 'string',
    cell: ({ metadata }, now) => ageText(metadata.creationTimestamp, now),
  }
}

const CREATED_AT = 'Created At'

/** The columns of kinds without a printer on the server. Source: apiserver pkg/registry/rest/table.go. */
export function plainColumns<T extends KubeObject>(): readonly PrinterColumn<T>[] {
  const cell = ({ metadata }: T): string | null => metadata.creationTimestamp ?? null
  return [nameColumn<T>(), { name: CREATED_AT, type: 'date', cell }]
}

/** Whether the columns are those of kinds without a printer. */
export function isPlain<T extends KubeObject>(columns: readonly PrinterColumn<T>[]): boolean {
  return columns[1]?.name === CREATED_AT
}

/** A column whose cells are in the rows, although the Table does not declare it: a slip of upstream's. */
export function undeclared<T extends KubeObject>(shown: PrinterColumn<T>): PrinterColumn<T> {
  return { ...shown, undeclared: true }
}

/** Returns the kind without some columns. */
export function withoutColumns<T extends KubeObject>(
  definition: KindDefinition<T>,
  ...names: readonly string[]
): KindDefinition<T> {
  return { ...definition, columns: definition.columns.filter(({ name }) => !names.includes(name)) }
}

type Cell<T> = (object: T, now: number) => string | number | bigint | boolean | null

/** A column that is always shown. */
export function column<T extends KubeObject>(
  name: string,
  cell: Cell<T>,
  type: PrinterColumn<T>['type'] = 'string',
): PrinterColumn<T> {
  return { name, type, cell }
}

/** A column that only `-o wide` shows. */
export function wideColumn<T extends KubeObject>(
  name: string,
  cell: Cell<T>,
  type: PrinterColumn<T>['type'] = 'string',
): PrinterColumn<T> {
  return { name, type, priority: 1, cell }
}
