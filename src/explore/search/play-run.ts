import { ClientExecution } from '../clients/client-execution.js'
import { Execution } from '../execution/execution.js'
import type { Properties } from '../properties/properties.js'
import { isPending, type RunPlan, play, type Played, type Playing } from './run.js'
import type { ExploreScope } from '../scope.js'

/** Plays a run from its start, in which the clients start, if there are any. They are stopped at its end. */
export function* playRun(scope: ExploreScope, properties: Properties, plan: RunPlan): Playing<Played> {
  const waits = plan.isPending ?? (scope.waits === true || isPending(plan.choices))
  const { programs } = scope
  if (programs === undefined)
    return yield* play(Execution.begin(scope, waits, plan.observe), properties, plan)
  try {
    const execution = yield* ClientExecution.launch(scope, programs, waits, plan.observe)
    return yield* play(execution, properties, plan)
  } finally {
    programs.end()
  }
}
