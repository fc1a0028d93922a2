import { parseBool } from '../../lang/go/bool.js'
import { featureGates } from '../../api/feature-gates.js'
import { judgeGateFlags } from '../../api/gate-check.js'
import { formatApiVersion } from '../../api/api-version.js'
import { createScheme } from '../../api/scheme.js'
import { commandFailed, FlagError, listOf, type ProgramFlags } from './program.js'

/**
 * Checks `--feature-gates`. Gates that ask for what holds anyway are silent; others are named, since a
 * release behaves as its defaults. What the real program says of gates of features that are generally
 * available or deprecated is noted as well.
 * @throws FlagError with the real program's message
 */
export function checkFeatureGates(flags: ProgramFlags, version: string, note: (line: string) => void): void {
  const { fault, warnings, wanted } = judgeGateFlags(flags.get('feature-gates') ?? [], version)
  if (fault !== undefined) throw fault.startsWith('Error: ') ? new FlagError(fault) : commandFailed(fault)
  const gates = new Map(featureGates(version).map(({ name, enabled }) => [name, enabled]))
  for (const [name, isOn] of wanted)
    if (gates.get(name) !== isOn)
      note(`simcluster kube-apiserver: --feature-gates=${name}=${isOn} has no effect\n`)
  for (const { text } of warnings) note(`simcluster kube-apiserver: ${text}\n`)
}

/** Versions by stage, which the release serves as it does by default. */
const STAGES = new Set(['api/all', 'api/ga', 'api/beta', 'api/alpha', 'api/legacy'])

/**
 * Returns the API versions that `--runtime-config` switches off. Versions that are not simulated are named.
 * Source: apiserver pkg/server/options/api_enablement.go, pkg/server/resourceconfig/helpers.go.
 */
export function disabledAPIsOf(
  flags: ProgramFlags,
  version: string,
  note: (line: string) => void,
): readonly string[] {
  const entries = listOf(flags, 'runtime-config').map((text) => {
    const [key = '', value = 'true'] = text.split('=').map((part) => part.trim())
    const isOn = parseBool(value === '' ? 'true' : value)
    if (isOn === undefined) throw commandFailed(`invalid value ${key}=${value}`)
    return { key, isOn, value }
  })
  if (entries.length === 1 && entries[0]?.key === 'api/all' && !entries[0].isOn)
    throw commandFailed('invalid key with only api/all=false')
  const definitions = createScheme(version).definitions()
  const served = new Set(definitions.map(formatApiVersion))
  const groups = new Set(definitions.map(({ group }) => group))
  const isGroup = (key: string): boolean =>
    STAGES.has(key) || key === 'v1' || groups.has(key.split('/')[0] ?? '')
  const unknown = entries.filter(({ key }) => !isGroup(key))
  if (unknown.length > 0)
    throw commandFailed(`unknown api groups ${unknown.map(({ key }) => key.split('/')[0]).join(',')}`)
  for (const { key, isOn, value } of entries) {
    // what is generally available is served, and the rest is not
    const isDefault = isOn === ['api/all', 'api/ga'].includes(key)
    if (STAGES.has(key) ? !isDefault || key === 'api/all' : isOn && !served.has(key))
      note(
        `simcluster kube-apiserver: --runtime-config=${key}=${value}: versions that are off by default are ` +
          'not simulated\n',
      )
  }
  return entries.filter(({ key, isOn }) => !isOn && served.has(key)).map(({ key }) => key)
}
