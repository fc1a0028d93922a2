import type { GroupVersion } from '../api-version.js'
import { schemaGroupOf } from '../schemas.js'
import { metaSchema } from '../meta/generated.js'
import { goTypeOf } from '../schema/plan.js'
import type { Field, Message, Presence, SchemaGroup } from '../schema/types.js'
import { fieldNumbers } from './fields.js'
import { goNames } from './go-names.js'
import { moreFieldNumbers, unions } from './more-fields.js'

/**
 * Leaf types, and messages that JSON writes as a leaf (`quantity`, `time`), as free JSON (`json`) or as a
 * list (`strings`).
 */
export type LeafType =
  | 'string'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'double'
  | 'bytes'
  | 'quantity'
  | 'intOrString'
  | 'time'
  | 'microTime'
  | 'json'
  | 'strings'

/** One field of a message on the wire. */
export interface ProtoField {
  readonly number: number
  /** The name in JSON. */
  readonly name: string
  /** Go's name, for error texts. */
  readonly goName: string
  /**
   * Returns Go's type: `*v1.PodSecurityContext`, `[]v1.Container`, `v1.PullPolicy`. A message that no table
   * has is of a newer release, and such are pointers.
   */
  readonly goType: () => string
  readonly form: 'single' | 'list' | 'map' | 'inline'
  readonly type: LeafType | 'message'
  /** How Go's JSON encoder treats an empty value; undefined if no table has it. */
  readonly presence: Presence | undefined
  /** Of `message`. */
  readonly message: () => ProtoMessage
}

/** One message on the wire, as JSON writes it. */
export interface ProtoMessage {
  readonly name: string
  /** `core.v1.PodSpec` */
  readonly fullName: string
  /** Whether JSON writes it as one of its fields, see more-fields.ts. */
  readonly isUnion: boolean
  /** Whether it is an object with metadata of its own. */
  readonly isObject: boolean
  /** In the order of their numbers, in which Go writes them. */
  readonly fields: readonly ProtoField[]
  /** In the order of Go's struct. */
  readonly declared: readonly ProtoField[]
  readonly byNumber: ReadonlyMap<number, ProtoField>
}

const LEAVES: ReadonlySet<string> = new Set<LeafType>([
  'string',
  'bool',
  'int32',
  'int64',
  'double',
  'bytes',
  'quantity',
  'intOrString',
  'time',
  'microTime',
  'json',
  'strings',
])

/** The rows of a package by message, parsed on first use of the package. */
const packages = new Map<string, ReadonlyMap<string, string> | undefined>()
const messages = new Map<string, ProtoMessage | undefined>()

/** Returns the package of a group version's messages: `rbac.v1`. */
function packageOf(group: string, version: string): string {
  return `${group === '' ? 'core' : (group.split('.')[0] as string)}.${version}`
}

/**
 * Groups whose kinds have moved to other groups: an old version has the messages of the group's v1 or of
 * these.
 */
const heirs: Readonly<Record<string, readonly string[]>> = {
  extensions: ['networking.v1beta1', 'apps.v1', 'networking.v1'],
  autoscaling: ['autoscaling.v2', 'autoscaling.v1'],
}

/**
 * Returns the message of a kind, or undefined if it has no protobuf form (custom resources, unknown kinds).
 */
export function messageOf({ group, version }: GroupVersion, kind: string): ProtoMessage | undefined {
  const [short = ''] = group.split('.')
  if (group.includes('.') && !/^[a-z.]+\.k8s\.io$/.test(group)) return undefined
  const own = [packageOf(group, version), ...(heirs[short] ?? [`${short}.v1`])]
  // DeleteOptions, Status and similar kinds are in every group version
  for (const packageName of [...own, 'meta.v1']) {
    const found = find(`${packageName}.${kind}`)
    if (found !== undefined && (packageName === 'meta.v1' || found.byNumber.size > 0)) return found
  }
  return listOf({ group, version }, kind)
}

const lists = new Map<string, ProtoMessage>()

