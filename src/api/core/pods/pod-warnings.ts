import { dnsLabelFaults } from '../../validation/names.js'
import { quote } from '../../../lang/go/quote.js'
import type { ObjectMeta } from '../../meta/generated.js'
import { ipWarnings } from '../../validation/ip-validation.js'
import type { Pod, PodSpec, PodTemplateSpec } from '../generated.js'
import { deprecatedNodeLabel, nodeLabelWarnings } from '../node-labels.js'
import { shownQuantities } from '../../schema/huge-quantities.js'
import { isFractionalBytes } from '../resource-lists.js'
import { visitContainers } from '../validation/operating-systems.js'
import { volumeWarnings } from '../volumes/volume-warnings.js'
import type { AnyContainer } from './pod-containers.js'

/** Returns the `Warning:` texts of a pod; none for an unchanged spec. Source: pkg/api/pod/warnings.go. */
export function podWarnings(next: Pod, old: Pod | undefined): readonly string[] {
  if (old !== undefined && next.status !== old.status && next.spec === old.spec) return statusWarnings(next)
  return next.spec === old?.spec ? [] : warningsOf(next, '', false)
}

/** Source: podStatusStrategy WarningsOnUpdate. */
function statusWarnings({ status: { podIPs = [], hostIPs = [] } }: Pod): readonly string[] {
  return [
    ...podIPs.flatMap(({ ip }, at) => ipWarnings(ip, `status.podIPs[${at}].ip`)),
    ...hostIPs.flatMap(({ ip }, at) => ipWarnings(ip, `status.hostIPs[${at}].ip`)),
  ]
}

/** Returns the `Warning:` texts of a template at `path`: `spec.template`. */
export function podTemplateWarnings(template: PodTemplateSpec, path: string): readonly string[] {
  const { metadata, spec } = template
  if (spec === undefined) return []
  return warningsOf(metadata === undefined ? { spec } : { metadata, spec }, `${path}.`, true)
}

/** A pod or the template of one. */
interface Warned {
  readonly metadata?: ObjectMeta
  readonly spec: PodSpec
}

/** Source: warningsForPodSpecAndMeta. */
function warningsOf({ metadata, spec }: Warned, prefix: string, isTemplate: boolean): readonly string[] {
  const path = `${prefix}spec`
  const warnings: string[] = []
  if (metadata?.annotations !== undefined)
    annotationWarnings(metadata.annotations, spec, prefix, isTemplate, warnings)
  for (const name of ['memory', 'ephemeral-storage'])
    fractionWarning(spec.overhead?.[name], `${path}.overhead[${name}]`, warnings)
  visitContainers(spec, path, (container, at) => containerWarnings(container, at, warnings))
  portWarnings(spec, path, warnings)
  if (spec.nodeSelector !== undefined || spec.affinity?.nodeAffinity !== undefined)
    nodeLabelUse(spec, path, warnings)
  if (spec.volumes !== undefined) volumeWarnings(spec.volumes, `${path}.volumes`, warnings)
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    warnings.push(
      `${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be ` +
        'treated as 1',
    )
  }
  duplicateWarnings(spec, path, warnings)
  if (spec.topologySpreadConstraints !== undefined || spec.affinity !== undefined)
    selectorWarnings(spec, path, warnings)
  addressWarnings(spec, path, warnings)
  return warnings
}

const removedAnnotations: readonly (readonly [key: string, text: string])[] = [
  [
    'scheduler.alpha.kubernetes.io/critical-pod',
    'non-functional in v1.16+; use the "priorityClassName" field instead',
  ],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  [
    'security.alpha.kubernetes.io/unsafe-sysctls',
    'non-functional in v1.11+; use the "sysctls" field instead',
  ],
]

