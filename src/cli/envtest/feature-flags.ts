import { quote } from '../../lang/go/quote.js'
import { featureGates } from '../../api/feature-gates.js'
import { release } from '../../api/releases.js'
import { formatApiVersion } from '../../api/api-version.js'
import { createScheme } from '../../api/scheme.js'
import { knownGates } from '../../api/known-gates.js'
import { commandFailed, FlagError, listOf, type ProgramFlags } from './program.js'

const BOOLEANS: Readonly<Record<string, boolean>> = Object.fromEntries([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((word) => [word, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((word) => [word, false] as const),
])

/** The minor since which a registry of components reads the gates, once all flags are parsed. */
const REGISTRY_MINOR = 31

/**
 * Checks `--feature-gates`. Gates that ask for what holds anyway are silent; others are named, since a
 * release behaves as its defaults. Unknown ones are refused, also those that the release has removed, where
 * all gates of the release are known here. Source: component-base featuregate/feature_gate.go,
 * compatibility/registry.go.
 * @throws FlagError with the real program's message
 */
export function checkFeatureGates(flags: ProgramFlags, version: string, note: (line: string) => void): void {
  const given = flags.get('feature-gates') ?? []
  const hasRegistry = release(version).minor >= REGISTRY_MINOR
  for (const text of hasRegistry ? [given.join(',')] : given) {
    const why = faultOf(text, { version, hasRegistry, note })
    if (why === undefined) continue
    throw hasRegistry
      ? commandFailed(why)
      : new FlagError(`Error: invalid argument ${quote(text)} for "--feature-gates" flag: ${why}`)
  }
}

interface GateContext {
  readonly version: string
  readonly hasRegistry: boolean
  readonly note: (line: string) => void
}

/** Returns why the gates cannot be set. */
function faultOf(text: string, { version, hasRegistry, note }: GateContext): string | undefined {
  const wanted = new Map<string, string>()
  for (const entry of text.split(',')) {
    if (entry === '') continue
    const [, component = 'kube', pair = ''] = (hasRegistry && /^([^:]*):(.*)$/.exec(entry)) || [
      '',
      'kube',
      entry,
    ]
    if (component !== 'kube') return `component not registered: ${component}`
    const [name = '', value] = pair.split(/=(.*)/s).map((part) => part.trim())
    if (value === undefined) return `missing bool value for ${name}`
    if (BOOLEANS[value] === undefined)
      return (
        `invalid value of ${name}=${value}, err: strconv.ParseBool: parsing ${quote(value)}: ` +
        'invalid syntax'
      )
    wanted.set(name, value)
  }
  const known = knownGates(version)
  const gates = new Map(featureGates(version).map((gate) => [gate.name, gate]))
  const faults: string[] = []
  for (const [name, value] of wanted) {
    const isOn = BOOLEANS[value] ?? false
    const gate = gates.get(name)
    if (known?.has(name) === false) {
      faults.push(`unrecognized feature gate: ${name}`)
      break
    }
    if (gate?.stage === 'GA' && gate.enabled !== isOn)
      faults.push(`cannot set feature gate ${name} to ${isOn}, feature is locked to ${gate.enabled}`)
    else if (gate?.enabled !== isOn)
      note(`simcluster kube-apiserver: --feature-gates=${name}=${value} has no effect\n`)
  }
  return faults.length > 1 ? `[${faults.join(', ')}]` : faults[0]
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
    const isOn = BOOLEANS[value === '' ? 'true' : value]
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
