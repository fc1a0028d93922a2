import { convertNone, customKinds } from '../../../src/api/apiextensions/custom/custom-kind.js'
import type { CustomResourceDefinition } from '../../../src/api/apiextensions/generated.js'
import type { ManagedFieldsEntry } from '../../../src/api/meta/generated.js'
import type { Message, SchemaGroup } from '../../../src/api/schema/types.js'
import { schemaGroupOf } from '../../../src/api/schemas.js'
import { applyConfig, KUBECTL, updatedAnnotations } from '../../../src/apiserver/apply/apply-config.js'
import {
  trackUpdate,
  type TrackedKind,
  type TrackedWrite,
} from '../../../src/apiserver/apply/field-manager.js'
import type { Managers } from '../../../src/apiserver/apply/managers.js'
import { shapeOf } from '../../../src/apiserver/apply/shape.js'
import { typeFaults } from '../../../src/apiserver/apply/validate-typed.js'
import { isApiError, type StatusCause } from '../../../src/client/api-error.js'
import type { Row, Table, TableFile } from '../table.js'

const TIME = '2026-01-01T00:00:00Z'

function messageOf({ group, version, kind }: Row, { schemas }: TableFile): Message {
  if (group !== 'example.io') return (schemaGroupOf(group, version) as SchemaGroup).message(kind)
  const crd = {
    metadata: { name: 'things.example.io' },
    spec: {
      group,
      scope: 'Namespaced',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schemas[group][`io.example.${version}.${kind}`] },
        },
      ],
    },
    status: { acceptedNames: { kind, plural: 'things' } },
  } as unknown as CustomResourceDefinition
  const [custom] = customKinds(crd, convertNone)
  return (custom as NonNullable<typeof custom>).schema.message(kind)
}

/** An object between two steps, without its managers. */
interface State {
  readonly object: Row
  readonly managers: Managers
}

/** Plays the steps of several managers on one object that has no Go type. */
class Player {
  readonly #kind: TrackedKind
  readonly #kindText: string
  /** The object before the first step. */
  readonly empty: Row
  readonly #subresource: string | undefined

  constructor(row: Row, message: Message) {
    const { group, version, kind, subresource } = row
    const apiVersion = group === '' ? version : `${group}/${version}`
    this.#kind = { apiVersion, shape: shapeOf(message), inVersion: () => undefined }
    this.#kindText = `${group}/${version}, Kind=${kind}`
    this.empty = { apiVersion, kind }
    this.#subresource = subresource
  }

  step(state: State, step: Row): State {
    const write = { manager: step['manager'], subresource: this.#subresource, time: TIME, filter: {} }
    return step['op'] === 'apply' ? this.#apply(write, state, step) : this.#update(write, state, step)
  }

  #apply(
    write: TrackedWrite,
    { object: live, managers }: State,
    { object: config, force, manager }: Row,
  ): State {
    const applied = applyConfig({
      kind: this.#kind,
      kindText: this.#kindText,
      write,
      live,
      empty: this.empty,
      managers,
      config,
      force: force === true,
    })
    const object = (applied.object ?? live) as Row
    const annotations = manager === KUBECTL ? updatedAnnotations(object, config) : undefined
    const next =
      annotations === undefined ? object : { ...object, metadata: { ...object['metadata'], annotations } }
    return { object: next, managers: applied.managers }
  }

  #update(write: TrackedWrite, { object: live, managers }: State, { object }: Row): State {
    const { apiVersion } = this.#kind
    const faults = object.apiVersion === apiVersion ? typeFaults(this.#kind.shape, object, true) : ''
    if (faults !== undefined) throw new UntypedUpdate(faults)
    return { object, managers: trackUpdate(this.#kind, write, live, object, managers) }
  }
}

/** What decoding into a Go type refuses before the field manager sees it. */
class UntypedUpdate extends Error {}

const KEYS = ['operation', 'manager', 'apiVersion', 'subresource'] as const

const sortKey = (entry: ManagedFieldsEntry): string => KEYS.map((key) => entry[key] ?? '').join('\0')

/** Entries without times and the constant fieldsType, sorted. */
function comparable(managers: Managers): readonly unknown[] {
  return [...managers]
    .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
    .map((entry) => ({ ...entry, time: undefined, fieldsType: undefined }))
}

const serverSideApply: Table = (row, file) => {
  const player = new Player(row, messageOf(row, file))
  let state: State = { object: player.empty, managers: [] }
  const steps = row['steps'] as readonly Row[]
  const actual = steps.map((step) => {
    let failure: Row = {}
    try {
      state = player.step(state, step)
    } catch (error) {
      failure = failureOf(error)
    }
    return { ...failure, object: state.object, managedFields: comparable(state.managers) }
  })
  return { expected: steps.map(({ result }) => expectedResult(result)), actual }
}

function failureOf(error: unknown): Row {
  if (error instanceof UntypedUpdate) return { failed: 'update' }
  if (!isApiError(error)) throw error
  const { code, message, details } = error.status
  return { error: message, code: code === 500 ? undefined : code, causes: byManager(details?.causes) }
}

/** Upstream lists the managers in no order, and the fields of each in order. */
function byManager(causes: readonly StatusCause[] | undefined): readonly StatusCause[] | undefined {
  return causes?.toSorted(({ message: a = '' }, { message: b = '' }) => (a < b ? -1 : a > b ? 1 : 0))
}

/** Only the fact that an update cannot be typed counts: other words come from the decoder here. */
function expectedResult({ error, code, causes, object, managedFields }: Row): Row {
  const failure = error?.startsWith('failed to convert new object')
    ? { failed: 'update' }
    : { error, code, causes: byManager(causes) }
  return { ...failure, object, managedFields }
}

export const applyTables: Readonly<Record<string, Table>> = { 'server-side-apply': serverSideApply }