function annotationWarnings(
  annotations: Readonly<Record<string, string>>,
  spec: PodSpec,
  prefix: string,
  isTemplate: boolean,
  warnings: string[],
): void {
  const warn = (key: string, text: string): void => {
    if (Object.hasOwn(annotations, key)) warnings.push(`${prefix}metadata.annotations[${key}]: ${text}`)
  }
  for (const [key, text] of removedAnnotations) warn(key, text)
  const seccomp = 'non-functional in v1.27+; use the "seccompProfile" field instead'
  const context = spec.securityContext
  if (context?.seccompProfile === undefined) warn('seccomp.security.alpha.kubernetes.io/pod', seccomp)
  visitContainers(spec, 'spec', ({ name, securityContext }) => {
    if (securityContext?.seccompProfile === undefined)
      warn(`container.seccomp.security.alpha.kubernetes.io/${name}`, seccomp)
    const hasAppArmor = (securityContext?.appArmorProfile ?? context?.appArmorProfile) !== undefined
    if (isTemplate ? hasAppArmor : (securityContext?.appArmorProfile ?? undefined) !== undefined) return
    warn(
      `container.apparmor.security.beta.kubernetes.io/${name}`,
      'deprecated since v1.30; use the "appArmorProfile" field instead',
    )
  })
}

/** Warnings about selectors and topology keys that match nothing or will not be known. */
function selectorWarnings(
  { topologySpreadConstraints, affinity }: PodSpec,
  path: string,
  warnings: string[],
): void {
  const text = 'a null labelSelector results in matching no pod'
  topologySpreadConstraints?.forEach(({ labelSelector, topologyKey }, index) => {
    const at = `${path}.topologySpreadConstraints[${index}]`
    const label = deprecatedNodeLabel(topologyKey)
    if (label !== undefined) warnings.push(`${at}.topologyKey: ${topologyKey} is ${label}`)
    if (labelSelector === undefined) warnings.push(`${at}.labelSelector: ${text}`)
  })
  for (const kind of ['podAffinity', 'podAntiAffinity'] as const) {
    const { requiredDuringSchedulingIgnoredDuringExecution: required = [] } = affinity?.[kind] ?? {}
    const { preferredDuringSchedulingIgnoredDuringExecution: preferred = [] } = affinity?.[kind] ?? {}
    const at = `${path}.affinity.${kind}`
    required.forEach(({ labelSelector }, index) => {
      if (labelSelector === undefined)
        warnings.push(`${at}.requiredDuringSchedulingIgnoredDuringExecution[${index}].labelSelector: ${text}`)
    })
    preferred.forEach(({ podAffinityTerm }, index) => {
      const term = `${at}.preferredDuringSchedulingIgnoredDuringExecution[${index}].podAffinityTerm`
      if (podAffinityTerm.labelSelector === undefined) warnings.push(`${term}.labelSelector: ${text}`)
    })
  }
}

/** Warnings about addresses in a form that will be invalid. */
function addressWarnings({ dnsConfig, hostAliases }: PodSpec, path: string, warnings: string[]): void {
  dnsConfig?.nameservers?.forEach((server, index) =>
    warnings.push(...ipWarnings(server, `${path}.dnsConfig.nameservers[${index}]`)),
  )
  hostAliases?.forEach(({ ip }, index) =>
    warnings.push(...ipWarnings(ip, `${path}.hostAliases[${index}].ip`)),
  )
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
    if (ips.has(ip)) warnings.push(`${path}.hostAliases[${index}].ip: duplicate ip ${quote(ip)}`)
    ips.add(ip)
  })
  const names = new Set<string>()
  imagePullSecrets?.forEach(({ name = '' }, index) => {
    const at = `${path}.imagePullSecrets[${index}].name`
    if (name === '') warnings.push(`${at}: invalid empty name ""`)
    else if (names.has(name)) warnings.push(`${at}: duplicate name ${quote(name)}`)
    names.add(name)
  })
}

function containerWarnings(container: AnyContainer, path: string, warnings: string[]): void {
  for (const list of ['limits', 'requests'] as const)
    for (const name of ['ephemeral-storage', 'memory'])
      fractionWarning(container.resources?.[list]?.[name], `${path}.resources.${list}[${name}]`, warnings)
  const names = new Set<string>()
  container.env?.forEach(({ name, value = '', valueFrom }, index) => {
    const reference = `$(${name})`
    const extends_ = valueFrom === undefined && value !== reference && value.includes(reference)
    if (names.has(name) && !extends_) {
      warnings.push(
        `${path}.env[${index}]: hides previous definition of "${name}", which may be dropped when ` +
          'using apply',
      )
    }
    names.add(name)
  })
}

