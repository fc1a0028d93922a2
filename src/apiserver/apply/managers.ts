import type { ManagedFieldsEntry } from '../../api/meta/generated.js'
import { isEmpty, parseFieldSet, union, type FieldSet } from './field-set.js'
import { isPrintable } from '../../lang/go/quote.js'
import { invalid, tooLong, type FieldError } from '../../api/field-error.js'

/**
 * The managers of an object's fields: the entries of metadata.managedFields, whose `fieldsV1` are sets.
 * Entries are never changed; an entry that a write does not affect stays the same object.
 */
export type Managers = readonly ManagedFieldsEntry[]

/** The parts of an entry that identify its manager. */
export type ManagerIdentity = {
  readonly [K in 'manager' | 'operation' | 'apiVersion' | 'subresource']?: string | undefined
}

/** Most Update entries of an object; older ones are merged. */
const MOST_UPDATERS = 10
const BUCKET = 'ancient-changes'

/** Returns the fields of an entry. */
export function fieldsOf(entry: ManagedFieldsEntry): FieldSet {
  return (entry.fieldsV1 ?? {}) as FieldSet
}

/** Returns the entry with other fields. */
export function withFields(entry: ManagedFieldsEntry, fields: FieldSet): ManagedFieldsEntry {
  return fields === entry.fieldsV1 ? entry : { ...entry, fieldsV1: fields }
}

/** Whether two entries have the same manager. For Apply entries the version does not matter. */
export function isSameManager(a: ManagerIdentity, b: ManagerIdentity): boolean {
  return (
    a.manager === b.manager &&
    a.operation === b.operation &&
    a.subresource === b.subresource &&
    (a.operation === 'Apply' || a.apiVersion === b.apiVersion)
  )
}

/** Makes an entry, with its members in Go's order. */
export function newEntry(
  { manager, operation, apiVersion, subresource }: ManagerIdentity,
  fields: FieldSet,
  time: string | undefined,
): ManagedFieldsEntry {
  return {
    manager: manager as string,
    operation: operation as string,
    apiVersion: apiVersion as string,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
    ...(subresource === undefined ? {} : { subresource }),
  }
}

/**
 * Decodes the managedFields of a request into entries with canonical sets. Returns undefined if an entry is
 * malformed. Source: apimachinery managedfields/internal/managedfields.go decodeManagedFields.
 */
export function decodeManagers(entries: Managers): Managers | undefined {
  const managers: ManagedFieldsEntry[] = []
  for (const entry of entries) {
    const { operation, apiVersion = '', fieldsType } = entry
    if ((operation !== 'Apply' && operation !== 'Update') || apiVersion === '' || fieldsType !== 'FieldsV1')
      return undefined
    const fields = readFields(entry)
    if (fields === undefined) return undefined
    const decoded = newEntry(entry, fields, entry.time)
    const at = managers.findIndex((known) => isSameManager(known, entry))
    if (at < 0) managers.push(decoded)
    else managers[at] = decoded
  }
  return managers
}

