import type { ResolvedOptions } from '../options.js'
import type { World } from '../world.js'
import { raw, rawList, text, type Raw } from './raw.js'

const nameOf = (object: unknown): string => text(raw(raw(object)['metadata']), 'name')
const namespaceOf = (object: unknown): string => text(raw(raw(object)['metadata']), 'namespace') || 'default'

/** Looks things up in the world as it was given, by going through the lists. */
export class RawCluster {
  readonly #world: World
  readonly options: ResolvedOptions

  constructor(world: World, options: ResolvedOptions) {
    this.#world = world
    this.options = options
  }

  /** A pod by `ns/name`, if there is a key and such a pod. */
  pod(key: string | undefined): Raw | undefined {
    return this.pods().find((pod) => keyOf(pod) === key)
  }

  pods(): readonly Raw[] {
    return rawList(this.#world.pods).map(raw)
  }

  nodes(): readonly Raw[] {
    return rawList(this.#world.nodes).map(raw)
  }

  policies(): readonly Raw[] {
    return rawList(this.#world.policies).map(raw)
  }

  /** Domain names and the addresses that they led to. */
  domains(): readonly (readonly [string, readonly string[]])[] {
    const domains = raw(this.#world.domains)
    return Object.keys(domains).map((name) => [
      name.toLowerCase().replace(/\.$/, ''),
      rawList(domains[name]) as readonly string[],
    ])
  }

  /** Labels of a namespace, with its name as the control plane adds it. */
  namespaceLabels(name: string): Raw {
    const object = rawList(this.#world.namespaces).find((each) => nameOf(each) === name)
    return { ...labelsOf(raw(object)), 'kubernetes.io/metadata.name': name }
  }
}

/** `ns/name` */
export function keyOf(object: Raw): string {
  return `${namespaceOf(object)}/${nameOf(object)}`
}

/** Name of an object. */
export function nameOfObject(object: Raw): string {
  return nameOf(object)
}

/** Namespace of an object, `default` without one. */
export function namespaceOfObject(object: Raw): string {
  return namespaceOf(object)
}

/** Labels of an object. */
export function labelsOf(object: Raw): Raw {
  return raw(raw(object['metadata'])['labels'])
}

/** The pod is on the host's network. */
export function isOnHost(pod: Raw): boolean {
  return raw(pod['spec'])['hostNetwork'] === true
}

/** The pod has ended. */
export function isFinished(pod: Raw): boolean {
  return ['Succeeded', 'Failed'].includes(text(raw(pod['status']), 'phase'))
}

/** Addresses of a pod, in its order. */
export function podAddresses(pod: Raw): readonly string[] {
  const status = raw(pod['status'])
  return [text(status, 'podIP'), ...rawList(status['podIPs']).map((each) => text(raw(each), 'ip'))].filter(
    (ip) => ip !== '',
  )
}

/** Addresses of a node. */
export function nodeAddresses(node: Raw): readonly string[] {
  return rawList(raw(node['status'])['addresses'])
    .map(raw)
    .filter((each) => ['InternalIP', 'ExternalIP'].includes(text(each, 'type')))
    .map((each) => text(each, 'address'))
    .filter((ip) => ip !== '')
}

/** Numbers of the pod's ports with that name and protocol. */
export function portsNamed(pod: Raw, name: string, protocol: string): readonly number[] {
  const spec = raw(pod['spec'])
  const sidecars = rawList(spec['initContainers']).filter((each) => raw(each)['restartPolicy'] === 'Always')
  return [...rawList(spec['containers']), ...sidecars]
    .flatMap((each) => rawList(raw(each)['ports']))
    .map(raw)
    .filter((port) => port['name'] === name && (text(port, 'protocol') || 'TCP') === protocol)
    .map((port) => port['containerPort'] as number)
}
