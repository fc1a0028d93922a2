import { Optional } from '@marcbachmann/cel-js'

/** An optional value of an expression: empty for undefined. */
export function optionalOf(value: unknown): unknown {
  return value === undefined ? noOptional() : Optional.of(value)
}

/** The empty optional value. */
export function noOptional(): unknown {
  return Optional.none()
}
