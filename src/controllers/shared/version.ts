import type { Feature, Release } from '../../api/releases.js'
import { release } from '../../api/releases.js'

/** Releases do not change: one for each version text is enough. */
const releases = new Map<string, Release>()

/** Whether a server of `version` (`v1.35`) behaves so. Throws RangeError for a version that is not known. */
export function hasFeature(version: string, feature: Feature): boolean {
  let known = releases.get(version)
  if (!known) releases.set(version, (known = release(version)))
  return known.has(feature)
}
