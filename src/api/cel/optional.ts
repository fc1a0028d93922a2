import { celEngine } from './engine.js'

/** An optional value of an expression: empty for undefined. */
export function optionalOf(value: unknown): unknown {
  return value === undefined ? noOptional() : celEngine().Optional.of(value)
}

/** The empty optional value. */
export function noOptional(): unknown {
  return celEngine().Optional.none()
}
