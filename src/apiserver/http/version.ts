import { buildInfo } from '../../api/build-info.js'
import type { Release } from '../../api/releases.js'
import { methodNotAllowed } from '../errors.js'
import { checkRoute, negotiate } from './accept.js'
import { rawJson } from './responses.js'
import { header } from '../../client/http.js'
import type { PathHandler } from './path.js'

/** First minors whose `/version` has the emulation version and the minimum compatibility version. */
const EMULATION_SINCE = 31
const COMPATIBILITY_SINCE = 34

/** `/version`, as version.Info. */
export const handleVersion: PathHandler = ({ scheme }, { http, form }) => {
  if (http.method !== 'GET') throw methodNotAllowed()
  const accept = header(http, 'accept')
  if (accept !== undefined && accept !== '') {
    if (accept.split(',').some((type) => type.trim().startsWith('application/yaml'))) form.format = 'yaml'
    checkRoute(accept, ['application/json'])
    form.format = negotiate(accept, 'anything').format
  }
  return rawJson(versionInfo(scheme.release))
}

/** Returns the version.Info of a release. */
export function versionInfo({ minor, gitVersion }: Release): Readonly<Record<string, string>> {
  return {
    major: '1',
    minor: String(minor),
    ...(minor < EMULATION_SINCE ? {} : { emulationMajor: '1', emulationMinor: String(minor) }),
    ...(minor < COMPATIBILITY_SINCE
      ? {}
      : { minCompatibilityMajor: '1', minCompatibilityMinor: String(minor - 1) }),
    ...buildInfo(gitVersion),
  }
}
