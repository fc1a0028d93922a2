import { namedScaleColumns, scaleColumns } from '../api/autoscaling/scale.js'
import type { KubeObject, PrinterColumn } from '../api/kind/definition.js'
import { isPlain } from '../api/kind/define.js'
import type { Resource } from './registry/resources.js'

/** One column of a Table. */
export interface TableColumn {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly description: string
  readonly priority: number
}

/** One row of a Table. */
export interface TableRow {
  readonly cells: readonly (string | number | bigint | boolean | null)[]
  readonly conditions?: readonly {
    readonly type: string
    readonly status: string
    readonly reason: string
    readonly message: string
  }[]
  readonly object: object | null
}

/** meta.k8s.io/v1 Table: what `kubectl get` prints. */
export interface Table {
  readonly kind: 'Table'
  readonly apiVersion: 'meta.k8s.io/v1'
  readonly metadata: object
  readonly columnDefinitions: readonly TableColumn[]
  readonly rows: readonly TableRow[] | null
}

/** What each row includes of its object: everything, the metadata (the default) or nothing. */
export type IncludeObject = 'Object' | 'Metadata' | 'None'

interface ListLike {
  readonly metadata: object
  readonly items: readonly KubeObject[]
}

/**
 * Returns the Table of a list or object with the columns of its kind. `now` is virtual ms. Source: apiserver
 * pkg/endpoints/handlers/response.go, pkg/printers/internalversion/printers.go.
 */
export function tableOf(
  resource: Resource,
  object: KubeObject | ListLike,
  now: number,
  include: IncludeObject = 'Metadata',
): Table {
  const isList = isListOf(object)
  const { compareRows } = resource.definition
  const items = !isList
    ? [object]
    : compareRows === undefined
      ? object.items
      : object.items.toSorted(compareRows)
  const columns = columnsOf(resource, object)
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: isList ? object.metadata : { resourceVersion: object.metadata.resourceVersion },
    columnDefinitions: columns.filter((one) => one.undeclared !== true).map(columnOf),
    // the default converter starts with no list of rows
    rows:
      items.length === 0 && isPlain(columns) ? null : items.map((item) => rowOf(columns, item, now, include)),
  }
}

/** A Scale is shown with its own columns instead of those of the scaled kind. */
function columnsOf(
  { definition }: Resource,
  object: KubeObject | ListLike,
): readonly PrinterColumn<KubeObject>[] {
  if (!('kind' in object) || object.kind !== 'Scale' || definition.kind === 'Scale') return definition.columns
  return definition.custom === undefined ? scaleColumns : namedScaleColumns
}

function isListOf(object: KubeObject | ListLike): object is ListLike {
  return 'items' in object && (object.metadata as { readonly uid?: string }).uid === undefined
}

function columnOf({ name, type, format, priority = 0 }: PrinterColumn<KubeObject>): TableColumn {
  return { name, type, format: format ?? '', description: '', priority }
}

function rowOf(
  columns: readonly PrinterColumn<KubeObject>[],
  item: KubeObject,
  now: number,
  include: IncludeObject,
): TableRow {
  const conditions = completion(item)
  return {
    cells: columns.map(({ cell }) => cell(item, now)),
    ...(conditions === undefined ? {} : { conditions }),
    object: include === 'None' ? null : include === 'Object' ? item : partialMetadata(item),
  }
}

/**
 * An annotation that becomes a field of upstream's internal DaemonSet, so that a Table's metadata lacks it.
 */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation'

/** Returns the PartialObjectMetadata of an object. */
export function partialMetadata({ kind, metadata }: KubeObject): KubeObject {
  const partial = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' }
  if (kind !== 'DaemonSet' || metadata.annotations?.[TEMPLATE_GENERATION] === undefined)
    return { ...partial, metadata }
  const { annotations, ...rest } = metadata
  const { [TEMPLATE_GENERATION]: _, ...others } = annotations
  return { ...partial, metadata: Object.keys(others).length === 0 ? rest : { ...rest, annotations: others } }
}

const COMPLETIONS: Readonly<Record<string, string>> = {
  Succeeded: 'The pod has completed successfully.',
  Failed: 'The pod failed.',
}

/** Returns the conditions of a row: pods that have ended are marked as completed, which old clients hide. */
function completion(item: KubeObject): TableRow['conditions'] {
  if (item.kind !== 'Pod') return undefined
  const phase = (item as { readonly status?: { readonly phase?: string } }).status?.phase ?? ''
  const message = COMPLETIONS[phase]
  return message === undefined ? undefined : [{ type: 'Completed', status: 'True', reason: phase, message }]
}
