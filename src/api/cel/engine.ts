import type { Environment, EvaluationError, Optional, ParseError } from '@marcbachmann/cel-js'
import type { Duration } from '@marcbachmann/cel-js/evaluator'

/** The parts of cel-js that this folder uses. */
export interface CelEngine {
  readonly Environment: typeof Environment
  readonly EvaluationError: typeof EvaluationError
  readonly ParseError: typeof ParseError
  readonly Optional: typeof Optional
  readonly Duration: typeof Duration
}

let loaded: CelEngine | undefined

/**
 * Loads cel-js when the first expression is compiled, so that importing simcluster does not run it (15 ms).
 * The build replaces `requireCel` by the bundled modules (scripts/build.ts); from sources Node loads them.
 */
export function celEngine(): CelEngine {
  return (loaded ??= requireCel())
}

/** Without a static import, since that would run cel-js in every process that touches a cluster. */
function requireCel(): CelEngine {
  const { createRequire } = process.getBuiltinModule('module')
  const require = createRequire(import.meta.url)
  return {
    ...(require('@marcbachmann/cel-js') as CelEngine),
    ...(require('@marcbachmann/cel-js/evaluator') as CelEngine),
  }
}
