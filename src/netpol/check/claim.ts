import type { Trial } from '../proof.js'
import type { Raw } from './raw.js'
import type { Scene } from './scene.js'

/** A claim of a proof: the trial, and the entry that it is about. */
export interface Claim {
  readonly scene: Scene
  readonly trial: Trial
  /** The entry in the policy. */
  readonly entry: Raw
  /** The rest of the trial's path after the entry's own: `.ipBlock.except[0]`. */
  readonly rest: string
  readonly policy: Raw
}

/** For each reason that a trial can give, a function that returns whether the claim is true. */
export type Claims<Because extends string> = Readonly<Record<Because, (claim: Claim) => boolean>>
