import type { Release } from '../../api/releases.js'
import { methodNotAllowed } from '../errors.js'
import { checkRoute, negotiate } from './accept.js'
import { rawJson } from './answers.js'
import { header } from './http-types.js'
import type { PathHandler } from './path-handler.js'

/** What was recorded of single builds. */
const RECORDED: Readonly<Record<string, object>> = {
  'v1.34.9': { gitCommit: 'ba6535cbb8719c3ba6c3923f2725ba050c87faab', goVersion: 'go1.24.4' },
}

/** What is not simulated of a build; all versions but those that were recorded show the same. */
const BUILD = {
  gitCommit: '0000000000000000000000000000000000000000', gitTreeState: 'clean', buildDate: '1970-01-01T00:00:00Z', goVersion: 'go1.25.7',
  compiler: 'gc', platform: 'linux/amd64',
} as const

/** Since these minors servers say what they emulate, and with what they are compatible. */
const EMULATION_SINCE = 31
const COMPATIBILITY_SINCE = 34

/** `/version`, as version.Info. */
export const answerVersion: PathHandler = ({ scheme }, { http, form }) => {
  if (http.method !== 'GET') throw methodNotAllowed()
  const accept = header(http, 'accept')
  if (accept !== undefined && accept !== '') {
    if (accept.split(',').some((type) => type.trim().startsWith('application/yaml'))) form.format = 'yaml'
    checkRoute(accept, ['application/json'])
    form.format = negotiate(accept, 'anything').format
  }
  return rawJson(versionInfo(scheme.release))
}

/** What the server says of its version. */
export function versionInfo({ minor, gitVersion }: Release): Readonly<Record<string, string>> {
  return {
    major: '1', minor: String(minor),
    ...(minor < EMULATION_SINCE ? {} : { emulationMajor: '1', emulationMinor: String(minor) }),
    ...(minor < COMPATIBILITY_SINCE ? {} : { minCompatibilityMajor: '1', minCompatibilityMinor: String(minor - 1) }),
    gitVersion, ...BUILD, ...RECORDED[gitVersion],
  }
}
