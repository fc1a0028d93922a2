import { optionSchema } from './option-schema.js'
import type { ClusterOptions } from './options.js'

/**
 * Checks the options of `new SimCluster()`.
 * @throws RangeError with each option that is unknown or has an invalid value
 */
export function checkOptions(options: ClusterOptions): void {
  if (areCommon(options)) return
  const result = optionSchema().safeParse(options)
  if (result.success) return
  const faults = result.error.issues.map((issue) => {
    const path = issue.path.map(String).join('.')
    return issue.code === 'unrecognized_keys'
      ? `unknown option ${[path, issue.keys.join(', ')].filter(Boolean).join('.')}`
      : `${path}: ${issue.message}`
  })
  throw new RangeError(`new SimCluster(): ${faults.join('; ')}`)
}

/**
 * Returns whether there are only common options, with valid values. This avoids the schema, which takes
 * longer to build than a cluster.
 */
function areCommon(options: unknown): boolean {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return false
  const {
    nodes = 0,
    seed = 0,
    version = 'v',
    ...others
  }: { readonly nodes?: unknown; readonly seed?: unknown; readonly version?: unknown } = options
  if (Object.keys(others).length > 0) return false
  return (
    Number.isSafeInteger(nodes) &&
    Number(nodes) >= 0 &&
    Number.isSafeInteger(seed) &&
    typeof version === 'string' &&
    version !== ''
  )
}
