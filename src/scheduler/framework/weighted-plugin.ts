import type { Plugin, ScorePlugin } from './plugin.js'
import { CycleError } from './rejection.js'

/** A plugin that scores, and how much its word counts. */
export interface WeightedPlugin {
  readonly plugin: ScorePlugin & Plugin
  readonly weight: number
}

/** The score itself. @throws CycleError unless it lies in 0..100. */
export function checkedScore(plugin: string, score: number): number {
  if (score >= 0 && score <= 100) return score
  throw new CycleError(
    `plugin "${plugin}" returns an invalid score ${score}, it should in the range of [0, 100] after ` +
      'normalizing',
  )
}