function fractionWarning(value: string | undefined, path: string, warnings: string[]): void {
  if (value !== undefined && isFractionalBytes(value))
    warnings.push(`${path}: fractional byte value "${shownQuantities(value)}" is invalid, must be an integer`)
}

interface KnownPort {
  readonly at: string
  readonly hostPort: number
  readonly hostIP: string
}

/** The ports of a pod with one number and protocol. */
class PortsAtOne {
  readonly #all: KnownPort[] = []
  /** By port of the host. */
  readonly #onHost = new Map<number, KnownPort[]>()
  /** By port and address of the host. */
  readonly #onAddress = new Map<string, KnownPort[]>()

  add(port: KnownPort): void {
    this.#all.push(port)
    addTo(this.#onHost, port.hostPort, port)
    addTo(this.#onAddress, `${port.hostPort} ${port.hostIP}`, port)
  }

  /** Returns those that a port must not be beside, in order: for each there is a warning. */
  concerning(hostPort: number, hostIP: string): readonly KnownPort[] {
    if (hostPort === 0) return this.#all
    const same =
      hostIP === ''
        ? (this.#onHost.get(hostPort) ?? [])
        : ['', hostIP].flatMap((ip) => this.#onAddress.get(`${hostPort} ${ip}`) ?? [])
    const found = new Set([...(this.#onHost.get(0) ?? []), ...same])
    // a few of many, mostly none
    return found.size < 2 ? [...found] : this.#all.filter((port) => found.has(port))
  }
}

function addTo<K>(lists: Map<K, KnownPort[]>, key: K, port: KnownPort): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [port])
  else list.push(port)
}

/** A response has 4,096 characters of warnings at most, so that no more of them are heard of. */
const MOST_TOLD = 4_096

/** Warnings about ports that are there twice, over all containers of the pod. */
function portWarnings(spec: PodSpec, path: string, warnings: string[]): void {
  const known = new Map<string, PortsAtOne>()
  const names = new Map<string, string>()
  visitContainers(spec, path, ({ ports }, container) =>
    ports?.forEach((port, index) => {
      const { name = '', containerPort, protocol = 'TCP', hostPort = 0, hostIP = '' } = port
      const at = `${container}.ports[${index}]`
      if (hostIP !== '' && hostPort === 0) {
        const shown = `Name:${name} HostPort:0 ContainerPort:${containerPort} Protocol:${protocol}`
        warnings.push(`${at}: hostIP set without hostPort: {${shown} HostIP:${hostIP}}`)
      }
      const here = known.get(`${containerPort}/${protocol}`) ?? new PortsAtOne()
      known.set(`${containerPort}/${protocol}`, here)
      const others = warnings.length < MOST_TOLD ? here.concerning(hostPort, hostIP) : []
      for (const { at: other, hostPort: theirs, hostIP: theirIP } of others) {
        if (hostIP === theirIP && hostPort === theirs)
          warnings.push(`${at}: duplicate port definition with ${other}`)
        else if (hostPort === 0 || theirs === 0)
          warnings.push(`${at}: overlapping port definition with ${other}`)
        else warnings.push(`${at}: dangerously ambiguous port definition with ${other}`)
      }
      here.add({ at, hostPort, hostIP })
      const named = names.get(name)
      if (named !== undefined) {
        warnings.push(
          `${at}: duplicate port name ${quote(name)} with ${named}, services and probes that select ports ` +
            `by name will use ${named}`,
        )
      } else if (name !== '') names.set(name, at)
    }),
  )
}

/**
 * Returns a warning about a name that is not valid as the hostname of pods. Source: WarningsOnCreate of
 * workloads, such as pkg/registry/apps/deployment/strategy.go.
 */
export function podNameWarnings(name: string | undefined): readonly string[] {
  const faults = dnsLabelFaults(name ?? '')
  if (faults.length === 0) return []
  return [
    'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; ' +
      `a DNS label is recommended: [${faults.join(' ')}]`,
  ]
}
