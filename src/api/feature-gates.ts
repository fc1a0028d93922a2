import { GATE_HISTORIES } from './gate-histories.js'
import { type Minor, release } from './releases.js'

/** Stage of a feature: alpha is off by default, beta has the minor's default, GA is on and finally locked. */
export type FeatureStage = 'ALPHA' | 'BETA' | 'GA' | 'DEPRECATED'

/** A feature gate in a Kubernetes minor. */
export interface FeatureGate {
  readonly name: string
  readonly stage: FeatureStage
  /** The default. */
  readonly enabled: boolean
  /** Whether the gate cannot be set to anything but its default. */
  readonly lockToDefault: boolean
}

/** A gate from a minor on, until the next change; before v1.13 nothing is recorded. */
export type FeatureGateChange =
  | (Omit<FeatureGate, 'name'> & { readonly since: string })
  | { readonly since: string; readonly stage: 'REMOVED' }

interface Change {
  readonly minor: Minor
  /** Undefined once the gate is removed. */
  readonly gate: FeatureGate | undefined
}

const STAGES: Readonly<Record<string, FeatureStage>> = { a: 'ALPHA', b: 'BETA', g: 'GA', d: 'DEPRECATED' }

let read: ReadonlyMap<string, readonly Change[]> | undefined

/** Returns the changes of every gate, oldest first. */
function histories(): ReadonlyMap<string, readonly Change[]> {
  read ??= new Map(
    GATE_HISTORIES.split('\n').map((line) => {
      const [name = '', ...codes] = line.split(' ')
      return [name, codes.map((code) => changeOf(name, code))]
    }),
  )
  return read
}

function changeOf(name: string, code: string): Change {
  const letter = code.charAt(2)
  const stage = STAGES[letter.toLowerCase()]
  return {
    minor: Number(code.slice(0, 2)),
    gate:
      stage === undefined
        ? undefined
        : { name, stage, enabled: letter !== letter.toLowerCase(), lockToDefault: code.endsWith('!') },
  }
}

/**
 * Returns the feature gates that the programs of a minor (`v1.35`) know, by name, with stage and default. A
 * gate that the minor has removed is not among them. Throws InputError for an unsupported minor.
 */
export function featureGates(version: string): readonly FeatureGate[] {
  const { minor } = release(version)
  return [...histories().values()].flatMap(
    (changes) => changes.findLast((change) => change.minor <= minor)?.gate ?? [],
  )
}

/** Returns the names of all gates that some release has known from v1.13 on. */
export const gateNames = (): readonly string[] => [...histories().keys()]

/**
 * Returns what became of a feature gate from v1.13 on, oldest first; undefined if no release has known it
 * since.
 */
export function featureGateHistory(name: string): readonly FeatureGateChange[] | undefined {
  return histories()
    .get(name)
    ?.map(({ minor, gate }) => {
      const since = `v1.${minor}`
      if (gate === undefined) return { since, stage: 'REMOVED' }
      const { stage, enabled, lockToDefault } = gate
      return { since, stage, enabled, lockToDefault }
    })
}
