import type { Trial } from '../proof.js'
import type { Raw } from './raw.js'
import type { Scene } from './scene.js'

/** What a trial says, beside what it says it of. */
export interface Claim {
  readonly scene: Scene
  readonly trial: Trial
  /** The entry of the policy. */
  readonly entry: Raw
  /** What follows the entry's path in the trial's: `.ipBlock.except[0]`. */
  readonly rest: string
  readonly policy: Raw
}

/** Whether it is true, for some of the things that a trial can say. */
export type Claims<Because extends string> = Readonly<Record<Because, (claim: Claim) => boolean>>
