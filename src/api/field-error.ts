import { spend } from '../lang/bounds/budget.js'
import { goJson } from '../lang/json/exact-json.js'
import { quote } from '../lang/go/quote.js'
import { goNumberText } from '../lang/go/number.js'

/**
 * Kinds of field errors, named as their `causes[].reason`. Source:
 * k8s.io/apimachinery/pkg/util/validation/field/errors.go.
 */
export type FieldErrorType =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueDuplicate'
  | 'FieldValueForbidden'
  | 'FieldValueNotFound'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'InternalError'

/** A fault of a field, as validation reports it. */
export interface FieldError {
  readonly type: FieldErrorType
  /** Path as Kubernetes writes it: `spec.containers[0].name`. */
  readonly field: string
  /** The message without the field, as in `details.causes[].message`. */
  readonly body: string
}

/**
 * Most field errors that are collected of an object, and told. Upstream collects all: for a body of 3 MiB
 * whose every field is wrong they take longer than its reading, and the response is many times as long.
 */
export const mostFieldErrors = 5_000

/** Ends a validation that has found enough. */
class EnoughErrors extends Error {
  override readonly name = 'EnoughErrors'
  readonly errors: readonly FieldError[]

  constructor(errors: readonly FieldError[]) {
    super('bug: a validation is not within collected()')
    this.errors = errors
  }
}

class FieldErrors extends Array<FieldError> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  override push(...errors: FieldError[]): number {
    const length = super.push(...errors)
    if (length >= mostFieldErrors) throw new EnoughErrors(this)
    return length
  }
}

/**
 * Returns a list that ends the validation ({@link collected}) once it has {@link mostFieldErrors}. Use a
 * plain list where there are few faults to find: V8 does not optimize functions that make this one.
 */
export const fieldErrors = (): FieldError[] => new FieldErrors()

/** Returns the errors that a validation finds, or the first {@link mostFieldErrors}. */
export function collected(validate: () => readonly FieldError[]): readonly FieldError[] {
  try {
    return validate()
  } catch (error) {
    if (error instanceof EnoughErrors) return error.errors
    throw error
  }
}

/** One entry of `details.causes` of an Invalid status. */
export interface FieldCause {
  readonly reason: string
  readonly message: string
  readonly field: string
}

/**
 * Formats a value as Go's field errors do: strings quoted, numbers and booleans plain, nil as null,
 * everything else as JSON.
 */
export function quoteValue(value: unknown): string {
  if (value === undefined || value === null) return 'null'
  if (typeof value === 'number' || typeof value === 'bigint') return goNumberText(value)
  if (typeof value === 'string') return quote(value)
  const text = goJson(value)
  // each of many errors may quote a whole list
  spend(text.length / 2)
  return text
}

const withDetail = (head: string, detail: string): string => (detail === '' ? head : `${head}: ${detail}`)

/** `Required value[: detail]` */
export function required(field: string, detail = ''): FieldError {
  return { type: 'FieldValueRequired', field, body: withDetail('Required value', detail) }
}

/** `Invalid value: <value>: <detail>` */
export function invalid(field: string, value: unknown, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field, body: withDetail(`Invalid value: ${quoteValue(value)}`, detail) }
}

/** Returns `Invalid value: <detail>`, without the value (field.OmitValueType). */
export function invalidUntold(field: string, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field, body: `Invalid value: ${detail}` }
}

/** `Unsupported value: <value>[: supported values: "A", "B"]`; the values are listed in the order given. */
export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const detail = supported.length === 0 ? '' : `supported values: ${supported.map(quote).join(', ')}`
  return {
    type: 'FieldValueNotSupported',
    field,
    body: withDetail(`Unsupported value: ${quoteValue(value)}`, detail),
  }
}

/** `Duplicate value: <value>` */
export function duplicate(field: string, value: unknown): FieldError {
  return { type: 'FieldValueDuplicate', field, body: `Duplicate value: ${quoteValue(value)}` }
}

/** `Forbidden: <detail>` */
export function forbidden(field: string, detail: string): FieldError {
  return { type: 'FieldValueForbidden', field, body: withDetail('Forbidden', detail) }
}

/** `Not found: <value>` */
export function notFound(field: string, value: unknown): FieldError {
  return { type: 'FieldValueNotFound', field, body: `Not found: ${quoteValue(value)}` }
}

/** `Too long: may not be more than N bytes` */
export function tooLong(field: string, maxBytes: number): FieldError {
  return { type: 'FieldValueTooLong', field, body: `Too long: may not be more than ${maxBytes} bytes` }
}

/** `Too many: N: must have at most M items` */
export function tooMany(field: string, actual: number, max: number): FieldError {
  const items = max === 1 ? 'item' : 'items'
  return { type: 'FieldValueTooMany', field, body: `Too many: ${actual}: must have at most ${max} ${items}` }
}

/** `Internal error: <text>` */
export function internal(field: string, text: string): FieldError {
  return { type: 'InternalError', field, body: `Internal error: ${text}` }
}

/** `spec.replicas: Invalid value: -1: must be greater than or equal to 0` */
export function fieldErrorText(error: FieldError): string {
  return `${error.field}: ${error.body}`
}

/**
 * Joins the texts of errors: a single one plain, several as `[a, b]` without duplicates
 * (utilerrors.Aggregate).
 */
export function aggregateText(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(fieldErrorText))]
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`
}

/** Returns the `details.causes` of the Invalid status for these errors. */
export function statusCauses(errors: readonly FieldError[]): readonly FieldCause[] {
  return errors.map(({ type, body, field }) => ({ reason: type, message: body, field }))
}
