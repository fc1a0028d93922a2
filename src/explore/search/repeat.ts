import type { Choice } from '../execution/choice.js'
import { playRun } from './play-run.js'
import { Properties } from '../properties/properties.js'
import type { RunRecord } from '../execution/records.js'
import type { CounterExample } from '../result.js'
import type { Played, Playing } from './run.js'
import type { ExploreScope } from '../scope.js'

/** Plays a counter-example, and what it is compared with before. */
export function* played(
  scope: ExploreScope,
  { choices, cycle }: { readonly choices: readonly Choice[]; readonly cycle?: number | undefined },
  upTo?: number,
  observe?: (record: RunRecord) => void,
): Playing<Played> {
  const properties = new Properties(scope)
  if (scope.options.sameAs !== undefined) yield* playRun(scope, properties, { choices: [] })
  return yield* playRun(scope, properties, { choices, findsCycles: cycle !== undefined, upTo, observe })
}

/** What is known of a run that is played again. */
type Known = Pick<CounterExample, 'property' | 'traceHash' | 'steps'>

/** Thrown if a run that is played again does not do what it did when it was found. */
export class NotRepeated extends Error {
  constructor(property: string, difference: string) {
    super(
      `the run that violates "${property}" was played again, and it did not do the same: ${difference}. ` +
        'Code must do the same in each run: draw nothing at random, wait for nothing but requests and ' +
        'timers, keep nothing from an earlier start. Or it has changed since',
    )
    this.name = 'NotRepeated'
  }

  static of(found: Known, run: Played, records: readonly RunRecord[]): NotRepeated {
    return new NotRepeated(found.property, differenceOf(found, run, stepsOf(records)))
  }
}

/** Returns the steps of a run, with what they asked for, by which two runs are compared. */
export const stepsOf = (records: readonly RunRecord[]): readonly string[] =>
  records.flatMap((record) => {
    if (!('step' in record)) return []
    const { step, requests } = record
    const ends = requests.flatMap(({ failed }) => (failed === undefined ? [] : [failed]))
    return [[step, ...ends].join(' -> ')]
  })

/** Compares a run with that of which it is a repetition. @throws NotRepeated if it is another one */
export function checkRepeated(found: Known, run: Played, records: readonly RunRecord[]): void {
  const { failure, execution } = run
  const isSame =
    failure?.property === found.property && execution.cluster.state.traceHash() === found.traceHash
  if (!isSame) throw NotRepeated.of(found, run, records)
}

function differenceOf(
  { property, steps = [] }: Known,
  { failure, isMisplaced }: Played,
  now: readonly string[],
): string {
  const at = steps.findIndex((step, nth) => step !== now[nth])
  if (at >= 0) return `its step ${at} was "${steps[at]}", and ${isNow(now[at])}`
  if (isMisplaced) return 'one of its choices does not fit any more'
  if (failure === undefined) return `nothing violates "${property}"`
  if (failure.property !== property) return `it violates "${failure.property}": ${failure.message}`
  return 'the steps are the same, but they wrote something else'
}

const isNow = (step: string | undefined): string =>
  step === undefined ? 'now there is none' : `now is "${step}"`
