import { nearestVersion, newestMinor } from '../api/releases.js'

/**
 * Returns the minor in what `kubectl version --output=json` prints, or the nearest that the simulator knows.
 */
export function versionIn(text: string): string {
  const { serverVersion } = JSON.parse(text) as { readonly serverVersion?: { readonly minor: string } }
  const minor = Number.parseInt(serverVersion?.minor ?? '', 10)
  return nearestVersion(Number.isNaN(minor) ? newestMinor : minor)
}
