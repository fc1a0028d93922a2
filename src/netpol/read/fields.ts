import { invalid, required, type FieldError } from '../../api/field-error.js'

/** An object whose fields have not been validated. */
export type Fields = Readonly<Record<string, unknown>>

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
  object(value: unknown, path: string): Fields | undefined {
    if (value === undefined || value === null) return undefined
    if (typeof value === 'object' && !Array.isArray(value)) return value as Fields
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
  onlyKnown(object: Fields, path: string, known: readonly string[]): void {
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
export function isSet(object: Fields, name: string): boolean {
  return Object.hasOwn(object, name) && object[name] !== undefined && object[name] !== null
}
