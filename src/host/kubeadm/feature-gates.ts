import { parseBool } from '../../lang/go/bool.js'
import { aggregateText, invalid } from '../../api/field-error.js'
import type { Minor } from '../../api/releases.js'
import { KubeadmError } from './texts.js'

/**
 * Feature gates of kubeadm itself, with the first minor of v1 that has them and the first one without.
 * Source: cmd/kubeadm/app/features/features.go.
 */
const GATES: Readonly<Record<string, readonly [since: Minor, until?: Minor]>> = {
  ControlPlaneKubeletLocalMode: [31],
  EtcdLearnerMode: [27, 33],
  IPv6DualStack: [15, 25],
  NodeLocalCRISocket: [32],
  PublicKeysECDSA: [19],
  RootlessControlPlane: [22],
  UnversionedKubeletConfigMap: [22, 26],
  UpgradeAddonsBeforeControlPlane: [28, 31],
  WaitForAllControlPlaneComponents: [30, 35],
}

const isKnown = (name: string, minor: Minor): boolean => {
  const [since, until = Number.POSITIVE_INFINITY] = GATES[name] ?? [Number.POSITIVE_INFINITY]
  return since <= minor && minor < until
}

/**
 * Checks `kubeadm init --feature-gates` of a minor. Source: features.go NewFeatureGate.
 * @throws KubeadmError
 */
export function checkGateFlag(text: string, minor: Minor): void {
  for (const entry of text.split(',')) {
    if (entry === '') continue
    const [name = '', value] = entry.split(/=(.*)/s).map((part) => part.trim())
    if (value === undefined) throw new KubeadmError(`missing bool value for feature-gate key:${entry}`)
    if (!isKnown(name, minor)) throw new KubeadmError(`unrecognized feature-gate key: ${name}`)
    if (parseBool(value) === undefined)
      throw new KubeadmError(`invalid value ${value} for feature-gate key: ${name}, use true|false instead`)
  }
}

/**
 * Checks `featureGates` of a ClusterConfiguration. Source: apis/kubeadm/validation ValidateFeatureGates.
 * @throws KubeadmError
 */
export function checkGateField(gates: Readonly<Record<string, unknown>>, minor: Minor): void {
  const faults = Object.keys(gates)
    .filter((name) => !isKnown(name, minor))
    .map((name) => invalid('featureGates', gates, `${name} is not a valid feature name.`))
  if (faults.length > 0) throw new KubeadmError(aggregateText(faults))
}