/** Returns the message of a list of objects: every one has its metadata as 1 and its items as 2. */
function listOf(place: GroupVersion, kind: string): ProtoMessage | undefined {
  const item = kind.endsWith('List') ? messageOf(place, kind.slice(0, -'List'.length)) : undefined
  if (item === undefined || item.declared[0]?.name !== 'metadata') return undefined
  const name = `${item.fullName}List`
  let list = lists.get(name)
  if (list === undefined) {
    const [packageName, short] = [name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.') + 1)]
    const rows = `metadata=1 meta.v1.ListMeta, items=2 [${item.fullName}]`
    lists.set(name, (list = build(short, packageName, rows, LIST_FIELDS)))
  }
  return list
}

/** Go always writes a list's metadata. */
const LIST_FIELDS: Table = {
  fields: { metadata: { type: 'message', message: 'ListMeta', presence: 'always' } },
  group: metaSchema,
}

/** Returns the message of a name such as `core.v1.PodSpec`. */
function find(full: string): ProtoMessage | undefined {
  if (messages.has(full)) return messages.get(full)
  const at = full.lastIndexOf('.')
  const packageName = full.slice(0, at)
  const name = full.slice(at + 1)
  const row = rowsOf(packageName)?.get(name)
  const table = tablesOf(packageName)?.find(name)
  const built = row === undefined ? undefined : build(name, packageName, row, table)
  messages.set(full, built)
  return built
}

function rowsOf(packageName: string): ReadonlyMap<string, string> | undefined {
  if (!packages.has(packageName)) {
    const text = fieldNumbers[packageName] ?? moreFieldNumbers[packageName]
    packages.set(packageName, text === undefined ? undefined : parseRows(text))
  }
  return packages.get(packageName)
}

function parseRows(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .replaceAll('\n  ', ' ')
      .trim()
      .split('\n')
      .map((line) => {
        const colon = line.indexOf(':')
        return [line.slice(0, colon), line.slice(colon + 1).trim()] as const
      }),
  )
}

/** Packages whose name is not the first part of the group's name. */
const groups: Readonly<Record<string, string>> = {
  core: '',
  apps: 'apps',
  batch: 'batch',
  policy: 'policy',
  autoscaling: 'autoscaling',
  rbac: 'rbac.authorization.k8s.io',
  flowcontrol: 'flowcontrol.apiserver.k8s.io',
}

function tablesOf(packageName: string): SchemaGroup | undefined {
  if (packageName === 'meta.v1') return metaSchema
  const [short = '', version = ''] = packageName.split('.')
  return schemaGroupOf(groups[short] ?? `${short}.k8s.io`, version)
}

function build(name: string, packageName: string, row: string, table: Table | undefined): ProtoMessage {
  const declared = (row === '' ? [] : row.split(', ')).map((text) => fieldOf(text, name, packageName, table))
  const fields = declared.toSorted((a, b) => a.number - b.number)
  return {
    name,
    fullName: `${packageName}.${name}`,
    isUnion: unions.has(name),
    isObject: declared[0]?.name === 'metadata' && declared[0].number === 1,
    fields,
    declared,
    byNumber: new Map(fields.map((field) => [field.number, field])),
  }
}

/** What is read of a message's field table. */
type Table = Pick<Message, 'fields' | 'group'>

/** Parses `name=1`, `data=2 {string}`, `...VolumeSource=2`. */
function fieldOf(text: string, owner: string, packageName: string, table: Table | undefined): ProtoField {
  const [, dots, label = '', digits, typeText = ''] = /^(\.\.\.)?(.+?)=(\d+) ?(.*)$/.exec(text) ?? []
  const isInline = dots !== undefined
  const bare = isInline ? label : typeText.replace(/^[[{]|[\]}]$/g, '') || 'string'
  const isLeaf = LEAVES.has(bare)
  const full = bare.includes('.') ? bare : `${packageName}.${bare}`
  const form = isInline ? 'inline' : (forms[typeText.charAt(0)] ?? 'single')
  const known = table !== undefined && Object.hasOwn(table.fields, label) ? table.fields[label] : undefined
  let message: ProtoMessage | undefined
  return {
    number: Number(digits),
    name: label,
    goName: isInline ? label : goNameOf(label, bare, owner),
    goType: () =>
      isInline
        ? `v1.${bare}`
        : known === undefined || table === undefined
          ? `*v1.${bare}`
          : pointed(known, table),
    form,
    type: isLeaf ? (bare as LeafType) : 'message',
    presence: known?.presence,
    message: () => (message ??= isInline ? inlined(full, table) : messageNamed(full)),
  }
}

const forms: Readonly<Record<string, ProtoField['form']>> = { '[': 'list', '{': 'map' }

/** Returns an inlined message: the table of the containing message decides how empty values are treated. */
function inlined(full: string, table: Table | undefined): ProtoMessage {
  const at = full.lastIndexOf('.')
  const name = full.slice(at + 1)
  const row = rowsOf(full.slice(0, at))?.get(name)
  if (row === undefined) throw new Error(`bug: no field numbers of ${full}`)
  return build(name, full.slice(0, at), row, table)
}

/** Returns the message of a full name such as `core.v1.PodSpec`, which must exist. */
export function messageNamed(full: string): ProtoMessage {
  const found = find(full)
  if (found === undefined) throw new Error(`bug: no field numbers of ${full}`)
  return found
}

function pointed(field: Field, { group }: Table): string {
  const isPointer = field.presence === 'pointer' || field.presence === 'nullable'
  return `${isPointer ? '*' : ''}${goTypeOf(group, field)}`
}

const goNameOf = (label: string, type: string, owner: string): string =>
  label === 'metadata' && type.endsWith('Meta')
    ? type.slice(type.lastIndexOf('.') + 1)
    : (goNames[`${owner}.${label}`] ?? goNames[label] ?? label.charAt(0).toUpperCase() + label.slice(1))
