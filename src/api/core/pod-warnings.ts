import { parseQuantity } from '../quantity.js'
import { deprecatedVolume } from './deprecated-volumes.js'
import type { Container, Pod, PodSpec } from './generated.js'
import { deprecatedNodeLabel, nodeLabelWarnings } from './node-label-warnings.js'

const nano = 1_000_000_000n

/** Returns the `Warning:` texts of a pod; none for an unchanged spec. Source: pkg/api/pod/warnings.go. */
export function podWarnings(next: Pod, old: Pod | undefined): readonly string[] {
  if (next.spec === old?.spec) return []
  return podSpecWarnings(next.spec, 'spec')
}

/** Returns the `Warning:` texts of the spec of a pod or template at `path`. */
export function podSpecWarnings(spec: PodSpec, path: string): readonly string[] {
  const warnings: string[] = []
  for (const list of ['initContainers', 'containers'] as const) {
    spec[list]?.forEach((container, index) =>
      containerWarnings(container, `${path}.${list}[${index}]`, warnings),
    )
  }
  if (spec.nodeSelector !== undefined || spec.affinity?.nodeAffinity !== undefined)
    nodeLabelUse(spec, path, warnings)
  spec.volumes?.forEach((volume, index) => {
    for (const source in volume) {
      const text = deprecatedVolume(source)
      if (text !== undefined)
        warnings.push(`${path}.volumes[${index}].${source === 'storageos' ? 'storageOS' : source}: ${text}`)
    }
    const size = volume.emptyDir?.sizeLimit
    if (size !== undefined && isFractional(size)) {
      warnings.push(
        `${path}.volumes[${index}].emptyDir.sizeLimit: fractional byte value "${size}" is invalid, ` +
          'must be an integer',
      )
    }
  })
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    warnings.push(
      `${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be ` +
        'treated as 1',
    )
  }
  duplicateWarnings(spec, path, warnings)
  spec.topologySpreadConstraints?.forEach(({ labelSelector, topologyKey }, index) => {
    const text = deprecatedNodeLabel(topologyKey)
    if (text !== undefined)
      warnings.push(`${path}.topologySpreadConstraints[${index}].topologyKey: ${topologyKey} is ${text}`)
    if (labelSelector === undefined) {
      warnings.push(
        `${path}.topologySpreadConstraints[${index}].labelSelector: a null labelSelector results in ` +
          'matching no pod',
      )
    }
  })
  return warnings
}

/** Returns the warnings about deprecated node labels in the pod's selectors. */
function nodeLabelUse({ nodeSelector = {}, affinity }: PodSpec, path: string, warnings: string[]): void {
  for (const key of Object.keys(nodeSelector).sort()) {
    const text = deprecatedNodeLabel(key)
    if (text !== undefined) warnings.push(`${path}.nodeSelector[${key}]: ${text}`)
  }
  const at = `${path}.affinity.nodeAffinity`
  const required =
    affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  warnings.push(
    ...nodeLabelWarnings(required, `${at}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`),
  )
  const preferred = affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  preferred.forEach(({ preference: { matchExpressions = [] } }, of) =>
    matchExpressions.forEach(({ key }, index) => {
      const text = deprecatedNodeLabel(key)
      const term = `${at}.preferredDuringSchedulingIgnoredDuringExecution[${of}]`
      const field = `${term}.preference.matchExpressions[${index}].key`
      if (text !== undefined) warnings.push(`${field}: ${key} is ${text}`)
    }),
  )
}

/** Returns the warnings about duplicate keys in lists that merge by key, of which apply would lose one. */
function duplicateWarnings(
  { hostAliases, imagePullSecrets }: PodSpec,
  path: string,
  warnings: string[],
): void {
  const ips = new Set<string>()
  hostAliases?.forEach(({ ip }, index) => {
    if (ips.has(ip)) warnings.push(`${path}.hostAliases[${index}].ip: duplicate ip ${JSON.stringify(ip)}`)
    ips.add(ip)
  })
  const names = new Set<string>()
  imagePullSecrets?.forEach(({ name = '' }, index) => {
    const at = `${path}.imagePullSecrets[${index}].name`
    if (name === '') warnings.push(`${at}: invalid empty name ""`)
    else if (names.has(name)) warnings.push(`${at}: duplicate name ${JSON.stringify(name)}`)
    names.add(name)
  })
}

function containerWarnings(container: Container, path: string, warnings: string[]): void {
  for (const list of ['limits', 'requests'] as const) {
    const amounts = container.resources?.[list]
    for (const name of ['ephemeral-storage', 'memory']) {
      const value = amounts?.[name]
      if (value !== undefined && isFractional(value)) {
        warnings.push(
          `${path}.resources.${list}[${name}]: fractional byte value "${value}" is invalid, must be ` +
            'an integer',
        )
      }
    }
  }
  const names = new Set<string>()
  container.env?.forEach(({ name }, index) => {
    if (names.has(name)) {
      warnings.push(
        `${path}.env[${index}]: hides previous definition of "${name}", which may be dropped when ` +
          'using apply',
      )
    }
    names.add(name)
  })
  portWarnings(container, path, warnings)
}

function portWarnings({ ports }: Container, path: string, warnings: string[]): void {
  const first = new Map<string, number>()
  ports?.forEach(({ containerPort, protocol = 'TCP', hostPort = 0, hostIP = '' }, index) => {
    const key = `${containerPort}/${protocol}/${hostPort}/${hostIP}`
    const known = first.get(key)
    if (known === undefined) first.set(key, index)
    else warnings.push(`${path}.ports[${index}]: duplicate port definition with ${path}.ports[${known}]`)
  })
}

/** Only values with a suffix of thousandths or finer can be fractional. */
const isFractional = (text: string): boolean => /[num]$/.test(text) && parseQuantity(text).nanos % nano !== 0n
