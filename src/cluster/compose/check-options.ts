import { inputCheck } from '../../api/checked-input.js'
import { defaultVersion, isRelease } from '../../api/releases.js'
import { optionSchema, restoreSchema } from './option-schema.js'

const checkAll = inputCheck('new SimCluster()', 'new SimCluster({ nodes: 3, seed: 7 })', optionSchema)
const checkCopy: Readonly<Record<'fork' | 'rewind' | 'restore', (options: unknown) => void>> = {
  fork: inputCheck('fork()', 'cluster.fork({ seed: 7 })', restoreSchema),
  rewind: inputCheck('rewind()', 'cluster.rewind(snapshot, { seed: 7 })', restoreSchema),
  restore: inputCheck('restore()', 'SimCluster.restore(snapshot, { seed: 7 })', restoreSchema),
}

/**
 * Checks the options of `new SimCluster()`.
 * @throws InputError with each option that is unknown or has an invalid value
 */
export function checkOptions(options: unknown): void {
  if (!areCommon(options)) checkAll(options)
}

/**
 * Checks the options of a copy, which has the nodes and settings of its original.
 * @throws InputError with each option that a copy cannot change, or that has an invalid value
 */
export function checkCopyOptions(by: keyof typeof checkCopy, options: unknown): void {
  if (!areCommon(options) || 'nodes' in options) checkCopy[by](options)
}

/**
 * Returns whether there are only common options, with valid values. This avoids the schema, which takes
 * longer to build than a cluster.
 */
function areCommon(options: unknown): options is object {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return false
  const {
    nodes = 0,
    seed = 0,
    version = defaultVersion,
    ...others
  }: { readonly nodes?: unknown; readonly seed?: unknown; readonly version?: unknown } = options
  if (Object.keys(others).length > 0) return false
  return (
    Number.isSafeInteger(nodes) &&
    Number(nodes) >= 0 &&
    Number.isSafeInteger(seed) &&
    typeof version === 'string' &&
    isRelease(version)
  )
}
