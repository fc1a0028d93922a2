import { featureGateHistory, featureGates } from '../../api/feature-gates.js'
import type { UpgradeFinding } from './finding.js'

/** Feature gates that somebody sets. */
export interface SetGates {
  /** `Pod kube-system/kube-apiserver-node-1` */
  readonly object: string
  readonly gates: Readonly<Record<string, boolean>>
}

const FLAG = '--feature-gates='

/** Returns the feature gates that an object sets, by `--feature-gates=A=true` or by `featureGates`. */
export function gatesIn(value: unknown, gates: Record<string, boolean> = {}): Record<string, boolean> {
  if (typeof value === 'string') {
    if (!value.startsWith(FLAG)) return gates
    for (const each of value.slice(FLAG.length).split(',')) {
      const [name = '', on] = each.split('=')
      gates[name] = on === 'true'
    }
  } else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'featureGates' && typeof inner === 'object' && inner !== null)
        for (const [name, on] of Object.entries(inner)) gates[name] = on === true
      else gatesIn(inner, gates)
    }
  return gates
}

/** Returns the gates that a release locks or does not know any more, among those that are set. */
export function gatesAfter(set: readonly SetGates[], minors: readonly string[]): readonly UpgradeFinding[] {
  return minors.slice(1).flatMap((version, at) => {
    const before = minors[at] ?? version
    const gates = new Map(featureGates(version).map((gate) => [gate.name, gate]))
    const old = new Map(featureGates(before).map((gate) => [gate.name, gate]))
    return set.flatMap(({ object, gates: wanted }) =>
      Object.entries(wanted).flatMap(([name, isOn]): readonly UpgradeFinding[] => {
        const finding = (message: string): readonly UpgradeFinding[] => [
          {
            release: version,
            change: 'gate',
            object,
            message,
            repair: `remove ${name} from the feature gates`,
          },
        ]
        const gate = gates.get(name)
        const was = old.get(name)
        if (was === undefined && gate === undefined) return []
        if (gate === undefined)
          return finding(`${version} does not know the feature gate ${name}: the component does not start`)
        if (gate.lockToDefault && gate.enabled !== isOn && !(was?.lockToDefault ?? false))
          return finding(
            `${name} is locked to ${gate.enabled} in ${version}: the component does not start with ${isOn}`,
          )
        if (gate.stage !== 'GA' || was?.stage === 'GA') return []
        return finding(
          `${name} is generally available in ${version}: ` +
            (isOn ? 'it is on, and a later release removes the gate' : 'it cannot be switched off for long'),
        )
      }),
    )
  })
}

/** Returns the gates that are set and of which no release is known here to have them. */
export function unknownGates(set: readonly SetGates[]): readonly string[] {
  return set.flatMap(({ object, gates }) =>
    Object.keys(gates)
      .filter((name) => featureGateHistory(name) === undefined)
      .map((name) => `feature gate ${name} of ${object}: its history is not known here`),
  )
}
