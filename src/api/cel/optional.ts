import { Optional } from '@marcbachmann/cel-js'

/** An optional value of an expression: empty for undefined. */
export function optionalOf(value: unknown): unknown {
  return value === undefined ? Optional.none() : Optional.of(value)
}
