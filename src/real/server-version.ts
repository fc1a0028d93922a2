import { nearestVersion, newestMinor } from '../api/releases.js'

/**
 * Returns the minor in what `kubectl version --output=json` prints, or the nearest that the simulator knows.
 */
export function versionIn(text: string): string {
  const { serverVersion } = JSON.parse(text) as { readonly serverVersion?: object }
  return versionOfServer(JSON.stringify(serverVersion ?? {}))
}

/** Returns the minor in a response to `GET /version`, or the nearest that the simulator knows. */
export function versionOfServer(text: string): string {
  const { minor: word = '' } = JSON.parse(text) as { readonly minor?: string }
  const minor = Number.parseInt(word, 10)
  return nearestVersion(Number.isNaN(minor) ? newestMinor : minor)
}
