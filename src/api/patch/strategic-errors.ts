/**
 * A strategic merge patch that cannot be applied. `malformed` patches are answered with 400, the others with
 * a bare 500.
 */
export class StrategicPatchError extends Error {
  override readonly name = 'StrategicPatchError'
  readonly malformed: boolean

  constructor(message: string, malformed: boolean) {
    super(message)
    this.malformed = malformed
  }
}
