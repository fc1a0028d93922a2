import { InputError } from '../lang/input-error.js'
import { fieldErrorText, type FieldError } from '../api/field-error.js'

/** Thrown if an object or a connection is invalid. */
export class WorldError extends InputError {
  /** `NetworkPolicy default/web`, or the position of an object without a name. */
  readonly object: string
  readonly faults: readonly FieldError[]
  override readonly name: string = 'WorldError'

  constructor(object: string, faults: readonly FieldError[]) {
    const text = faults.map(fieldErrorText).join('; ')
    // a fault of the whole object names it already
    super(text.startsWith(`${object}: `) ? text : `${object}: ${text}`)
    this.object = object
    this.faults = faults
  }
}
