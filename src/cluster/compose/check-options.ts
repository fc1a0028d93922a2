import { inputCheck } from '../../api/checked-input.js'
import { optionSchema } from './option-schema.js'

const checkAll = inputCheck('new SimCluster()', 'new SimCluster({ nodes: 3, seed: 7 })', optionSchema)

/**
 * Checks the options of `new SimCluster()`.
 * @throws InputError with each option that is unknown or has an invalid value
 */
export function checkOptions(options: unknown): void {
  if (!areCommon(options)) checkAll(options)
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
