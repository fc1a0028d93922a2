import { optionSchema } from './option-schema.js'
import type { ClusterOptions } from './options.js'

/**
 * Checks what a user passes to `new SimCluster()`.
 * @throws RangeError that names each option which is unknown or has a wrong value.
 */
export function checkOptions(options: ClusterOptions): void {
  if (areUsual(options)) return
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
 * Whether there are only those options that nearly everybody passes, and they are right: that is told without
 * the schema, which takes longer to make than a cluster.
 */
function areUsual(options: unknown): boolean {
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
