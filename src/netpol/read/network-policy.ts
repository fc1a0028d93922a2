import { forbidden, invalid } from '../../api/field-error.js'
import { portNameFaults } from '../../api/validation/names.js'
import type { Direction, NetworkPolicyModel, Peer, PortMatch, RuleMatch } from '../model.js'
import { readBlock, isSet, type FieldReader, readSelector } from './fields.js'
import type { JsonMap } from '../../lang/json/maps.js'
import { protocols, readObject } from './objects.js'

/** The name of a rule's list of peers, by direction. */
export const peersField: Readonly<Record<Direction, 'from' | 'to'>> = { ingress: 'from', egress: 'to' }

const unknown = { kind: 'unknown' } as const

function readPeer(reader: FieldReader, value: unknown, path: string): Peer {
  const object = reader.object(value, path) ?? {}
  const hasSelector = isSet(object, 'podSelector') || isSet(object, 'namespaceSelector')
  if (isSet(object, 'ipBlock')) {
    if (hasSelector) reader.add(forbidden(path, 'may not specify both ipBlock and another peer'))
    const block = readBlock(reader, object['ipBlock'], `${path}.ipBlock`)
    return block === undefined ? unknown : { kind: 'blocks', blocks: [block] }
  }
  if (!hasSelector) return unknown
  const select = (field: string): ReturnType<typeof readSelector> | undefined =>
    isSet(object, field) ? readSelector(reader, object[field], `${path}.${field}`) : undefined
  return { kind: 'pods', namespaces: select('namespaceSelector'), pods: select('podSelector') }
}

/** Reads a NetworkPolicyPort. Source: pkg/apis/networking/validation ValidateNetworkPolicyPort. */
function readPort(reader: FieldReader, value: unknown, path: string): PortMatch {
  const object = reader.object(value, path) ?? {}
  reader.onlyKnown(object, path, ['protocol', 'port', 'endPort'])
  const protocol = reader.oneOf(object['protocol'], `${path}.protocol`, protocols) ?? 'TCP'
  const endPath = `${path}.endPort`
  const port = object['port'] ?? undefined
  const end = reader.integer(object['endPort'], endPath, 1, 65535)
  if (port === undefined) {
    if (end !== undefined)
      reader.add(invalid(endPath, end, 'may not be specified when `port` is not specified'))
    return { kind: 'all', protocol }
  }
  if (typeof port === 'string') {
    if (end !== undefined)
      reader.add(invalid(endPath, end, 'may not be specified when `port` is non-numeric'))
    reader.add(...portNameFaults(port).map((fault) => invalid(`${path}.port`, port, fault)))
    return { kind: 'name', protocol, name: port }
  }
  const first = reader.integer(port, `${path}.port`, 1, 65535) ?? 1
  if (end !== undefined && end < first)
    reader.add(invalid(endPath, end, 'must be greater than or equal to `port`'))
  return { kind: 'range', protocol, first, last: end ?? first }
}

function readRule(reader: FieldReader, value: unknown, path: string, direction: Direction): RuleMatch {
  const object = reader.object(value, path) ?? {}
  const field = peersField[direction]
  reader.onlyKnown(object, path, [field, 'ports'])
  const peers =
    reader
      .list(object[field], `${path}.${field}`)
      ?.map((each, at) => readPeer(reader, each, `${path}.${field}[${at}]`)) ?? []
  const ports =
    reader
      .list(object['ports'], `${path}.ports`)
      ?.map((each, at) => readPort(reader, each, `${path}.ports[${at}]`)) ?? []
  return { peers: peers.length === 0 ? undefined : peers, ports: ports.length === 0 ? undefined : ports }
}

function readTypes(reader: FieldReader, spec: JsonMap, egressRules: number): readonly Direction[] {
  const list = reader.list(spec['policyTypes'], 'spec.policyTypes') ?? []
  // the apiserver's default: both directions if there is an egress rule, else ingress only
  if (list.length === 0) return egressRules > 0 ? ['ingress', 'egress'] : ['ingress']
  return list.flatMap((each, at): readonly Direction[] => {
    const type = reader.oneOf(each, `spec.policyTypes[${at}]`, ['Ingress', 'Egress'])
    return type === undefined ? [] : [type === 'Ingress' ? 'ingress' : 'egress']
  })
}

/** Reads a NetworkPolicy of networking.k8s.io/v1. */
export function readNetworkPolicy(value: unknown, place: string): NetworkPolicyModel {
  const { reader, object, name, namespace, finish } = readObject(value, 'NetworkPolicy', place)
  const spec = reader.object(object['spec'], 'spec') ?? {}
  reader.onlyKnown(spec, 'spec', ['podSelector', 'ingress', 'egress', 'policyTypes'])
  const rules = (direction: Direction): readonly RuleMatch[] =>
    (reader.list(spec[direction], `spec.${direction}`) ?? []).map((each, at) =>
      readRule(reader, each, `spec.${direction}[${at}]`, direction),
    )
  const ingress = rules('ingress')
  const egress = rules('egress')
  const types = readTypes(reader, spec, egress.length)
  const policy: NetworkPolicyModel = {
    kind: 'NetworkPolicy',
    namespace,
    name,
    pods: readSelector(reader, spec['podSelector'], 'spec.podSelector'),
    ingress: types.includes('ingress') ? ingress : undefined,
    egress: types.includes('egress') ? egress : undefined,
  }
  finish()
  return policy
}
