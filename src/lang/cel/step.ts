import type { Tracker } from './tracker.js'
import type { Value } from './values.js'

/** What a step sees while it runs. */
export interface EvaluationScope {
  readonly tracker: Tracker
  resolve(name: string): Value | undefined
}

/** A planned node. */
export interface PlannedStep {
  readonly id: number
  /** The value, if it is known before any run. */
  readonly constant?: Value
  /** Set for variables, fields, indexes and conditions: what further fields can be added to. */
  readonly attribute?: Attribute
  eval(scope: EvaluationScope): Value
}

/**
 * A variable or a value with the fields and indexes that are read from it: `self.a[0].b` is one attribute, of
 * three qualifiers. Costs are counted for the attribute and each qualifier. Source: cel-go
 * interpreter/attributes.go.
 */
export abstract class Attribute {
  readonly qualifiers: Qualifier[] = []
  protected readonly ownId: number

  constructor(id: number) {
    this.ownId = id
  }

  /** The number under which its value lies on the tracker's stack. */
  get id(): number {
    return this.qualifiers.at(-1)?.id ?? this.ownId
  }

  abstract resolve(scope: EvaluationScope): Value

  add(qualifier: Qualifier): void {
    this.qualifiers.push(qualifier)
  }
}

/** One field or index. */
export interface Qualifier {
  readonly id: number
  readonly isOptional: boolean
  /** Reads from a value. With `test`, undefined if nothing is there. */
  qualify(scope: EvaluationScope, of: Value, test: boolean): Value | undefined
}
