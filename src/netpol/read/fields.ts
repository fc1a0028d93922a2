import { invalid, required, type FieldError } from '../../api/field-error.js'
import { compileRequirements, selectorRequirements, type Labels } from '../../api/selectors/labels.js'
import type { LabelSelector, LabelSelectorRequirement } from '../../api/meta/generated.js'
import { validateLabelSelector } from '../../api/meta/label-validation.js'
import type { Selector, Block } from '../model.js'
import { parseIpRange, rangeHolds, type IpRange } from '../../lang/go/ip.js'
import type { JsonMap } from '../../lang/json/maps.js'

/**
 * Reads values of unknown shape. Errors are collected in `faults` under the field's path and a harmless value
 * is returned, so that all errors of an object are reported together. Null counts as absent, as in
 * Kubernetes.
 */
export class FieldReader {
  readonly faults: FieldError[] = []

  /** Records a fault. */
  add(...faults: readonly FieldError[]): void {
    this.faults.push(...faults)
  }

  /** Returns an object; undefined if absent or invalid. */
  object(value: unknown, path: string): JsonMap | undefined {
    if (value === undefined || value === null) return undefined
    if (typeof value === 'object' && !Array.isArray(value)) return value as JsonMap
    return this.#wrong(value, path, 'must be an object')
  }

  /** Returns a list; undefined if absent or invalid. */
  list(value: unknown, path: string): readonly unknown[] | undefined {
    if (value === undefined || value === null) return undefined
    return Array.isArray(value) ? (value as readonly unknown[]) : this.#wrong(value, path, 'must be a list')
  }

  /** Returns a string; undefined if absent or invalid. */
  string(value: unknown, path: string): string | undefined {
    if (value === undefined || value === null) return undefined
    return typeof value === 'string' ? value : this.#wrong(value, path, 'must be a string')
  }

  /** Returns an integer within bounds; undefined if absent or invalid. */
  integer(value: unknown, path: string, first: number, last: number): number | undefined {
    if (value === undefined || value === null) return undefined
    if (!Number.isInteger(value)) return this.#wrong(value, path, 'must be an integer')
    const number = value as number
    return number >= first && number <= last
      ? number
      : this.#wrong(value, path, `must be between ${first} and ${last}, inclusive`)
  }

  /** Returns one of the given strings; undefined if absent or invalid. */
  oneOf<T extends string>(value: unknown, path: string, allowed: readonly T[]): T | undefined {
    if (value === undefined || value === null) return undefined
    if (allowed.includes(value as T)) return value as T
    return this.#wrong(value, path, `supported values: ${allowed.map((each) => `"${each}"`).join(', ')}`)
  }

  /** Records a fault for each unknown field. */
  onlyKnown(object: JsonMap, path: string, known: readonly string[]): void {
    for (const name of Object.keys(object)) {
      if (!known.includes(name))
        this.add(
          invalid(`${path}.${name}`, readable(object[name]), `unknown field; known are ${known.join(', ')}`),
        )
    }
  }

  /** Records that a required field is absent. */
  missing(path: string, detail = ''): undefined {
    this.add(required(path, detail))
    return undefined
  }

  #wrong(value: unknown, path: string, text: string): undefined {
    this.add(invalid(path, readable(value), text))
    return undefined
  }
}

/** Returns a value that can be printed; large and nested ones are replaced by their type. */
function readable(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[...]' : '{...}'
  return typeof value === 'number' || typeof value === 'boolean' ? value : String(value)
}

/** Returns whether a field is present and not null. */
export function isSet(object: JsonMap, name: string): boolean {
  return Object.hasOwn(object, name) && object[name] !== undefined && object[name] !== null
}

/** A selector that matches everything. */
export const everything: Selector = { requirements: [], matches: () => true }

/** Reads labels: a map of strings. */
export function readLabels(reader: FieldReader, value: unknown, path: string): Labels {
  const object = reader.object(value, path) ?? {}
  for (const key of Object.keys(object)) reader.string(object[key], `${path}.${key}`)
  return object as Labels
}

function readExpression(
  reader: FieldReader,
  value: unknown,
  path: string,
): LabelSelectorRequirement | undefined {
  const object = reader.object(value, path)
  if (object === undefined) return undefined
  reader.onlyKnown(object, path, ['key', 'operator', 'values'])
  const values = reader
    .list(object['values'], `${path}.values`)
    ?.map((each, at) => reader.string(each, `${path}.values[${at}]`) ?? '')
  const key = reader.string(object['key'], `${path}.key`) ?? ''
  return {
    key,
    operator: reader.string(object['operator'], `${path}.operator`) ?? '',
    ...(values === undefined ? {} : { values }),
  }
}

/**
 * Reads a LabelSelector that is present; an empty one matches everything. After a fault the result must not
 * be used. Source: metav1.LabelSelectorAsSelector, metav1validation.ValidateLabelSelector.
 */
export function readSelector(reader: FieldReader, value: unknown, path: string): Selector {
  const object = reader.object(value, path)
  if (object === undefined) return everything
  const before = reader.faults.length
  reader.onlyKnown(object, path, ['matchLabels', 'matchExpressions'])
  const matchLabels = readLabels(reader, object['matchLabels'], `${path}.matchLabels`)
  const list = reader.list(object['matchExpressions'], `${path}.matchExpressions`) ?? []
  const matchExpressions = list.flatMap(
    (each, at) => readExpression(reader, each, `${path}.matchExpressions[${at}]`) ?? [],
  )
  if (reader.faults.length > before) return everything
  const selector: LabelSelector = { matchLabels, matchExpressions }
  const faults = validateLabelSelector(selector, path)
  reader.add(...faults)
  if (faults.length > 0) return everything
  const requirements = selectorRequirements(selector)
  return { requirements, matches: compileRequirements(requirements) }
}

/** Reads a CIDR; bits beyond the prefix are dropped. */
export function readRange(reader: FieldReader, value: unknown, path: string): IpRange | undefined {
  const text = reader.string(value, path)
  if (text === undefined || text === '') return reader.missing(path)
  const range = parseIpRange(text)
  if (range === undefined)
    reader.add(invalid(path, text, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'))
  return range
}

/** Returns whether one range is a proper part of another. */
function isStrictPart(whole: IpRange, part: IpRange): boolean {
  return part.prefix > whole.prefix && rangeHolds(whole, { family: part.family, value: part.first })
}

/** Reads an IPBlock. Source: pkg/apis/networking/validation ValidateIPBlock. */
export function readBlock(reader: FieldReader, value: unknown, path: string): Block | undefined {
  const object = reader.object(value, path)
  if (object === undefined) return undefined
  reader.onlyKnown(object, path, ['cidr', 'except'])
  const range = readRange(reader, object['cidr'], `${path}.cidr`)
  const list = reader.list(object['except'], `${path}.except`) ?? []
  const except = list.flatMap((each, at) => {
    const part = readRange(reader, each, `${path}.except[${at}]`)
    if (part === undefined) return []
    if (range !== undefined && !isStrictPart(range, part))
      reader.add(invalid(`${path}.except[${at}]`, each, 'must be a strict subset of `cidr`'))
    return [part]
  })
  return range === undefined ? undefined : { range, except }
}
