import type { Plugin, ScorePlugin } from './plugin.js'
import { CycleError } from './rejection.js'

/** A Score plugin and its weight. */
export interface WeightedPlugin {
  readonly plugin: ScorePlugin & Plugin
  readonly weight: number
}

/**
 * Returns the score.
 * @throws CycleError unless it is in 0..100
 */
export function checkedScore(plugin: string, score: number): number {
  if (score >= 0 && score <= 100) return score
  throw new CycleError(
    `plugin "${plugin}" returns an invalid score ${score}, it should in the range of [0, 100] after ` +
      'normalizing',
  )
}
