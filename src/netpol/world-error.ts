import { fieldErrorText, type FieldError } from '../api/field-error.js'

/** Thrown if an object or a connection is invalid. */
export class WorldError extends Error {
  /** `NetworkPolicy default/web`, or the position of an object without a name. */
  readonly object: string
  readonly faults: readonly FieldError[]

  constructor(object: string, faults: readonly FieldError[]) {
    const text = faults.map(fieldErrorText).join('; ')
    // a fault of the whole object names it already
    super(text.startsWith(`${object}: `) ? text : `${object}: ${text}`)
    this.name = 'WorldError'
    this.object = object
    this.faults = faults
  }
}
