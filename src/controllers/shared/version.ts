import type { Feature, Release } from '../../api/releases.js'
import { release } from '../../api/releases.js'

/** A cache by version, because releases are constant. */
const releases = new Map<string, Release>()

/** Whether a server of `version` (`v1.35`) has the feature. @throws InputError if the version is unknown. */
export function hasFeature(version: string, feature: Feature): boolean {
  let known = releases.get(version)
  if (!known) releases.set(version, (known = release(version)))
  return known.has(feature)
}
