import { invalid, required, type FieldError } from '../../api/field-error.js'

/** An object whose fields are not known yet. */
export type Fields = Readonly<Record<string, unknown>>

/**
 * Reads values of unknown shape. What is wrong is noted in `faults`, under the path of the field, and
 * something harmless is answered, so that all faults of an object are told at once. Null is nothing, as in
 * Kubernetes.
 */
export class FieldReader {
  readonly faults: FieldError[] = []

  /** Notes a fault. */
  add(...faults: readonly FieldError[]): void {
    this.faults.push(...faults)
  }

  /** An object; undefined where there is none. */
  object(value: unknown, path: string): Fields | undefined {
    if (value === undefined || value === null) return undefined
    if (typeof value === 'object' && !Array.isArray(value)) return value as Fields
    return this.#wrong(value, path, 'must be an object')
  }

  /** A list; undefined where there is none. */
  list(value: unknown, path: string): readonly unknown[] | undefined {
    if (value === undefined || value === null) return undefined
    return Array.isArray(value) ? (value as readonly unknown[]) : this.#wrong(value, path, 'must be a list')
  }

  /** A string; undefined where there is none. */
  string(value: unknown, path: string): string | undefined {
    if (value === undefined || value === null) return undefined
    return typeof value === 'string' ? value : this.#wrong(value, path, 'must be a string')
  }

  /** A whole number within bounds; undefined where there is none. */
  integer(value: unknown, path: string, first: number, last: number): number | undefined {
    if (value === undefined || value === null) return undefined
    if (!Number.isInteger(value)) return this.#wrong(value, path, 'must be an integer')
    const number = value as number
    return number >= first && number <= last
      ? number
      : this.#wrong(value, path, `must be between ${first} and ${last}, inclusive`)
  }

  /** One of the given strings; undefined where there is none. */
  oneOf<T extends string>(value: unknown, path: string, allowed: readonly T[]): T | undefined {
    if (value === undefined || value === null) return undefined
    if (allowed.includes(value as T)) return value as T
    return this.#wrong(value, path, `supported values: ${allowed.map((each) => `"${each}"`).join(', ')}`)
  }

  /** Notes fields that are not known. */
  onlyKnown(object: Fields, path: string, known: readonly string[]): void {
    for (const name of Object.keys(object)) {
      if (!known.includes(name))
        this.add(
          invalid(`${path}.${name}`, readable(object[name]), `unknown field; known are ${known.join(', ')}`),
        )
    }
  }

  /** Says that a field must be there. */
  missing(path: string, detail = ''): undefined {
    this.add(required(path, detail))
    return undefined
  }

  #wrong(value: unknown, path: string, text: string): undefined {
    this.add(invalid(path, readable(value), text))
    return undefined
  }
}

/** A value that can be printed; big and deep ones by their type. */
function readable(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[...]' : '{...}'
  return typeof value === 'number' || typeof value === 'boolean' ? value : String(value)
}

/** Whether a field is set: there, and not null. */
export function isSet(object: Fields, name: string): boolean {
  return Object.hasOwn(object, name) && object[name] !== undefined && object[name] !== null
}
