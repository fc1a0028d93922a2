import { ageColumn, nameColumn } from '../../api/define.js'
import type { KindDefinition, KubeObject, PrinterColumn } from '../../api/definition.js'
import { formatLabels } from '../../api/labels.js'
import { kindName } from '../kinds.js'
import { TABLE, TabWriter } from './tabwriter.js'

/** What a table shows besides the columns of the kind. */
export interface TableOptions {
  readonly wide: boolean
  /** NAMESPACE in front, for kinds that have one. */
  readonly withNamespace: boolean
  /** `pod/x` instead of `x`. */
  readonly withKind: boolean
  readonly noHeaders: boolean
  readonly showLabels: boolean
  /** Labels with a column of their own. */
  readonly labelColumns: readonly string[]
  /** EVENT in front, in watches. */
  readonly withEvent?: boolean
  /** Virtual ms, for ages. */
  readonly now: number
}

/** One object of a table, with what happened to it in a watch. */
export interface Row {
  readonly object: KubeObject
  readonly event?: string
}

const headerOf = (label: string): string => label.slice(label.lastIndexOf('/') + 1).toUpperCase()

/** Prints the objects of one kind as rows; further rows keep the columns at least as wide (watches). */
export class TablePrinter {
  readonly #definition: KindDefinition
  readonly #columns: readonly PrinterColumn<KubeObject>[]
  readonly #writer = new TabWriter(TABLE)
  #headersPrinted = false

  constructor(definition: KindDefinition, wide: boolean) {
    this.#definition = definition
    this.#columns = definition.columns.filter(({ priority = 0 }) => wide || priority === 0)
  }

  /** Headers (the first time) and rows. */
  print(rows: readonly Row[], options: TableOptions): string {
    const lines = rows.map((row) => this.#cells(row, options).join('\t'))
    if (!options.noHeaders && !this.#headersPrinted) lines.unshift(this.#headers(options).join('\t'))
    this.#headersPrinted = true
    return lines.length === 0 ? '' : this.#writer.format(`${lines.join('\n')}\n`)
  }

  /** Rows of something else, in the same columns. */
  printCells(rows: readonly (readonly string[])[]): string {
    return this.#writer.format(`${rows.map((cells) => cells.join('\t')).join('\n')}\n`)
  }

  #headers({ withEvent, withNamespace, showLabels, labelColumns }: TableOptions): readonly string[] {
    return [
      ...(withEvent === true ? ['EVENT'] : []),
      ...(withNamespace && this.#definition.namespaced ? ['NAMESPACE'] : []),
      ...this.#columns.map(({ name }) => name.toUpperCase()),
      ...labelColumns.map(headerOf),
      ...(showLabels ? ['LABELS'] : []),
    ]
  }

  #cells({ object, event }: Row, options: TableOptions): readonly string[] {
    const { labels, namespace = '' } = object.metadata
    return [
      ...(options.withEvent === true ? [event ?? ''] : []),
      ...(options.withNamespace && this.#definition.namespaced ? [namespace] : []),
      ...this.#columns.map((column) => this.#cell(column, object, options)),
      ...options.labelColumns.map((label) => labels?.[label] ?? ''),
      // a row may come without its object
      ...(options.showLabels ? [object.metadata.name === undefined ? '' : formatLabels(labels)] : []),
    ]
  }

  #cell(
    { cell, format }: PrinterColumn<KubeObject>,
    object: KubeObject,
    { now, withKind }: TableOptions,
  ): string {
    const value = cell(object, now)
    const text = value === null ? '' : firstLine(String(value))
    return withKind && format === 'name' ? `${kindName(this.#definition)}/${text}` : text
  }
}

/** Cells of several lines are cut at the first line end. */
function firstLine(text: string): string {
  const end = text.search(/[\f\n\r]/)
  return end < 0 ? text : `${text.slice(0, end)}...`
}

/** The columns of objects that the server was not asked to print (`--server-print=false`). */
export const plainColumns: readonly PrinterColumn<KubeObject>[] = [nameColumn(), ageColumn()]

type Scale = KubeObject & {
  readonly spec?: { readonly replicas?: number }
  readonly status?: { readonly replicas?: number }
}

/** The columns of an autoscaling/v1 Scale. */
export const scaleColumns: readonly PrinterColumn<KubeObject>[] = [
  nameColumn(),
  { name: 'Desired', type: 'integer', cell: ({ spec }: Partial<Scale>) => spec?.replicas ?? 0 },
  { name: 'Available', type: 'integer', cell: ({ status }: Partial<Scale>) => status?.replicas ?? 0 },
  ageColumn(),
]
