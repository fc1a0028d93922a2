import { invalid } from '../../api/field-error.js'
import { parseIp, type IpAddress } from '../../lang/go/ip.js'
import type { Labels } from '../../api/selectors/labels.js'
import type { NamedPort, NodeModel, PodModel } from '../model.js'
import type { Protocol } from '../world.js'
import { WorldError } from '../world-error.js'
import { FieldReader, readLabels } from './fields.js'
import type { JsonMap } from '../../lang/json/maps.js'

/** All protocols that policies support. */
export const protocols: readonly Protocol[] = ['TCP', 'UDP', 'SCTP']

/** The names of pods that stand for those of a workload: `deploy/web`. */
const STAND_IN = /^(?:deploy|sts|ds|rs|rc|job|cronjob)\/[^/]+$/

/** The label that holds a namespace's name. */
const NAME_LABEL = 'kubernetes.io/metadata.name'

/** The identity of an object, and a reader for its other fields. */
export interface ObjectReader {
  readonly reader: FieldReader
  readonly object: JsonMap
  readonly metadata: JsonMap
  readonly name: string
  readonly namespace: string
  /** Throws a WorldError if there was a fault. */
  readonly finish: () => void
}

/**
 * Starts to read an object; `place` names it in errors until its name is known.
 * @throws WorldError if it is not an object with a name
 */
export function readObject(value: unknown, kind: string, place: string): ObjectReader {
  const reader = new FieldReader()
  const object = reader.object(value, place) ?? reader.missing(place) ?? {}
  const metadata = reader.object(object['metadata'], 'metadata') ?? {}
  const name = reader.string(metadata['name'], 'metadata.name') ?? ''
  const namespace = reader.string(metadata['namespace'], 'metadata.namespace') ?? ''
  if (name === '') reader.missing('metadata.name')
  if (name.includes('/') && !(kind === 'Pod' && STAND_IN.test(name)))
    reader.add(invalid('metadata.name', name, "may not contain '/'"))
  if (namespace.includes('/')) reader.add(invalid('metadata.namespace', namespace, "may not contain '/'"))
  const title = name === '' ? place : namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
  const finish = (): void => {
    if (reader.faults.length > 0) throw new WorldError(title, reader.faults)
  }
  if (name === '') finish()
  return { reader, object, metadata, name, namespace: namespace === '' ? 'default' : namespace, finish }
}

/** Reads an IP address. */
export function readAddress(reader: FieldReader, value: unknown, path: string): IpAddress | undefined {
  const text = reader.string(value, path)
  if (text === undefined || text === '') return undefined
  const address = parseIp(text)
  if (address === undefined)
    reader.add(invalid(path, text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'))
  return address
}

/** Returns a namespace's labels including the name label that the control plane adds. */
export function namespaceLabels(name: string, labels: Labels = {}): Labels {
  return { ...labels, [NAME_LABEL]: name }
}

/**
 * Reads a Namespace: its name and labels.
 * @example const [name, labels] = readNamespace(cluster.get('namespaces', 'shop'))
 */
export function readNamespace(value: unknown, place = 'namespace'): readonly [string, Labels] {
  const { reader, metadata, name, finish } = readObject(value, 'Namespace', place)
  const labels = readLabels(reader, metadata['labels'], 'metadata.labels')
  finish()
  return [name, namespaceLabels(name, labels)]
}

function readPorts(reader: FieldReader, value: unknown, path: string): readonly NamedPort[] {
  const list = reader.list(value, path) ?? []
  return list.flatMap((each, at): readonly NamedPort[] => {
    const here = `${path}[${at}]`
    const object = reader.object(each, here) ?? {}
    const name = reader.string(object['name'], `${here}.name`) ?? ''
    const port = reader.integer(object['containerPort'], `${here}.containerPort`, 1, 65535)
    const protocol = reader.oneOf(object['protocol'], `${here}.protocol`, protocols) ?? 'TCP'
    return name === '' || port === undefined ? [] : [{ name, protocol, port }]
  })
}

/**
 * Reads the ports of the containers and of sidecars (init containers that keep running). Source:
 * pkg/api/v1/service FindPort in endpoints of Kubernetes 1.29 and later.
 */
function readContainerPorts(reader: FieldReader, spec: JsonMap): readonly NamedPort[] {
  return ['containers', 'initContainers'].flatMap((field) =>
    (reader.list(spec[field], `spec.${field}`) ?? []).flatMap((each, at) => {
      const path = `spec.${field}[${at}]`
      const container = reader.object(each, path) ?? {}
      const counts = field === 'containers' || container['restartPolicy'] === 'Always'
      const ports = readPorts(reader, container['ports'], `${path}.ports`)
      return counts ? ports : []
    }),
  )
}

function readPodAddresses(reader: FieldReader, status: JsonMap): readonly IpAddress[] {
  const list = reader.list(status['podIPs'], 'status.podIPs') ?? []
  const all = list.map((each, at) => {
    const path = `status.podIPs[${at}]`
    return readAddress(reader, reader.object(each, path)?.['ip'], `${path}.ip`)
  })
  const first = readAddress(reader, status['podIP'], 'status.podIP')
  const known = [first, ...all].filter((each) => each !== undefined)
  const seen = new Set<string>()
  return known.filter(({ family, value: address }) => {
    const key = `${family} ${address}`
    return !seen.has(key) && seen.add(key) !== undefined
  })
}

/**
 * Reads a Pod.
 * @example readPod(cluster.get('pods', 'shop/web')).namespace
 */
export function readPod(value: unknown, place = 'pod'): PodModel {
  const { reader, object, metadata, name, namespace, finish } = readObject(value, 'Pod', place)
  const spec = reader.object(object['spec'], 'spec') ?? {}
  const status = reader.object(object['status'], 'status') ?? {}
  const node = reader.string(spec['nodeName'], 'spec.nodeName')
  const phase = reader.string(status['phase'], 'status.phase')
  const pod: PodModel = {
    key: `${namespace}/${name}`,
    namespace,
    name,
    labels: readLabels(reader, metadata['labels'], 'metadata.labels'),
    node: node === '' ? undefined : node,
    hostNetwork: spec['hostNetwork'] === true,
    finished: phase === 'Succeeded' || phase === 'Failed',
    addresses: readPodAddresses(reader, status),
    ports: readContainerPorts(reader, spec),
  }
  finish()
  return pod
}

/**
 * Reads a Node.
 * @example readNode(cluster.get('nodes', 'node-1')).name
 */
export function readNode(value: unknown, place = 'node'): NodeModel {
  const { reader, object, metadata, name, finish } = readObject(value, 'Node', place)
  const status = reader.object(object['status'], 'status') ?? {}
  const list = reader.list(status['addresses'], 'status.addresses') ?? []
  const addresses = list.flatMap((each, at) => {
    const path = `status.addresses[${at}]`
    const entry = reader.object(each, path) ?? {}
    // other entries are host names
    const isIp = entry['type'] === 'InternalIP' || entry['type'] === 'ExternalIP'
    return (isIp ? readAddress(reader, entry['address'], `${path}.address`) : undefined) ?? []
  })
  const node = { name, labels: readLabels(reader, metadata['labels'], 'metadata.labels'), addresses }
  finish()
  return node
}
