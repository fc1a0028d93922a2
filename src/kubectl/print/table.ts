import { escapeTerminal } from './escape-terminal.js'
import { ageColumn, nameColumn } from '../../api/kind/define.js'
import type { KindDefinition, KubeObject, PrinterColumn } from '../../api/kind/definition.js'
import { formatLabels } from '../../api/selectors/labels.js'
import { kindName } from '../args/kinds.js'
import { TABLE, TabWriter } from '../../lang/text/tabwriter.js'

/** What a table shows besides the kind's columns. */
export interface TableOptions {
  readonly wide: boolean
  /** NAMESPACE as first column, for namespaced kinds. */
  readonly withNamespace: boolean
  /** `pod/x` instead of `x`. */
  readonly withKind: boolean
  readonly noHeaders: boolean
  readonly showLabels: boolean
  /** Labels with a column of their own. */
  readonly labelColumns: readonly string[]
  /** EVENT as first column, in watches. */
  readonly withEvent?: boolean
  /** Virtual ms, for ages. */
  readonly now: number
}

/** One object of a table, and its event in a watch. */
export interface Row {
  readonly object: KubeObject
  readonly event?: string
}

const headerOf = (label: string): string => label.slice(label.lastIndexOf('/') + 1).toUpperCase()

/** Prints objects of one kind as rows; later rows keep the columns at least as wide (watches). */
export class TablePrinter {
  readonly #definition: KindDefinition
  readonly #columns: readonly PrinterColumn<KubeObject>[]
  readonly #writer = new TabWriter(TABLE)
  #headersPrinted = false

  constructor(definition: KindDefinition, wide: boolean) {
    this.#definition = definition
    this.#columns = definition.columns.filter(
      ({ priority = 0, undeclared = false }) => !undeclared && (wide || priority === 0),
    )
  }

  /** Prints rows, and headers the first time. */
  print(rows: readonly Row[], options: TableOptions): string {
    const lines = rows.map((row) => this.#cells(row, options).join('\t'))
    if (!options.noHeaders && !this.#headersPrinted) lines.unshift(this.#headers(options).join('\t'))
    this.#headersPrinted = true
    return lines.length === 0 ? '' : this.#writer.format(`${lines.join('\n')}\n`)
  }

  /** Prints other rows in the same columns. */
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
      // a row may lack its object
      ...(options.showLabels ? [object.metadata.name === undefined ? '' : formatLabels(labels)] : []),
    ]
  }

  #cell(
    { cell, format }: PrinterColumn<KubeObject>,
    object: KubeObject,
    { now, withKind }: TableOptions,
  ): string {
    const value = cell(object, now)
    const text = value === null ? '' : escapeTerminal(firstLine(String(value)))
    return withKind && format === 'name' ? `${kindName(this.#definition)}/${text}` : text
  }
}

/** Cuts a multi-line cell at the first line end. */
function firstLine(text: string): string {
  const end = text.search(/[\f\n\r]/)
  return end < 0 ? text : `${text.slice(0, end)}...`
}

/** The columns of `--server-print=false`, for which the server does not render rows. */
export const plainColumns: readonly PrinterColumn<KubeObject>[] = [nameColumn(), ageColumn()]
