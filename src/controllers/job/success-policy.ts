import type { Job } from '../../api/batch/generated.js'
import { countCommon, countIntervals, parseIntervals } from './indexes.js'
import type { Intervals } from './indexes.js'

/**
 * The text of the first rule of the job's success policy that is met. Source:
 * pkg/controller/job/success_policy.go matchSuccessPolicy.
 */
export function successMessage({ spec }: Job, succeeded: Intervals): string | undefined {
  if (succeeded.length === 0) return undefined
  const met = spec.successPolicy?.rules.findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined)
      return succeededCount !== undefined && countIntervals(succeeded) >= succeededCount
    const required = parseIntervals(succeededIndexes, spec.completions ?? 0)
    const done = countCommon(required, succeeded)
    return (
      required.length > 0 &&
      (done === countIntervals(required) || (succeededCount !== undefined && done >= succeededCount))
    )
  })
  return met === undefined || met < 0 ? undefined : `Matched rules at index ${met}`
}