function readFields({ fieldsV1 }: ManagedFieldsEntry): FieldSet | undefined {
  try {
    return parseFieldSet(fieldsV1 ?? {})
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Whether the managedFields of a request ask to remove all managers: an empty list, or one empty entry. */
export function isReset(entries: readonly object[]): boolean {
  return entries.length === 0 || (entries.length === 1 && Object.keys(entries[0] as object).length === 0)
}

/**
 * Returns the entries that own fields, in upstream's order: Apply entries first, then by time (in seconds)
 * and name.
 */
export function sortManagers(managers: Managers): Managers {
  const kept = managers.filter((entry) => !isEmpty(fieldsOf(entry)))
  const isSorted = kept.every(
    (entry, at) => at === 0 || compareEntries(kept[at - 1] as ManagedFieldsEntry, entry) <= 0,
  )
  if (!isSorted) return kept.sort(compareEntries)
  return kept.length === managers.length ? managers : kept
}

function compareEntries(a: ManagedFieldsEntry, b: ManagedFieldsEntry): number {
  return (
    compareTexts(a.operation, b.operation) ||
    compareTexts(a.time, b.time) ||
    compareTexts(a.manager, b.manager) ||
    compareTexts(a.apiVersion, b.apiVersion) ||
    compareTexts(a.subresource, b.subresource)
  )
}

const compareTexts = (a = '', b = ''): number => (a === b ? 0 : a < b ? -1 : 1)

/**
 * Merges the oldest Update entries by version until at most ten are left. Source: apimachinery
 * managedfields/internal/capmanagers.go.
 */
export function capManagers(managers: Managers): Managers {
  const updaters = managers.filter(({ operation }) => operation === 'Update')
  let excess = updaters.length - MOST_UPDATERS
  if (excess <= 0) return managers
  const oldest = updaters.sort(
    (a, b) => compareTexts(a.time, b.time) || compareTexts(identityText(a), identityText(b)),
  )
  let capped = managers
  const firsts = new Map<string, ManagedFieldsEntry>()
  for (const updater of oldest) {
    if (excess <= 0) break
    const version = updater.apiVersion as string
    const first = firsts.get(version)
    if (first === undefined) {
      firsts.set(version, updater)
      continue
    }
    const identity: ManagerIdentity = { manager: BUCKET, operation: 'Update', apiVersion: version }
    const bucket = capped.find((entry) => isSameManager(entry, identity)) ?? first
    const merged = newEntry(identity, union(fieldsOf(updater), fieldsOf(bucket)), updater.time)
    // the bucket of an earlier write is itself an Update entry
    capped = [...capped.filter((entry) => entry !== updater && entry !== bucket), merged]
    excess--
  }
  return capped
}

/** Returns the key by which upstream orders managers of the same second. */
function identityText({ manager, operation, apiVersion, subresource }: ManagerIdentity): string {
  return JSON.stringify({ manager, operation, apiVersion, subresource })
}

/** Longest name of a manager, in bytes of UTF-8. */
const MOST_MANAGER_BYTES = 128

const encoder = new TextEncoder()

/**
 * Returns the manager of a write: the given one, or the printable part of the user agent before the first
 * `/`.
 */
export function managerName(fieldManager: string | undefined, userAgent: string): string {
  const name = fieldManager === undefined || fieldManager === '' ? fromUserAgent(userAgent) : fieldManager
  return name === '' ? 'unknown' : name
}

/**
 * Manager names by user agent, since a component always sends the same one. Cleared at {@link MOST_NAMES}.
 */
const names = new Map<string, string>()
const MOST_NAMES = 1_000

function fromUserAgent(userAgent: string): string {
  let name = names.get(userAgent)
  if (name === undefined) {
    if (names.size >= MOST_NAMES) names.clear()
    names.set(userAgent, (name = readUserAgent(userAgent)))
  }
  return name
}

function readUserAgent(userAgent: string): string {
  const prefix = userAgent.split('/', 1)[0] as string
  let name = ''
  let bytes = 0
  for (const char of prefix) {
    if (!isPrintable(char)) continue
    bytes += encoder.encode(char).length
    if (bytes > MOST_MANAGER_BYTES) break
    name += char
  }
  return name
}

const MOST_SUBRESOURCE_LENGTH = 256

/**
 * Returns the faults of a manager's name. Source: apimachinery pkg/apis/meta/v1/validation
 * ValidateFieldManager.
 */
export function managerNameFaults(name: string, path: string): readonly FieldError[] {
  if (isPlain(name) && name.length <= MOST_MANAGER_BYTES) return NONE
  const errors: FieldError[] = []
  if (byteLength(name) > MOST_MANAGER_BYTES) errors.push(tooLong(path, MOST_MANAGER_BYTES))
  let at = 0
  for (const char of name) {
    if (!isPrintable(char))
      errors.push(invalid(path, name, `invalid character ${unicodeText(char)} (at position ${at})`))
    at += byteLength(char)
  }
  return errors
}

const NONE: readonly FieldError[] = []

/** Whether all characters are printable ASCII, one byte each. */
const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text)

const byteLength = (text: string): number => (isPlain(text) ? text.length : encoder.encode(text).length)

/** Returns Go's `%#U` of a character that cannot be printed. */
const unicodeText = (char: string): string =>
  `U+${(char.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`

/** Returns the faults of entries that the stored object does not have. Source: ValidateManagedFields. */
export function managersFaults(managers: Managers, stored: Managers = []): readonly FieldError[] {
  if (managers === stored) return NONE
  const errors: FieldError[] = []
  for (const [at, entry] of managers.entries()) {
    if (stored.includes(entry)) continue
    const path = `metadata.managedFields[${at}]`
    errors.push(...managerNameFaults(entry.manager ?? '', `${path}.manager`))
    if ((entry.subresource ?? '').length > MOST_SUBRESOURCE_LENGTH)
      errors.push(tooLong(`${path}.subresource`, MOST_SUBRESOURCE_LENGTH))
  }
  return errors
}
