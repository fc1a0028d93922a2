import type { KindDefinition, KubeObject, PrinterColumn } from '../../api/definition.js'
import type { Client, ObjectKey, WatchEvent } from '../../client/client.js'
import { plainColumns } from '../print/table.js'
import type { Query } from './address.js'
import { RestClient } from './rest-client.js'
import type { RestWatch } from './rest-watch.js'

const ACCEPT =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,' +
  'application/json'

interface Table {
  readonly kind?: string
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string }
  readonly columnDefinitions?:
    | readonly { readonly name: string; readonly format?: string; readonly priority?: number }[]
    | null
  readonly rows?:
    | readonly { readonly cells: readonly unknown[]; readonly object?: KubeObject | null }[]
    | null
  readonly items?: readonly KubeObject[]
}

/** Objects as rows, and what went wrong before all were there. */
export interface TableRows {
  readonly objects: readonly KubeObject[]
  readonly resourceVersion: string
  readonly error?: Error
}

/** What a selection is, in a query. */
export interface TableSelection {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

/**
 * What `get` asks for: objects of one kind as rows that the server has made; where it answers with objects as
 * they are, kubectl knows only of names and ages.
 */
export class ServerTables {
  readonly #client: RestClient
  /** `Object` when rows are to be sorted by their fields. */
  readonly #includeObject: string
  readonly #cells = new WeakMap<object, readonly unknown[]>()
  readonly #shown = new Map<KindDefinition, KindDefinition>()

  constructor(client: RestClient, includeObject = '') {
    this.#client = client
    this.#includeObject = includeObject
  }

  /** The definition with the columns that the server has named. */
  shown(definition: KindDefinition): KindDefinition {
    return this.#shown.get(definition) ?? definition
  }

  get(definition: KindDefinition, key: ObjectKey): TableRows {
    return this.#rows(
      definition,
      this.#client.getAt(definition, key, ACCEPT, { includeObject: this.#includeObject }),
    )
  }

  /** Page by page. What is wrong with a later page ends it, and is told beside what is there. */
  list(
    definition: KindDefinition,
    selection: TableSelection,
    limit: number,
    failed: (error: unknown) => Error,
  ): TableRows {
    const objects: KubeObject[] = []
    let [token, resourceVersion] = ['', '']
    do {
      let page: Table
      try {
        page = this.#client.listAt(
          definition,
          {
            ...selection,
            includeObject: this.#includeObject,
            ...(limit > 0 ? { limit } : {}),
            continue: token,
          },
          ACCEPT,
        ) as Table
      } catch (error) {
        if (token === '') throw error
        return { objects, resourceVersion, error: failed(error) }
      }
      const rows = this.#rows(definition, page)
      objects.push(...rows.objects)
      resourceVersion = rows.resourceVersion
      token = page.metadata?.continue ?? ''
    } while (token !== '')
    return { objects, resourceVersion }
  }

  watch(definition: KindDefinition, selection: TableSelection & Query): RestWatch {
    return this.#client.watchAt(definition, { ...selection, includeObject: this.#includeObject }, ACCEPT)
  }

  /** The rows of an event. */
  event(definition: KindDefinition, { object }: WatchEvent<KubeObject>): readonly KubeObject[] {
    return this.#rows(definition, object).objects
  }

  #rows(definition: KindDefinition, answer: Table): TableRows {
    const resourceVersion = answer.metadata?.resourceVersion ?? ''
    if (answer.kind !== 'Table') {
      this.#shown.set(definition, { ...definition, columns: plainColumns })
      return { objects: answer.items ?? [answer as unknown as KubeObject], resourceVersion }
    }
    this.#learn(definition, answer.columnDefinitions ?? [])
    return {
      resourceVersion,
      objects: (answer.rows ?? []).map(({ cells, object }) => {
        const shown = { ...(object ?? { metadata: {} }) } as KubeObject
        this.#cells.set(shown, cells)
        return shown
      }),
    }
  }

  /** Only the first Table of a watch names its columns. */
  #learn(definition: KindDefinition, named: NonNullable<Table['columnDefinitions']>): void {
    if (named.length === 0 || this.#shown.has(definition)) return
    const columns = named.map(({ name, format, priority = 0 }, at): PrinterColumn<KubeObject> => ({
      name,
      type: 'string',
      priority: priority === 0 ? 0 : 1,
      ...(format === 'name' ? { format } : {}),
      cell: (object) => (this.#cells.get(object)?.[at] ?? null) as string | null,
    }))
    const { compareRows: _inOrder, ...rest } = definition
    this.#shown.set(definition, { ...rest, columns })
  }
}

/**
 * The tables of a call that speaks HTTP; undefined for one that makes the rows itself. `isSorted`: their
 * objects are needed.
 */
export function tablesOf(client: Client, isSorted: boolean): ServerTables | undefined {
  return client instanceof RestClient ? new ServerTables(client, isSorted ? 'Object' : '') : undefined
}
