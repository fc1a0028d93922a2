/** A property that does not hold. */
export interface Failure {
  readonly property: string
  readonly message: string
  /** Whether the property could not be judged: it threw. */
  readonly threw?: true
  /** Whether it is one of what must hold eventually: it may only lack what nobody has asked for. */
  readonly isEventual?: true
  /** Number of steps after which the state repeats for ever. */
  readonly cycle?: number
}
