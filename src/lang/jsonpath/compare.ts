import { JsonPathError } from './nodes.js'

/**
 * What the numbers of values are in Go: whole ones are integers as in unstructured objects, or all are floats
 * as encoding/json has them.
 */
export type Numbers = 'integers' | 'floats'

/** A number of a template. */
export class TemplateNumber {
  readonly value: number
  readonly isFloat: boolean

  constructor(value: number, isFloat: boolean) {
    this.value = value
    this.isFloat = isFloat
  }
}

type Kind = 'bool' | 'int' | 'float' | 'string'

/** Whether a number of a value is a float in Go. */
export function isFloat(value: number | bigint, numbers: Numbers): boolean {
  return numbers === 'floats' || (typeof value === 'number' && !Number.isInteger(value))
}

/** Go's name of a value's type. */
export function typeText(value: unknown, numbers: Numbers): string {
  if (value instanceof TemplateNumber) return value.isFloat ? 'float64' : 'int'
  if (typeof value === 'number' || typeof value === 'bigint')
    return isFloat(value, numbers) ? 'float64' : 'int64'
  return typeof value === 'boolean'
    ? 'bool'
    : typeof value === 'string'
      ? 'string'
      : 'map[string]interface {}'
}

function basicKind(value: unknown, numbers: Numbers): Kind {
  if (value instanceof TemplateNumber) return value.isFloat ? 'float' : 'int'
  if (typeof value === 'number' || typeof value === 'bigint') return isFloat(value, numbers) ? 'float' : 'int'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  throw new JsonPathError(BAD_TYPE)
}

const BAD_TYPE = 'invalid type for comparison'

/**
 * Compares the sides of a filter. Throws JsonPathError for types that do not go together. Source: client-go
 * third_party/forked/golang/template/funcs.go.
 */
export function compares(left: unknown, operator: string, right: unknown, numbers: Numbers): boolean {
  switch (operator) {
    case '<':
      return less(left, right, numbers)
    case '>':
      return !less(left, right, numbers) && !equal(left, right, numbers)
    case '==':
      return equal(left, right, numbers)
    case '!=':
      return !equal(left, right, numbers)
    case '<=':
      return less(left, right, numbers) || equal(left, right, numbers)
    case '>=':
      return !less(left, right, numbers)
    default:
      throw new JsonPathError(`unrecognized filter operator ${operator}`)
  }
}

function kindOfBoth(left: unknown, right: unknown, numbers: Numbers): Kind {
  const kind = basicKind(left, numbers)
  if (kind !== basicKind(right, numbers)) throw new JsonPathError('incompatible types for comparison')
  return kind
}

function equal(left: unknown, right: unknown, numbers: Numbers): boolean {
  kindOfBoth(left, right, numbers)
  return plain(left) === plain(right)
}

function less(left: unknown, right: unknown, numbers: Numbers): boolean {
  if (kindOfBoth(left, right, numbers) === 'bool') throw new JsonPathError(BAD_TYPE)
  return (plain(left) as number | bigint | string) < (plain(right) as number | bigint | string)
}

const plain = (value: unknown): unknown => (value instanceof TemplateNumber ? value.value : value)
