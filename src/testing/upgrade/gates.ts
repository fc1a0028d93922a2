import { featureGates } from '../../api/feature-gates.js'
import { newestMinor, oldestMinor } from '../../api/releases.js'
import { knownGates } from '../../api/known-gates.js'
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
    const stages = new Map(featureGates(version).map(({ name, stage }) => [name, stage]))
    const old = new Map(featureGates(before).map(({ name, stage }) => [name, stage]))
    const [known, knew] = [knownGates(version), knownGates(before)]
    return set.flatMap(({ object, gates }) =>
      Object.entries(gates).flatMap(([name, isOn]): readonly UpgradeFinding[] => {
        const finding = (message: string): readonly UpgradeFinding[] => [
          {
            release: version,
            change: 'gate',
            object,
            message,
            repair: `remove ${name} from the feature gates`,
          },
        ]
        const wasKnown = knew?.has(name) === true || old.has(name)
        if (wasKnown && !(known?.has(name) ?? stages.has(name)))
          return finding(`${version} does not know the feature gate ${name}: the component does not start`)
        if (stages.get(name) !== 'GA' || old.get(name) === 'GA') return []
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
  const known = new Set<string>()
  for (let minor = oldestMinor; minor <= newestMinor; minor++) {
    const version = `v1.${minor}`
    for (const { name } of featureGates(version)) known.add(name)
    for (const name of knownGates(version) ?? []) known.add(name)
  }
  return set.flatMap(({ object, gates }) =>
    Object.keys(gates)
      .filter((name) => !known.has(name))
      .map((name) => `feature gate ${name} of ${object}: its history is not known here`),
  )
}
