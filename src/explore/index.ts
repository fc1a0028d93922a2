export { ActionFailed } from './execution/act.js'
export type { Choice, RequestChoice, RequestFault } from './execution/choice.js'
export { describeChoice } from './execution/choice.js'
export type { ClientOptions, ExploreClientsOptions, WithoutClients } from './clients/options.js'
export type { ClientAccess, ClientProgram, Quiet, StopClient } from './clients/programs.js'
export type { ComponentCoverage, ExplorationCoverage, PropertyCoverage } from './properties/coverage.js'
export { explore } from './explore.js'
export { SharedState } from './search/memory.js'
export type {
  Always,
  Eventually,
  ExploredAction,
  ExploreOptions,
  Faults,
  Pattern,
  ReplayOptions,
  Search,
} from './options.js'
export { explorationMatchers } from './matchers.js'
export type { ExplorationMatchers } from './matchers.js'
export { narrate, replay, storySvg } from './replays.js'
export type { ReplayClientsOptions } from './replays.js'
export { ClientError } from './clients/client-error.js'
export { NotRepeated } from './search/repeat.js'
export type { ClientExplorationResult, CounterExample, ExplorationResult, Verdict } from './result.js'
export { exploration } from './schedules.js'
export type { Schedule } from './schedules.js'
