import type { ResolvedOptions } from '../options.js'
import type { World } from '../world.js'
import type { JsonMap } from '../../lang/json/maps.js'

/** Returns the value as an object, or an empty object. */
export function raw(value: unknown): JsonMap {
  return typeof value === 'object' && value !== null ? (value as JsonMap) : {}
}

/** Returns the value as a list, or an empty list. */
export function rawList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : []
}

/** Returns whether a field is present and not null. */
export function has(object: JsonMap, field: string): boolean {
  return Object.hasOwn(object, field) && object[field] !== null && object[field] !== undefined
}

/** Returns a string field, or '' if it is absent. */
export function text(object: JsonMap, field: string): string {
  const value = has(object, field) ? object[field] : ''
  return typeof value === 'string' ? value : ''
}

const nameOf = (object: unknown): string => text(raw(raw(object)['metadata']), 'name')
const namespaceOf = (object: unknown): string => text(raw(raw(object)['metadata']), 'namespace') || 'default'

/** Looks things up in the original objects by linear search. */
export class RawCluster {
  readonly #world: World
  readonly options: ResolvedOptions

  constructor(world: World, options: ResolvedOptions) {
    this.#world = world
    this.options = options
  }

  /** Returns a pod by `ns/name`; undefined if there is no key or no such pod. */
  pod(key: string | undefined): JsonMap | undefined {
    return this.pods().find((pod) => keyOf(pod) === key)
  }

  pods(): readonly JsonMap[] {
    return rawList(this.#world.pods).map(raw)
  }

  /** Returns a Service by `ns/name`. */
  service(key: string): JsonMap | undefined {
    return rawList(this.#world.services)
      .map(raw)
      .find((service) => keyOf(service) === key)
  }

  nodes(): readonly JsonMap[] {
    return rawList(this.#world.nodes).map(raw)
  }

  policies(): readonly JsonMap[] {
    return rawList(this.#world.policies).map(raw)
  }

  /** Returns the domain names and the addresses that they resolved to. */
  domains(): readonly (readonly [string, readonly string[]])[] {
    const domains = raw(this.#world.domains)
    return Object.keys(domains).map((name) => [
      name.toLowerCase().replace(/\.$/, ''),
      rawList(domains[name]) as readonly string[],
    ])
  }

  /** Returns the labels of a namespace, including the name label that the control plane adds. */
  namespaceLabels(name: string): JsonMap {
    const object = rawList(this.#world.namespaces).find((each) => nameOf(each) === name)
    return { ...labelsOf(raw(object)), 'kubernetes.io/metadata.name': name }
  }
}

/** Returns the selector of a Service. */
export function selectorOf(service: JsonMap): JsonMap {
  return raw(raw(service['spec'])['selector'])
}

/** Returns the ports of a Service. */
export function portsOf(service: JsonMap | undefined): readonly JsonMap[] {
  return rawList(raw(raw(service)['spec'])['ports']).map(raw)
}

/** Returns `ns/name`. */
export function keyOf(object: JsonMap): string {
  return `${namespaceOf(object)}/${nameOf(object)}`
}

/** Returns the name of an object. */
export function nameOfObject(object: JsonMap): string {
  return nameOf(object)
}

/** Returns the namespace of an object, `default` if it has none. */
export function namespaceOfObject(object: JsonMap): string {
  return namespaceOf(object)
}

/** Returns the labels of an object. */
export function labelsOf(object: JsonMap): JsonMap {
  return raw(raw(object['metadata'])['labels'])
}

/** Returns whether the pod is on the host's network. */
export function isOnHost(pod: JsonMap): boolean {
  return raw(pod['spec'])['hostNetwork'] === true
}

/** Returns whether the pod has terminated. */
export function isFinished(pod: JsonMap): boolean {
  return ['Succeeded', 'Failed'].includes(text(raw(pod['status']), 'phase'))
}

/** Returns the addresses of a pod in order. */
export function podAddresses(pod: JsonMap): readonly string[] {
  const status = raw(pod['status'])
  return [text(status, 'podIP'), ...rawList(status['podIPs']).map((each) => text(raw(each), 'ip'))].filter(
    (ip) => ip !== '',
  )
}

/** Returns the addresses of a node. */
export function nodeAddresses(node: JsonMap): readonly string[] {
  return rawList(raw(node['status'])['addresses'])
    .map(raw)
    .filter((each) => ['InternalIP', 'ExternalIP'].includes(text(each, 'type')))
    .map((each) => text(each, 'address'))
    .filter((ip) => ip !== '')
}

/** Returns the numbers of the pod's ports with that name and protocol. */
export function portsNamed(pod: JsonMap, name: string, protocol: string): readonly number[] {
  const spec = raw(pod['spec'])
  const sidecars = rawList(spec['initContainers']).filter((each) => raw(each)['restartPolicy'] === 'Always')
  return [...rawList(spec['containers']), ...sidecars]
    .flatMap((each) => rawList(raw(each)['ports']))
    .map(raw)
    .filter((port) => port['name'] === name && (text(port, 'protocol') || 'TCP') === protocol)
    .map((port) => port['containerPort'] as number)
}
