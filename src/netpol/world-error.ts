import { fieldErrorText, type FieldError } from '../api/field-error.js'

/** Thrown if an object or a connection is invalid. */
export class WorldError extends Error {
  /** `NetworkPolicy default/web`, or the position of an object without a name. */
  readonly object: string
  readonly faults: readonly FieldError[]

  constructor(object: string, faults: readonly FieldError[]) {
    super(`${object}: ${faults.map(fieldErrorText).join('; ')}`)
    this.name = 'WorldError'
    this.object = object
    this.faults = faults
  }
}
