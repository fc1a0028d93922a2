import { CelError, CelValue, isError, type Value } from '../values.js'

/** A value of a library: an address, a quantity. Values of other types cannot be compared with it. */
export abstract class OpaqueValue extends CelValue {
  /** Whether it equals another of its type. */
  protected abstract isSame(other: this): boolean

  equals(other: Value): boolean | CelError {
    if (other instanceof OpaqueValue && other.typeName === this.typeName) return this.isSame(other as this)
    return isError(other) ? other : new CelError('no such overload')
  }
}
