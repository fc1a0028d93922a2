import type { KindDefinition, KubeObject, PrinterColumn } from '../../api/kind/definition.js'
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

/** Objects as rows, and the error that broke off the list. */
export interface TableRows {
  readonly objects: readonly KubeObject[]
  readonly resourceVersion: string
  readonly error?: Error
}

/** A selection as query parameters. */
export interface TableSelection {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

/**
 * Fetches objects of one kind for `get` as rows that the server rendered. If it returns plain objects,
 * kubectl shows only names and ages.
 */
export class ServerTables {
  readonly #client: RestClient
  /** `Object` if rows are sorted by their fields. */
  readonly #includeObject: string
  readonly #cells = new WeakMap<object, readonly unknown[]>()
  readonly #shown = new Map<KindDefinition, KindDefinition>()

  constructor(client: RestClient, includeObject = '') {
    this.#client = client
    this.#includeObject = includeObject
  }

  /** The definition with the server's columns. */
  shown(definition: KindDefinition): KindDefinition {
    return this.#shown.get(definition) ?? definition
  }

  get(definition: KindDefinition, key: ObjectKey): TableRows {
    return this.#rows(
      definition,
      this.#client.getAt(definition, key, ACCEPT, { includeObject: this.#includeObject }),
    )
  }

  /** Lists page by page. An error of a later page ends the list and is returned beside the rows. */
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

  /** Remembers the columns, which only the first Table of a watch contains. */
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
 * The tables of a call that uses HTTP; undefined for one that renders rows itself. `isSorted`: rows need
 * their objects.
 */
export function tablesOf(client: Client, isSorted: boolean): ServerTables | undefined {
  return client instanceof RestClient ? new ServerTables(client, isSorted ? 'Object' : '') : undefined
}
